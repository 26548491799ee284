import { expect } from 'vitest';
import { processesBelow } from './processes.ts';
import { builtProgram, type EmptyPlace } from './program.ts';
import type { ScreenInPty } from './screen-in-pty.ts';
import { runInPty } from './test-bed.ts';

/** Runs its arguments, then says what they left: the exit code and the settings of the terminal. */
const SCRIPT = '"$@"; echo "exit code $?"; stty -a';

/** Runs a command in a shell in a pseudo-terminal. The shell is there afterwards, and repairs nothing by itself. */
export function runFromShell(command: readonly string[], env: EmptyPlace['env']): ScreenInPty {
  return runInPty({ command: 'bash', args: ['-c', SCRIPT, 'bash', ...command], env });
}

/** Runs weighbridge in a shell in a pseudo-terminal. */
export function openFromShell(
  args: readonly string[],
  { env }: EmptyPlace,
  nodeArgs: readonly string[] = [],
): ScreenInPty {
  return runFromShell([process.execPath, ...nodeArgs, builtProgram(), ...args], env);
}

/** The process that the shell runs now. */
export function runningIn(screen: ScreenInPty): number {
  const [pid] = processesBelow(screen.pid);
  if (pid === undefined) throw new Error('the shell runs nothing');
  return pid;
}

/** Waits for the shell to end; the terminal must be as a person needs it. */
export async function expectCleanTerminal(screen: ScreenInPty): Promise<void> {
  await screen.ended;
  const { output } = screen;
  expect(screen.modes).toEqual({ isAlternateScreen: false, isBracketedPaste: false, mouse: 'none' });
  expect(output).toContain('\x1b[?1049l');
  expect(output.lastIndexOf('\x1b[?25h')).toBeGreaterThan(output.lastIndexOf('\x1b[?25l'));
  const settings = output.slice(output.lastIndexOf('\x1b[?1049l')).split(/[\s;]+/);
  expect(settings).toEqual(expect.arrayContaining(['icanon', 'echo', 'isig', 'icrnl', 'opost', 'ixon']));
}
