import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateWatch } from '../../src/traffic/rate-watch.ts';
import { failureBound, samplesForFailureBound, zeroFailureBound } from '../../src/traffic/statistics.ts';
import { seededRandom } from './simulated-traffic.ts';

describe('the samples that a limit of failures needs', () => {
  // n with the sum of the first k+1 binomial terms at the limit no more than 5 %.
  it.each([
    [0, 0.01, 299],
    [0, 0.005, 598],
    [1, 0.005, 947],
    [2, 0.005, 1258],
    [0, 0.001, 2995],
    [0, 0.05, 59],
    [3, 0.05, 153],
  ])('are, with %i failed and a limit of %f, %i', (failed, limit, samples) => {
    expect(samplesForFailureBound(failed, limit)).toBe(samples);
  });

  it('are the least for which the bound is at or below the limit', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.integer({ min: 1, max: 900 }), (failed, perMille) => {
        const limit = perMille / 1000;
        const samples = samplesForFailureBound(failed, limit);
        expect(failureBound(failed, samples)).toBeLessThanOrEqual(limit + 1e-9);
        expect(failureBound(failed, samples - 1)).toBeGreaterThan(limit - 1e-9);
      }),
    );
  });

  it('can be counted for many thousands', () => {
    expect(samplesForFailureBound(2_000, 0.1)).toBeGreaterThan(20_000);
    expect(failureBound(2_000, 40_000)).toBeCloseTo(0.0518, 3);
  });

  it('leave the bound that no failure leaves, and all where everything failed', () => {
    expect(failureBound(0, 412)).toBe(zeroFailureBound(412));
    expect(failureBound(7, 7)).toBe(1);
    // Clopper and Pearson's upper limit of 1 in 20, one-sided at 95 %.
    expect(failureBound(1, 20)).toBeCloseTo(0.2161, 4);
  });
});

/** A watch that has seen a run of samples, each `0` good or `1` bad. */
function watched(limit: number, samples: readonly number[]): RateWatch {
  const watch = new RateWatch(limit);
  for (const sample of samples) watch.add(sample === 1);
  return watch;
}

const good = (count: number) => new Array<number>(count).fill(0);
const bad = (count: number) => new Array<number>(count).fill(1);

/** How many samples, bad with probability `rate`, it takes after a good start until a burst is seen. */
function samplesToBurst(limit: number, rate: number, goodBefore: number, seed: number): number {
  const random = seededRandom(seed);
  const watch = watched(limit, good(goodBefore));
  for (let samples = 1; samples <= 20_000; samples++) {
    watch.add(random() < rate);
    if (watch.burst) return samples;
  }
  return Number.POSITIVE_INFINITY;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

describe('a limit of a rate', () => {
  it.each([
    ['no samples', 0.005, [], { kind: 'needs-more', samples: 598 }],
    ['too few without a failure', 0.005, good(597), { kind: 'needs-more', samples: 1 }],
    ['just enough without a failure', 0.005, good(598), { kind: 'kept' }],
    ['a failure, which asks for more', 0.005, [...good(597), 1], { kind: 'needs-more', samples: 349 }],
    ['a failure among enough', 0.005, [...good(946), 1], { kind: 'kept' }],
    [
      'more failures than the limit, of enough',
      0.005,
      [...good(596), 1, ...good(300), 1, ...good(10), 1, 1, 1],
      { kind: 'over' },
    ],
    ['more failures than the limit, of too few', 0.05, [1, ...good(9)], { kind: 'needs-more', samples: 83 }],
  ] as const)('with %s', (_, limit, samples, standing) => {
    expect(watched(limit, samples).standing()).toEqual(standing);
  });

  it.each([
    ['at once', 0],
    ['after a minute of good samples', 1_200],
    ['after an hour of them', 72_000],
  ])('is found broken by the fourth failure in a row, %s', (_, before) => {
    expect(watched(0.005, [...good(before), ...bad(3)]).burst).toBeUndefined();
    expect(watched(0.005, [...good(before), ...bad(4)]).burst).toEqual({ bad: 4, samples: 4 });
  });

  it('is found broken within two seconds at 20 samples a second, where three of ten fail', () => {
    const needed = Array.from({ length: 200 }, (_, seed) => samplesToBurst(0.005, 0.3, 0, seed));
    expect(median(needed)).toBeLessThanOrEqual(20);
    expect(Math.max(...needed)).toBeLessThanOrEqual(60);
  });

  it('is not found broken by what keeps to it, ten minutes long', () => {
    const broken = Array.from({ length: 100 }, (_, seed) => {
      const random = seededRandom(seed);
      const watch = new RateWatch(0.01);
      for (let sample = 0; sample < 12_000; sample++) watch.add(random() < 0.01);
      return watch.burst;
    }).filter(burst => burst !== undefined);
    expect(broken.length).toBeLessThanOrEqual(4);
  });

  it('keeps the burst that broke it, and judges the rest as it is', () => {
    const watch = watched(0.05, [...bad(10), ...good(2_000)]);
    expect(watch.burst).toBeDefined();
    expect(watch.standing()).toEqual({ kind: 'kept' });
  });

  it('is judged by counts alone, in whatever order the samples came', () => {
    const order = fc.array(fc.nat(1), { maxLength: 300 });
    fc.assert(
      fc.property(order, fc.integer({ min: 1, max: 99 }), (samples, percent) => {
        const limit = percent / 100;
        const there = watched(limit, samples).standing();
        expect(watched(limit, samples.toReversed()).standing()).toEqual(there);
      }),
    );
  });
});
