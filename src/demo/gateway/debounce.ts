import type { Timers } from '../timers.ts';

/** How istiod waits before it tells the gateways of changes. */
export const DEBOUNCE_AFTER_MS = 100;
export const DEBOUNCE_MAX_MS = 10_000;

/**
 * Calls `push` when nothing changed for 100 ms, or 10 s after the first change if things do not go quiet. Call what
 * it returns at each change.
 */
export function createDebounce(timers: Timers, push: () => void): () => void {
  let firstChangeMs = 0;
  let lastChangeMs = 0;
  let isWaiting = false;
  const look = () => {
    const nowMs = timers.now();
    const quietMs = nowMs - lastChangeMs;
    if (quietMs >= DEBOUNCE_AFTER_MS || nowMs - firstChangeMs >= DEBOUNCE_MAX_MS) {
      isWaiting = false;
      push();
    } else timers.after(DEBOUNCE_AFTER_MS - quietMs, look);
  };
  return () => {
    lastChangeMs = timers.now();
    if (isWaiting) return;
    isWaiting = true;
    firstChangeMs = lastChangeMs;
    timers.after(DEBOUNCE_AFTER_MS, look);
  };
}
