import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectCleanTerminal, openFromShell, runFromShell, runningIn } from './from-shell.ts';
import { isRunning, processesBelow } from './processes.ts';
import { PROJECT } from './program.ts';
import { isLive } from './read-screen.ts';
import type { ScreenInPty } from './screen-in-pty.ts';
import { emptyPlace, openScreen } from './test-bed.ts';

const SUMMARY = 'VirtualService default/myapp on the demo cluster (gone now): applied v1 50, v2 50';

type WayOut = {
  readonly way: string;
  readonly leave: (screen: ScreenInPty) => void;
  readonly exitCode: number;
};

const signalled = (name: NodeJS.Signals) => (screen: ScreenInPty) => {
  process.kill(runningIn(screen), name);
};

const WAYS_OUT: readonly WayOut[] = [
  { way: 'q', leave: screen => screen.press('q'), exitCode: 0 },
  { way: 'ctrl-c', leave: screen => screen.press('\x03'), exitCode: 0 },
  { way: 'SIGINT', leave: signalled('SIGINT'), exitCode: 130 },
  { way: 'SIGTERM', leave: signalled('SIGTERM'), exitCode: 143 },
  { way: 'SIGHUP', leave: signalled('SIGHUP'), exitCode: 129 },
];

describe('every way out leaves a clean terminal', () => {
  test.each(WAYS_OUT)('$way: the summary, and exit code $exitCode', async ({ leave, exitCode }) => {
    const place = emptyPlace();
    const screen = openFromShell(['demo'], place);
    await screen.waitFor('the live screen', isLive);
    expect(screen.modes).toMatchObject({ isAlternateScreen: true, isBracketedPaste: true });
    leave(screen);
    await expectCleanTerminal(screen);
    expect(screen.rows.slice(0, 2)).toEqual([SUMMARY.slice(0, 80), SUMMARY.slice(80)]);
    expect(screen.rows[2]).toBe(`exit code ${exitCode}`);
    expect(place.filesLeft()).toEqual([]);
  });

  test('q on the first frame, before the cluster is there', async () => {
    const place = emptyPlace();
    const screen = openFromShell(['demo'], place);
    await screen.waitFor('the first frame', text => text.includes('1 Health'));
    screen.press('q');
    await expectCleanTerminal(screen);
    expect(screen.text).toContain('exit code 0');
    expect(place.filesLeft()).toEqual([]);
  });
});

/** A program with a bug, which SIGUSR2 brings out. */
function withBug(statement: string): readonly string[] {
  const source = `process.on('SIGUSR2', () => { ${statement} });`;
  return ['--import', `data:text/javascript,${encodeURIComponent(source)}`];
}

describe('a bug restores the terminal, shows its stack and ends with exit code 70', () => {
  test.each([
    ['an exception that nobody catches', "throw new Error('a bug on purpose');"],
    ['a promise that nobody handles', "Promise.reject(new Error('a bug on purpose'));"],
  ])('%s', async (_, statement) => {
    const place = emptyPlace();
    const screen = openFromShell(['demo'], place, withBug(statement));
    await screen.waitFor('the live screen', isLive);
    process.kill(runningIn(screen), 'SIGUSR2');
    await expectCleanTerminal(screen);
    expect(screen.text).toContain('weighbridge has a bug: Error: a bug on purpose');
    expect(screen.text).toMatch(/^ {4}at process\.<anonymous>/m);
    expect(screen.text).toContain('exit code 70');
    expect(place.filesLeft()).toEqual([]);
  });

  test('on stderr alone', async () => {
    const place = emptyPlace();
    const stderr = join(place.home, 'stderr');
    const program = ['bash', '-c', `exec "$@" 2>'${stderr}'`, 'bash', process.execPath];
    const bug = withBug("throw new Error('a bug on purpose');");
    const screen = runFromShell([...program, ...bug, join(PROJECT, 'dist', 'bin.js'), 'demo'], place.env);
    await screen.waitFor('the live screen', isLive);
    process.kill(runningIn(screen), 'SIGUSR2');
    await expectCleanTerminal(screen);
    expect(screen.text).not.toContain('a bug on purpose');
    expect(readFileSync(stderr, 'utf8')).toMatch(/^weighbridge has a bug: Error: a bug on purpose\n {4}at /);
  });
});

describe('nothing is left', () => {
  test('SIGTERM to npm start ends the program behind it and restores the terminal', async () => {
    const place = emptyPlace();
    // Without its prestart script, which builds: other tests run what is built.
    const command = ['npm', '--ignore-scripts', 'start'];
    const screen = runFromShell(command, { ...place.env, npm_config_update_notifier: 'false' });
    await screen.waitFor('the live screen', isLive);
    const [npm, ...behindNpm] = processesBelow(screen.pid);
    expect(behindNpm).not.toEqual([]);
    process.kill(npm ?? 0, 'SIGTERM');
    await expectCleanTerminal(screen);
    expect(screen.text).toContain('exit code 143');
    expect(behindNpm.filter(isRunning)).toEqual([]);
    expect(place.filesLeft()).toEqual([]);
  });

  test('the process of a window that was closed ends', async () => {
    const place = emptyPlace();
    const screen = openScreen(['demo'], place);
    await screen.waitFor('the live screen', isLive);
    screen.closeWindow();
    await screen.ended;
    expect(isRunning(screen.pid)).toBe(false);
    expect(place.filesLeft()).toEqual([]);
  });

  test('the process ends by itself within 300 ms of its last write', async () => {
    const place = emptyPlace();
    const endedAfterMs: number[] = [];
    while (endedAfterMs.length < 3) {
      const screen = openScreen(['demo'], place);
      await screen.waitFor('the live screen', isLive);
      screen.press('q');
      const { atMs, exitCode, signal } = await screen.ended;
      expect({ exitCode, signal }).toEqual({ exitCode: 0, signal: 0 });
      endedAfterMs.push(atMs - screen.lastOutputAtMs);
    }
    // A busy machine can hold a process back; it cannot make one end early.
    expect(Math.min(...endedAfterMs)).toBeLessThan(300);
    expect(place.filesLeft()).toEqual([]);
  });
});
