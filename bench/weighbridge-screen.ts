import { builtProgram, type EmptyPlace, PROJECT } from '../test/terminal/program.ts';
import { ScreenInPty, type ScreenSize, SMALL } from '../test/terminal/screen-in-pty.ts';

/** The built program, or another build of it, in a pseudo-terminal. */
export function openScreen(
  args: readonly string[],
  { env }: EmptyPlace,
  size: ScreenSize = SMALL,
  program: string = builtProgram(),
): ScreenInPty {
  return new ScreenInPty({
    command: process.execPath,
    args: [program, ...args],
    env,
    cwd: PROJECT,
    size,
  });
}

/** Leaves by `q`, so that the program saves what it keeps for its next start. */
export async function quit(screen: ScreenInPty): Promise<void> {
  screen.press('q');
  await screen.ended;
  await screen.stop();
}
