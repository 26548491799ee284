import { describe, expect, it } from 'vitest';
import { accuracyOf } from '../../bench/sampling-rates.ts';

/** Starts that are due every 10 ms, each so many milliseconds late. */
function starts(lateMs: readonly number[]) {
  return lateMs.map((late, index) => ({ intendedAtMs: index * 10, startedAtMs: index * 10 + late }));
}

describe('the accuracy of a sampler', () => {
  it('is told run by run, without what is left at the end', () => {
    const runs = accuracyOf(starts([...Array(100).fill(1), ...Array(100).fill(2), 50]), 100);
    expect(runs).toEqual([
      { achievedRate: 100, medianMs: 1, p99Ms: 1 },
      { achievedRate: 100, medianMs: 2, p99Ms: 2 },
    ]);
  });

  it('shows by its p99 what the median hides', () => {
    const [run] = accuracyOf(starts([...Array(97).fill(1), 30, 31, 32]), 100);
    expect(run?.medianMs).toBe(1);
    expect(run?.p99Ms).toBe(31);
  });

  it('is below the rate where starts were missed', () => {
    const all = starts(Array(199).fill(0));
    const [run] = accuracyOf(
      all.filter((_, index) => index % 2 === 0),
      100,
    );
    expect(run?.achievedRate).toBe(50);
  });

  it('never takes a start for early', () => {
    expect(accuracyOf(starts([-1, -1]), 2)[0]?.medianMs).toBe(0);
  });
});
