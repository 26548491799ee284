import { describe, expect, test } from 'vitest';
import { isLive, strayRows } from './read-screen.ts';
import { LARGE, type ScreenInPty, type ScreenSize, SMALL } from './screen-in-pty.ts';
import { emptyPlace, openScreen } from './test-bed.ts';

const TINY: ScreenSize = { columns: 50, rows: 10 };

/** Waits until every row of the screen is one of a live frame of that size. */
async function expectNoRubbish(screen: ScreenInPty, size: ScreenSize): Promise<void> {
  await screen.waitFor(`a frame of ${size.columns} x ${size.rows} without rubbish`, text => {
    return isLive(text) && strayRows(text.split('\n'), size).length === 0;
  });
}

async function expectOneSentence(screen: ScreenInPty, { columns, rows }: ScreenSize): Promise<void> {
  const sentence = `weighbridge needs 60x16 cells; this terminal has ${columns}x${rows}.`;
  await screen.waitFor('one sentence and nothing else', text => {
    return text.trimEnd().replaceAll('\n', ' ') === sentence;
  });
}

describe('a resize leaves no rubbish', () => {
  test('from large to small to too small, and back', async () => {
    const screen = openScreen(['demo'], { ...emptyPlace(), size: LARGE });
    await expectNoRubbish(screen, LARGE);
    screen.resize(SMALL);
    await expectNoRubbish(screen, SMALL);
    screen.resize(TINY);
    await expectOneSentence(screen, TINY);
    screen.resize(SMALL);
    await expectNoRubbish(screen, SMALL);
    screen.resize(LARGE);
    await expectNoRubbish(screen, LARGE);
    screen.press('q');
    await screen.ended;
    expect(screen.rows.filter(row => row !== '')).toEqual([
      'VirtualService default/myapp on the demo cluster (gone now): applied v1 50, v2 50',
    ]);
  });

  test('of a window that is dragged', async () => {
    const screen = openScreen(['demo'], { ...emptyPlace(), size: SMALL });
    await expectNoRubbish(screen, SMALL);
    for (let columns = SMALL.columns; columns < LARGE.columns; columns += 4) {
      screen.resize({ columns, rows: SMALL.rows + (columns % 16) });
    }
    screen.resize(LARGE);
    await expectNoRubbish(screen, LARGE);
  });
});
