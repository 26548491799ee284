import { render } from 'ink';
import type { Io, Screen } from './commands/io.ts';
import { EXIT } from './commands/io.ts';
import { run } from './commands/program.ts';
import { readableStack } from './commands/readable-stack.ts';
import { App } from './components/app.tsx';
import { asciiOutput } from './components/ascii-output.ts';
import { createSuspender } from './components/suspender.tsx';
import { SessionProvider } from './components/use-app-state.tsx';
import { announcingAfterSending } from './session/store.ts';
import { openPlainLines, openSpokenScreen } from './spoken-screen.tsx';

/** How long the process may take to end by itself, once its command has ended. */
const LINGER_MS = 250;

/**
 * Runs one command line, sets the exit code and lets the process end by itself. An exception that gets here is a bug: it is
 * shown with its stack.
 */
export async function main(args: readonly string[]): Promise<void> {
  try {
    process.exitCode = await run(args, processIo);
    // A credential plugin that hangs is a child process, and would keep this one alive with it.
    setTimeout(() => process.exit(), LINGER_MS).unref();
  } catch (error) {
    process.stderr.write(
      `weighbridge has a bug: ${readableStack(error instanceof Error ? String(error.stack) : String(error))}\n`,
    );
    // What the bug left behind must not keep the program alive.
    process.exit(EXIT.bug);
  }
}

/** Everything goes, and the cursor to the upper left corner; nothing is seen of it before the frame that follows is drawn. */
const ERASE_SCREEN = '\x1b[?2026h\x1b[2J\x1b[H';

const processIo: Io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  openScreen: (store, dispatch, kind): Screen => {
    if (kind === 'spoken') return openSpokenScreen(store, dispatch, process);
    if (kind === 'lines') return openPlainLines(store, dispatch, process);
    const { Suspender, suspend } = createSuspender();
    // The terminal writes what is typed until now, and the first frame would begin behind that. Ink would let it write
    // until that frame is drawn.
    process.stdin.setRawMode(true);
    process.stdout.write('\r');
    const instance = render(
      <SessionProvider session={{ store: announcingAfterSending(store), dispatch }}>
        <Suspender />
        <App />
      </SessionProvider>,
      {
        stdout: store.getState().ui.isUnicode ? process.stdout : asciiOutput(process.stdout),
        alternateScreen: true,
        incrementalRendering: true,
        exitOnCtrlC: false,
        // The command made sure of a terminal; left to itself, Ink would draw nothing where CI is set.
        interactive: true,
        // Ink can hold a frame back for two intervals of this rate, one before it lays out and one before it writes; at
        // its usual 30 a key would be seen after up to 67 ms.
        maxFps: 120,
      },
    );
    let isAway = false;
    const erase = () => {
      // While it is suspended the terminal shows what the shell wrote.
      if (isAway) return;
      instance.clear();
      process.stdout.write(ERASE_SCREEN);
    };
    // Before Ink draws at the new size: it moves from where it left the cursor, which a terminal may have moved.
    process.stdout.prependListener('resize', erase);
    const closed = instance.waitUntilExit().then(() => undefined);
    closed.catch(() => undefined);
    return {
      closed,
      suspend: async away => {
        isAway = true;
        await suspend(away);
        isAway = false;
      },
      close: async () => {
        process.stdout.off('resize', erase);
        instance.unmount();
        await closed.catch(() => undefined);
      },
    };
  },
};
