import { PassThrough, Writable } from 'node:stream';
import { render } from 'ink';
import { onTestFinished, vi } from 'vitest';
import { App } from '../../src/components/app.tsx';
import { SessionProvider } from '../../src/components/use-app-state.tsx';
import { dispatcherOf } from '../../src/session/dispatcher.ts';
import type { Intent } from '../../src/session/intents.ts';
import type { AppState } from '../../src/session/state.ts';
import { createAppStore } from '../../src/session/store.ts';
import { ManualClock } from './manual-clock.ts';

export type KeyboardScreen = {
  /** Writes each chunk as a terminal does, and resolves with the state once the program has read it. */
  readonly press: (...chunks: readonly string[]) => Promise<AppState>;
  /** Every intent that the keys became, in their order. */
  readonly intents: readonly Intent[];
};

/** The screen on a state, with a keyboard that sends bytes. No session runs behind it. */
export async function openKeyboard(state: AppState): Promise<KeyboardScreen> {
  const store = createAppStore(state.now, state.ui);
  store.setState(state, true);
  let bytesRead = 0;
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => undefined,
    ref: () => undefined,
    unref: () => undefined,
  });
  const read = stdin.read.bind(stdin);
  stdin.read = size => {
    const chunk = read(size);
    if (chunk !== null) bytesRead += Buffer.byteLength(chunk);
    return chunk;
  };
  const stdout = Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), {
    isTTY: true,
    columns: state.ui.columns,
    rows: state.ui.rows,
  });
  const intents: Intent[] = [];
  const clock = new ManualClock(state.now);
  const dispatch = dispatcherOf(store, clock, intent => intents.push(intent));
  const screen = render(
    <SessionProvider session={{ store, dispatch }}>
      <App />
    </SessionProvider>,
    {
      stdin: stdin as unknown as NodeJS.ReadStream,
      stdout: stdout as unknown as NodeJS.WriteStream,
      interactive: true,
      exitOnCtrlC: false,
      patchConsole: false,
    },
  );
  onTestFinished(() => screen.unmount());
  await screen.waitUntilRenderFlush();
  return {
    intents,
    press: async (...chunks) => {
      for (const chunk of chunks) {
        const wanted = bytesRead + Buffer.byteLength(chunk);
        stdin.write(chunk);
        await vi.waitUntil(() => bytesRead >= wanted, { timeout: 30_000, interval: 1 });
        // What is drawn next may read the next key.
        await screen.waitUntilRenderFlush();
      }
      return store.getState();
    },
  };
}
