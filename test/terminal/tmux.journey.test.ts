import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { builtProgram } from './program.ts';
import { isLive, isSettledAt, strayRows } from './read-screen.ts';
import { SMALL } from './screen-in-pty.ts';
import { emptyPlace, runInPty } from './test-bed.ts';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** A tmux of its own, without a line of status, in which the program runs. */
function openInTmux() {
  const place = emptyPlace();
  const socket = join(place.home, 'tmux');
  const config = join(place.home, 'tmux.conf');
  writeFileSync(config, 'set -g status off\nset -g default-terminal tmux-256color\nset -s escape-time 0\n');
  const tmux = ['-S', socket, '-f', config];
  onTestFinished(() => {
    spawnSync('tmux', [...tmux, 'kill-server']);
  });
  const command = [process.execPath, builtProgram(), 'demo'];
  return runInPty({ command: 'tmux', args: [...tmux, 'new-session', ...command], env: place.env });
}

test.skipIf(!hasTmux)('tmux shows the same screen, and erases nothing for a key', async () => {
  const screen = openInTmux();
  await screen.waitFor('the live screen', isLive);
  await screen.waitFor('no rubbish', text => strayRows(text.split('\n'), SMALL).length === 0);
  const before = screen.output.length;
  screen.press('\x1b[C');
  await screen.waitFor('60 applied', text => isSettledAt(text, 60));
  const passedOn = screen.output.slice(before);
  // Erasing the screen is what is seen as flicker.
  expect(passedOn).not.toMatch(/\x1b\[[0-3]?J/);
  screen.press('q');
  expect((await screen.ended).exitCode).toBe(0);
});
