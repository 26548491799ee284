import { createStore, type StoreApi } from 'zustand/vanilla';
import { type AppState, initialState } from './state.ts';
import type { ScreenSize } from './ui-state.ts';

export type AppStore = StoreApi<AppState>;

export function createAppStore(now: number, screen: ScreenSize): AppStore {
  return createStore<AppState>(() => initialState(now, screen));
}

/**
 * The store as one session sees it: once the signal is aborted, nothing of what is still under way reaches it any more. What
 * an answer says of one cluster must not be taken for news of the next.
 */
export function writingUntil(store: AppStore, signal: AbortSignal): AppStore {
  const setState = (...change: Parameters<AppStore['setState']>) => {
    if (!signal.aborted) store.setState(...change);
  };
  return { ...store, setState: setState as AppStore['setState'] };
}

/**
 * The store as the screen follows it: its listeners hear of what was written together, two turns of the event loop later. Drawing
 * takes longer than sending, and so what a key asks for is on its way to the cluster before the frame that shows it is laid out:
 * undici looks at an idle HTTP/1.1 connection for one turn before it uses it.
 *
 * @param onceReady calls back when they may hear: while the screen cannot take what they would draw, nothing is drawn.
 */
export function announcingAfterSending(
  store: AppStore,
  onceReady: (announce: () => void) => void = announce => announce(),
): AppStore {
  const listeners = new Set<Parameters<AppStore['subscribe']>[0]>();
  let announced = store.getState();
  let isWaiting = false;
  const announce = () => {
    const before = announced;
    announced = store.getState();
    isWaiting = false;
    for (const listener of listeners) listener(announced, before);
  };
  store.subscribe(() => {
    if (isWaiting) return;
    isWaiting = true;
    setImmediate(() => setImmediate(() => onceReady(announce)));
  });
  return {
    ...store,
    subscribe: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
