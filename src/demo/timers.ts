import type { Clock } from '../clock.ts';

/** Timers that end together. After `stop` none of them fires and no new one starts. None waits longer than 24 days. */
export interface Timers {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `callback` once, `delayMs` from now, unless the returned function is called first. */
  after(delayMs: number, callback: () => void): () => void;
  stop(): void;
}

/** The longest that a timer of Node can wait; it would fire at once if asked to wait longer. */
const LONGEST_MS = 2 ** 31 - 1;

export function createTimers(clock: Clock): Timers {
  const cancels = new Set<() => void>();
  let isStopped = false;
  return {
    now: () => clock.now(),
    after: (delayMs, callback) => {
      if (isStopped) return () => {};
      const cancel = clock.after(Math.min(delayMs, LONGEST_MS), () => {
        cancels.delete(cancel);
        callback();
      });
      cancels.add(cancel);
      return () => {
        cancels.delete(cancel);
        cancel();
      };
    },
    stop: () => {
      isStopped = true;
      for (const cancel of cancels) cancel();
      cancels.clear();
    },
  };
}

/** A time as Kubernetes writes it: RFC 3339 in UTC, to the second. */
export function timestamp(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
