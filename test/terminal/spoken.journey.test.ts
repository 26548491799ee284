import { describe, expect, test } from 'vitest';
import { emptyPlace, openScreen } from './test-bed.ts';

/** Wide enough that no sentence is broken, and high enough that none scrolls away. */
const PAPER = { columns: 240, rows: 120 };
const RIGHT = '\x1b[C';
const ESCAPE = '\x1b';

/** What moves the cursor back, or takes away what was written: a line that a screen reader has read stays. */
const REDRAWS = /\x1b\[[\d;]*[ABCDEFGHJKSTf]|\x1b\[\?(25l|1049)/;

const has = (line: string) => (text: string) => text.split('\n').includes(line);
const holds = (words: string) => (text: string) => text.includes(words);

describe.each([
  ['--screen-reader', ['demo', '--screen-reader'], {}],
  ['INK_SCREEN_READER', ['demo'], { INK_SCREEN_READER: 'true' }],
] as const)('the screen for ears, by %s', (_name, args, wants) => {
  test('says what changes, takes the keys of the screen, and draws nothing anew', async () => {
    const place = emptyPlace();
    const screen = openScreen(args, { env: { ...place.env, ...wants }, size: PAPER });
    await screen.waitFor('the cluster', has('Connected.'));
    await screen.waitFor('both versions', holds('Ok: v2, 1 of 1 ready'));
    screen.press(RIGHT);
    await screen.waitFor('the weight', holds('Applied: v1 40, v2 60.'));
    screen.press('v');
    await screen.waitFor('the list', has('Which VirtualService?'));
    screen.press(ESCAPE);
    await screen.waitFor('its end', has('Closed.'));
    screen.press('=7\r');
    await screen.waitFor('the typed weight', holds('Applied: v1 93, v2 7.'));
    screen.press('2');
    await screen.waitFor('the pane', has('Versions.'));
    screen.press('q');
    expect((await screen.ended).exitCode).toBe(0);
    expect(screen.text).toContain('applied v1 93, v2 7');
    expect(screen.output).not.toMatch(REDRAWS);
    expect(screen.modes).toMatchObject({ isAlternateScreen: false, isBracketedPaste: false });
    expect(place.filesLeft()).toEqual([]);
  });
});

describe('a terminal that can do nothing but lines (TERM=dumb)', () => {
  test('gets lines without one escape sequence, and ends with q as a line', async () => {
    const place = emptyPlace();
    const screen = openScreen(['demo', '--scenario', 'v2-crashlooping'], {
      env: { ...place.env, TERM: 'dumb' },
      size: PAPER,
    });
    await screen.waitFor('what to do', holds('weighbridge shift changes weights'));
    await screen.waitFor('the weights', has('Applied: v1 50, v2 50.'));
    await screen.waitFor('why v2 is not ready', text =>
      /^Failing: v2, 0 of 1 ready, .*exit 1\.$/m.test(text),
    );
    screen.press('q\r');
    expect((await screen.ended).exitCode).toBe(0);
    expect(screen.text).toContain('applied v1 50, v2 50');
    expect(screen.output).not.toContain(ESCAPE);
    expect(place.filesLeft()).toEqual([]);
  });

  test('in a locale with ASCII alone gets nothing else, and ends by ctrl-c', async () => {
    const place = emptyPlace();
    const screen = openScreen(['demo'], { env: { ...place.env, TERM: 'dumb', LC_ALL: 'C' }, size: PAPER });
    await screen.waitFor('the cluster', has('Connected.'));
    screen.press('\x03');
    expect((await screen.ended).exitCode).toBe(130);
    expect(screen.output).toMatch(/^[\r\n\x20-\x7e]*$/);
    expect(place.filesLeft()).toEqual([]);
  });
});
