import { expect, test } from 'vitest';
import { provingTimeMs } from '../../src/session/proving-time.ts';

test.each([
  ['a minute without limits', {}, 20, 60_000],
  ['a minute where the samples of a limit take less', { maxFailureRate: 0.01 }, 20, 60_000],
  // 2,995 samples without a failure keep 0.1 % with 95 % confidence.
  ['half as long again as the samples of a limit take', { maxFailureRate: 0.001 }, 20, 225_000],
  ['as long as the slowest needs: p99 is a share of 1 %', { maxP99Ms: 800 }, 1, 449_000],
])('a shift is given %s', (_what, limits, rate, timeMs) => {
  const none = { maxFailures: undefined, maxFailureRate: undefined, maxP99Ms: undefined };
  expect(provingTimeMs({ ...none, ...limits }, rate)).toBe(timeMs);
});
