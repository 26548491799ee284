import { describe, expect, it } from 'vitest';
import { steadyTime } from '../src/clock.ts';

/** Two clocks of a machine, moved by hand. */
function machine() {
  const clocks = { monotonicMs: 500, calendarMs: 1_700_000_000_000 };
  const now = steadyTime(
    () => clocks.monotonicMs,
    () => clocks.calendarMs,
  );
  return { clocks, now };
}

describe('the time of a machine', () => {
  it('counts a sleep in which its monotonic clock stood still', () => {
    const { clocks, now } = machine();
    clocks.calendarMs += 3_600_000;
    expect(now()).toBe(1_700_000_000_000 + 3_600_000);
    clocks.monotonicMs += 250;
    clocks.calendarMs += 250;
    expect(now()).toBe(1_700_000_000_000 + 3_600_250);
  });

  it.each([
    ['an adjustment by seconds', 3_000],
    ['being set back by an hour', -3_600_000],
  ])('is not disturbed by %s', (_what, stepMs) => {
    const { clocks, now } = machine();
    clocks.calendarMs += stepMs;
    expect(now()).toBe(1_700_000_000_000);
    clocks.monotonicMs += 10;
    expect(now()).toBe(1_700_000_000_010);
  });
});
