import { render } from 'ink';
import { systemClock } from './clock.ts';
import type { Screen } from './commands/io.ts';
import { inAscii } from './components/in-ascii.ts';
import { Keyboard } from './components/keyboard.tsx';
import { Announcer } from './components/spoken/announcer.ts';
import { createSuspender } from './components/suspender.tsx';
import { SessionProvider } from './components/use-app-state.tsx';
import type { Intent } from './session/intents.ts';
import type { AppStore } from './session/store.ts';

type Streams = { readonly stdin: NodeJS.ReadStream; readonly stdout: NodeJS.WriteStream };

const GREETING = 'weighbridge says what changes. 1 to 4 read a pane, question mark lists the keys, q quits.';
const PLAIN_GREETING =
  'weighbridge writes what changes: this terminal (TERM=dumb) can do no more. Type q and enter, or press ctrl-c, to end. ' +
  'From a terminal like this, weighbridge shift changes weights and weighbridge status follows them.';

/**
 * The screen for ears: the keys are those of the screen, and each change is a sentence on a line of its own, which stays in the
 * terminal to be read again. Ink's own mode for screen readers writes the whole screen anew for whatever changes of it, which with
 * live traffic is three times a second, so Ink only reads the keys here.
 */
export function openSpokenScreen(
  store: AppStore,
  dispatch: (intent: Intent) => void,
  { stdin, stdout }: Streams,
): Screen {
  const write = lineWriter(store, stdout);
  write(GREETING);
  const announcer = new Announcer(store, systemClock, write);
  const stop = announcer.start();
  const session = {
    store,
    dispatch: (intent: Intent) => {
      announcer.intended(intent);
      dispatch(intent);
    },
  };
  const { Suspender, suspend } = createSuspender();
  const instance = render(
    <SessionProvider session={session}>
      <Suspender />
      <Keyboard />
    </SessionProvider>,
    {
      stdin,
      stdout,
      exitOnCtrlC: false,
      interactive: true,
      isScreenReaderEnabled: true,
      patchConsole: false,
    },
  );
  const closed = instance.waitUntilExit().then(() => undefined);
  closed.catch(() => undefined);
  return {
    closed,
    suspend,
    close: async () => {
      stop();
      instance.unmount();
      await closed.catch(() => undefined);
    },
  };
}

/**
 * The same sentences on a terminal that cannot even tell keys apart, and not one escape sequence. Its lines are read as it sends them:
 * `q` ends, and so does the end of its input.
 */
export function openPlainLines(
  store: AppStore,
  dispatch: (intent: Intent) => void,
  { stdin, stdout }: Streams,
): Screen {
  const write = lineWriter(store, stdout);
  write(PLAIN_GREETING);
  const stop = new Announcer(store, systemClock, write).start();
  const onLine = (chunk: Buffer | string) => {
    const lines = String(chunk).split('\n');
    if (lines.some(line => /^\s*(q|quit|exit)\s*$/i.test(line))) dispatch({ kind: 'quit' });
  };
  const onEnd = () => dispatch({ kind: 'quit' });
  stdin.on('data', onLine).on('end', onEnd);
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  return {
    closed,
    suspend: away => away(),
    close: async () => {
      stop();
      stdin.off('data', onLine).off('end', onEnd).pause();
      resolve();
    },
  };
}

function lineWriter(store: AppStore, stdout: NodeJS.WriteStream): (line: string) => void {
  return line => {
    stdout.write(`${store.getState().ui.isUnicode ? line : inAscii(line)}\n`);
  };
}
