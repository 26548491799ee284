import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRecording, replayed } from '../support/recording.ts';
import { isLive, isSettledAt } from './read-screen.ts';
import { emptyPlace, openScreen } from './test-bed.ts';

const RIGHT = '\x1b[C';

describe('--record', () => {
  test('writes what is pressed and what comes of it, to the end of the session', async () => {
    const place = emptyPlace();
    const file = join(place.home, 'session.jsonl');
    const screen = openScreen(['demo', '--record', file], place);
    await screen.waitFor('live', isLive);
    screen.press(RIGHT);
    await screen.waitFor('60 applied', text => isSettledAt(text, 60));
    screen.press('q');
    expect((await screen.ended).exitCode).toBe(0);
    const entries = await readRecording(file);
    expect(entries[0]).toMatchObject({ kind: 'header', format: 'weighbridge-recording', formatVersion: 1 });
    expect(entries.flatMap(({ intent }) => intent ?? [])).toEqual(['shift', 'quit']);
    expect(replayed(entries, 'weights')).toMatchObject({ requested: [40, 60], applied: [40, 60] });
    expect(entries.some(({ kind }) => kind === 'sample')).toBe(true);
    expect(entries.at(-1)).toMatchObject({ kind: 'end' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('leaves a file alone that is no recording, and opens no screen', async () => {
    const place = emptyPlace();
    const file = join(place.home, 'thesis.txt');
    writeFileSync(file, 'chapter one');
    const screen = openScreen(['demo', '--record', file], place);
    expect((await screen.ended).exitCode).toBe(1);
    expect(screen.output).toContain('it holds something else, which is left as it is');
  });

  test.runIf(existsSync('/dev/full'))('says so once where the disk is full, and goes on', async () => {
    const screen = openScreen(['demo', '--record', '/dev/full'], emptyPlace());
    await screen.waitFor('the notice', text =>
      text.includes("Can't go on recording to full: no space is left"),
    );
    await screen.waitFor('live', isLive);
    screen.press(RIGHT);
    await screen.waitFor('60 applied', text => isSettledAt(text, 60));
    screen.press('q');
    expect((await screen.ended).exitCode).toBe(0);
  });
});
