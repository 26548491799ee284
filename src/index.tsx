import { render } from 'ink';
import type { Io, Screen } from './commands/io.ts';
import { EXIT } from './commands/io.ts';
import { type LostOutput, onLostOutput } from './commands/lost-output.ts';
import { run } from './commands/program.ts';
import { readableStack } from './commands/readable-stack.ts';
import { App } from './components/app.tsx';
import { inAscii } from './components/in-ascii.ts';
import { inFewBytes } from './components/in-few-bytes.ts';
import { createSuspender } from './components/suspender.tsx';
import { SessionProvider } from './components/use-app-state.tsx';
import { announcingAfterSending } from './session/store.ts';
import { openPlainLines, openSpokenScreen } from './spoken-screen.tsx';
import { onceTaken, resizingOnceTaken, rewritingOutput, waitForWrites } from './terminal-writes.ts';

/** How long the process may take to end by itself, once its command has ended. */
const LINGER_MS = 250;

/** How long the last frame may take to get to a terminal; one that takes nothing must not keep the program from ending. */
const LAST_FRAME_MS = 10_000;

/**
 * Runs one command line, sets the exit code and lets the process end by itself. An exception that gets here is a bug: it is
 * shown with its stack.
 */
export async function main(args: readonly string[]): Promise<void> {
  let lost: LostOutput | undefined;
  onLostOutput(output => {
    lost = output;
    process.stderr.write(output.words);
    process.exitCode = output.code;
  });
  // A verb that has something to bring to an end listens as well.
  process.on('uncaughtException', error => {
    if (process.listenerCount('uncaughtException') === 1) endWithBug(error);
  });
  try {
    const code = await run(args, processIo);
    process.exitCode = lost?.code ?? code;
    // A credential plugin that hangs is a child process, and would keep this one alive with it.
    setTimeout(() => process.exit(), LINGER_MS).unref();
  } catch (error) {
    endWithBug(error);
  }
}

function endWithBug(error: unknown): never {
  const stack = readableStack(error instanceof Error ? String(error.stack) : String(error));
  process.stderr.write(`weighbridge has a bug: ${stack}\nReport it with these lines, and what you did.\n`);
  // What the bug left behind must not keep the program alive.
  process.exit(EXIT.bug);
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
    const { stdin, stdout } = process;
    const { Suspender, suspend } = createSuspender();
    // The terminal writes what is typed until now, and the first frame would begin behind that. Ink would let it write
    // until that frame is drawn.
    stdin.setRawMode(true);
    stdout.write('\r');
    waitForWrites(stdout, false);
    const { isUnicode } = store.getState().ui;
    let isAway = false;
    // Before Ink draws at the new size: it moves from where it left the cursor, which a terminal may have moved.
    const resizing = resizingOnceTaken(stdout, () => {
      // While it is suspended the terminal shows what the shell wrote.
      if (isAway) return;
      instance.clear();
      stdout.write(ERASE_SCREEN);
    });
    const instance = render(
      <SessionProvider
        session={{ store: announcingAfterSending(store, announce => onceTaken(stdout, announce)), dispatch }}
      >
        <Suspender />
        <App />
      </SessionProvider>,
      {
        stdout: rewritingOutput(resizing.stdout, text => inFewBytes(isUnicode ? text : inAscii(text))),
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
    const closed = instance.waitUntilExit().then(() => undefined);
    closed.catch(() => undefined);
    return {
      closed,
      suspend: async away => {
        isAway = true;
        await suspend(async () => {
          await new Promise<void>(resolve => onceTaken(stdout, resolve));
          waitForWrites(stdout, true);
          await away();
          waitForWrites(stdout, false);
        });
        isAway = false;
      },
      close: async () => {
        resizing.stop();
        instance.unmount();
        await Promise.race([
          closed.catch(() => undefined),
          new Promise(resolve => setTimeout(resolve, LAST_FRAME_MS).unref()),
        ]);
        // Also stderr, where the cursor is shown once more as the process exits.
        for (const output of [stdout, process.stderr]) waitForWrites(output, stdout.writableLength === 0);
      },
    };
  },
};
