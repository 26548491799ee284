import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { builtProgram } from './program.ts';
import { isSettledAt } from './read-screen.ts';
import { emptyPlace, openScreen, runInPty } from './test-bed.ts';

const RIGHT = '\x1b[C';
const ENTER = '\r';
const ESCAPE = '\x1b';

/** Whether a shift asks nothing first. */
const areReady = (text: string) =>
  isSettledAt(text, 50) && /✓ v1 +1\/1 .*/.test(text) && /✓ v2 +1\/1 /.test(text);

/** The demo in a folder of its own. */
function openDemo(args: readonly string[] = []) {
  const { env, home } = emptyPlace();
  const screen = runInPty({
    command: process.execPath,
    args: [builtProgram(), 'demo', ...args],
    env,
    cwd: home,
  });
  const shiftOnce = async () => {
    await screen.waitFor('versions that may have weight', areReady);
    screen.press(RIGHT);
    await screen.waitFor('the shift', text => isSettledAt(text, 60));
  };
  return { screen, home, shiftOnce };
}

describe('the history at 80x24', () => {
  test('has a live line for a shift, opens it with enter, and writes it to files with x', async () => {
    const { screen, home, shiftOnce } = openDemo();
    await screen.waitFor('versions that may have weight', areReady);
    screen.press('h');
    await screen.waitFor('that there is none', text => text.includes('No shift yet.'));
    screen.press('x');
    await screen.waitFor('why not', text => text.includes('there is no shift to export yet'));
    screen.press(ESCAPE);
    await shiftOnce();
    screen.press('h');
    const line = /^│ ▸ . \d\d:\d\d:\d\d you +50\/50→40\/60 +\d+ms .* (\d+)\/(\d+) /m;
    await screen.waitFor('its line', text => line.test(text));
    const samples = () => Number(line.exec(screen.text)?.[2]);
    const before = samples();
    await screen.waitFor('more samples in it', () => samples() > before);
    screen.press(ENTER);
    await screen.waitFor('the record', text => /Shift 1 of VirtualService default\/myapp/.test(text));
    expect(screen.text).toMatch(/Weights: v1 50 → 40, v2 50 → 60\./);
    expect(screen.text).toMatch(/Accepted \d+ ms after the key/);
    screen.press('x');
    await screen.waitFor('where it is', text => text.includes('1 shift written to ./weighbridge-shifts-'));
    const names = readdirSync(home).filter(name => name.startsWith('weighbridge-shifts-'));
    expect(names.map(name => name.replace(/\d/g, '0')).toSorted()).toEqual([
      'weighbridge-shifts-00000000-000000.json',
      'weighbridge-shifts-00000000-000000.md',
    ]);
    screen.press(ESCAPE);
    await screen.waitFor('the list', text => text.includes('Shifts of this session'));
    screen.press('h');
    await screen.waitFor('the panes', text => text.includes('3 Weights'));
  });
});

describe('--report', () => {
  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('is written when %s ends the session', async (signal, exitCode) => {
    const { screen, home, shiftOnce } = openDemo(['--report', 'shifts.md']);
    await shiftOnce();
    process.kill(screen.pid, signal);
    expect((await screen.ended).exitCode).toBe(exitCode);
    expect(readFileSync(join(home, 'shifts.md'), 'utf8')).toMatch(
      /^\| 1 \| .* \| you \| `v1` 50 → 40, `v2` 50 → 60 \| \d+ ms \|/m,
    );
  });

  test('is written when ctrl-c ends the session', async () => {
    const { screen, home, shiftOnce } = openDemo(['--report', 'shifts.json']);
    await shiftOnce();
    screen.press('\x03');
    expect((await screen.ended).exitCode).toBe(0);
    const { version, shifts } = JSON.parse(readFileSync(join(home, 'shifts.json'), 'utf8'));
    expect([version, shifts.length]).toEqual([1, 1]);
  });

  test('with another ending is refused before any screen', async () => {
    const screen = openScreen(['demo', '--report', 'shifts.txt'], emptyPlace());
    expect((await screen.ended).exitCode).toBe(1);
    expect(screen.output).not.toContain('\x1b[?1049h');
    expect(screen.text).toContain(
      "Can't use --report shifts.txt: its name ends neither in .json nor in .md.",
    );
  });
});
