/** What a loop needs of time. Tests pass one that they move by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `callback` once, `delayMs` from now, unless the returned function is called first. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The calendar being ahead of the monotonic clock by more than this is a computer that slept, not a clock that was adjusted. */
const LEAP_MS = 5_000;

/**
 * Time that never runs backwards and that small steps of the calendar do not disturb, but that counts a sleep: the monotonic
 * clocks of Linux and macOS stand still in one.
 *
 * @param monotonicMs milliseconds since any moment.
 * @param calendarMs milliseconds since the Unix epoch.
 */
export function steadyTime(monotonicMs: () => number, calendarMs: () => number): () => number {
  let epochMs = calendarMs() - monotonicMs();
  return () => {
    const elapsedMs = monotonicMs();
    const aheadMs = calendarMs() - elapsedMs - epochMs;
    if (aheadMs > LEAP_MS) epochMs += aheadMs;
    return epochMs + elapsedMs;
  };
}

/** The machine's own clock. A step of the wall clock changes neither a latency nor the order of two samples; a sleep counts. */
export const systemClock: Clock = {
  now: steadyTime(() => performance.now(), Date.now),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves when `signal` is aborted, at once where it is already. Never rejects. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Resolves `delayMs` from now, or at once when `signal` is aborted. Never rejects. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve();
    const finish = () => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(delayMs, finish);
    signal.addEventListener('abort', finish, { once: true });
  });
}
