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
