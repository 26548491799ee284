import type { Clock } from '../../src/clock.ts';

/** A clock that a test moves by hand; it begins at 0. */
export function createManualClock(): Clock & { advance(byMs: number): void } {
  let nowMs = 0;
  let pending: readonly { readonly at: number; readonly callback: () => void }[] = [];
  return {
    now: () => nowMs,
    after: (delayMs, callback) => {
      const timer = { at: nowMs + delayMs, callback };
      pending = [...pending, timer].toSorted((left, right) => left.at - right.at);
      return () => {
        pending = pending.filter(other => other !== timer);
      };
    },
    advance: byMs => {
      const until = nowMs + byMs;
      for (let timer = pending[0]; timer && timer.at <= until; timer = pending[0]) {
        pending = pending.slice(1);
        nowMs = timer.at;
        timer.callback();
      }
      nowMs = until;
    },
  };
}
