import { vi } from 'vitest';

/** Far beyond what anything here takes, so that only what never comes runs into it, also on a machine that is busy. */
const LIMIT_MS = 40_000;

/** Resolves with what the check yields once it no longer throws; rejects with what it threw last. */
export function eventually<Value>(check: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(check, { timeout: LIMIT_MS, interval: 5 });
}
