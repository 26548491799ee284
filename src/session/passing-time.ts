import type { AppState } from './state.ts';

/** How often the time of the screen moves where nothing else is written. */
export const TICK_MS = 1_000;

/** Longer than two views of the traffic are apart, so that every other one moves the time. */
const DUE_WITH_VIEW_MS = 600;
/** Longer than it lasts until one of them does, so that no tick adds a frame to theirs. */
const DUE_ALONE_MS = 750;

/** The state with the time moved on, where it is written anyhow: a frame for the time alone costs as much as any other. */
export function withTimeOfView(state: AppState, now: number): AppState {
  return now - state.now < DUE_WITH_VIEW_MS ? state : { ...state, now };
}

/** Whether the time must be written by itself, because nothing else moved it lately. Also so where the clock was set back. */
export function isTickDue(state: Pick<AppState, 'now'>, now: number): boolean {
  return now - state.now > DUE_ALONE_MS || now < state.now;
}
