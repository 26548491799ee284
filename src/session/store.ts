import { createStore, type StoreApi } from 'zustand/vanilla';
import { type AppState, initialState, type ScreenSize } from './state.ts';

export type AppStore = StoreApi<AppState>;

export function createAppStore(now: number, screen: ScreenSize): AppStore {
  return createStore<AppState>(() => initialState(now, screen));
}
