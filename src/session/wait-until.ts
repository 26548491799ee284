import { type Clock, pause } from '../clock.ts';
import type { AppState } from './state.ts';
import type { AppStore } from './store.ts';

/** As long as a timer can wait. */
export const FOREVER_MS = 2 ** 31 - 1;

/** Resolves as soon as the state `holds`, after `limitMs` at the latest, or at once when `signal` is aborted. Never rejects. */
export async function waitUntil(
  store: AppStore,
  holds: (state: AppState) => boolean,
  limitMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const waiting = new AbortController();
  const end = () => waiting.abort();
  const check = (state: AppState) => {
    if (holds(state)) end();
  };
  const unsubscribe = store.subscribe(check);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  check(store.getState());
  await pause(clock, limitMs, waiting.signal);
  unsubscribe();
  signal.removeEventListener('abort', end);
}
