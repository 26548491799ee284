import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  divergence,
  normalQuantile,
  samplesForHalfWidth,
  simultaneousIntervals,
  wilsonInterval,
  zeroFailureBound,
} from '../../src/traffic/statistics.ts';

describe("Wilson's interval", () => {
  // R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statist. Med. 17 (1998) 857, table I, method 3.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is the published one', (count, samples, low, high) => {
    const interval = wilsonInterval(count, samples);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  test('is everything without samples', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });

  test('covers the true share as often as it says, on average over splits and sample sizes', () => {
    const coverages: number[] = [];
    for (const samples of [40, 100, 200, 400, 1000]) {
      const intervals = Array.from({ length: samples + 1 }, (_, count) => wilsonInterval(count, samples));
      for (let percent = 1; percent < 100; percent++) {
        coverages.push(coverage(percent / 100, samples, intervals));
      }
    }
    const mean = coverages.reduce((sum, one) => sum + one, 0) / coverages.length;
    expect(mean).toBeGreaterThan(0.945);
    expect(mean).toBeLessThan(0.955);
    expect(Math.min(...coverages)).toBeGreaterThan(0.92);
    expect(Math.max(...coverages)).toBeLessThan(0.98);
  });

  test('holds the observed share and lies within 0 and 1', () => {
    const counted = fc
      .integer({ min: 1, max: 1e6 })
      .chain(n => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(counted, ([count, samples]) => {
        const { low, high } = wilsonInterval(count, samples);
        const share = count / samples;
        expect(0 <= low && low <= share && share <= high && high <= 1).toBe(true);
      }),
    );
  });
});

/** The exact probability that an interval holds the share that the samples are drawn with. */
function coverage(
  share: number,
  samples: number,
  intervals: readonly { low: number; high: number }[],
): number {
  let lnProbability = samples * Math.log(1 - share);
  let covered = 0;
  intervals.forEach(({ low, high }, count) => {
    if (low <= share && share <= high) covered += Math.exp(lnProbability);
    lnProbability += Math.log((samples - count) / (count + 1)) + Math.log(share / (1 - share));
  });
  return covered;
}

describe('intervals of several versions at once', () => {
  test("are Wilson's for two", () => {
    expect(simultaneousIntervals([30, 70])).toEqual([wilsonInterval(30, 100), wilsonInterval(70, 100)]);
  });

  // C. P. Sison, J. Glaz, JASA 90 (1995) 366, example 1; Goodman's intervals of it as R's MultinomialCI and statsmodels print them.
  test("are Goodman's for more", () => {
    const intervals = simultaneousIntervals([56, 72, 73, 59, 62, 87, 58]);
    const rounded = intervals.map(({ low, high }) => [Math.round(low * 1000), Math.round(high * 1000)]);
    expect(rounded).toEqual([
      [85, 166],
      [115, 204],
      [116, 207],
      [91, 173],
      [96, 181],
      [143, 239],
      [89, 171],
    ]);
  });
});

describe('how many samples are needed', () => {
  test.each([
    [0.5, 381],
    [0.1, 141],
    [0.05, 83],
    [0.01, 43],
    [0, 35],
  ])('for an interval of five points to each side at a share of %f', (share, samples) => {
    expect(samplesForHalfWidth(share, 0.05)).toBe(samples);
  });

  test('to bound failures when none is seen: 299 for 1 %, 2,995 for 0.1 %', () => {
    expect(zeroFailureBound(299)).toBeLessThan(0.01);
    expect(zeroFailureBound(298)).toBeGreaterThan(0.01);
    expect(zeroFailureBound(2995)).toBeLessThan(0.001);
    expect(zeroFailureBound(2994)).toBeGreaterThan(0.001);
    expect(zeroFailureBound(412)).toBeCloseTo(0.0072, 4);
    expect(zeroFailureBound(0)).toBe(1);
  });
});

test.each([
  [0.25, -0.6744897501960817],
  [0.001, -3.090232306167813],
  [1e-20, -9.262340089798409],
  [0.975, 1.959963984540054],
])('the normal quantile of %f is that of algorithm AS 241', (p, quantile) => {
  expect(normalQuantile(p)).toBeCloseTo(quantile, 12);
});

test('the divergence of a split from itself is none, and grows with the distance', () => {
  expect(divergence([0.5, 0.5], [0.5, 0.5])).toBe(0);
  expect(divergence([1, 0], [0.5, 0.5])).toBeCloseTo(Math.LN2, 12);
  expect(divergence([0.9, 0.1], [0.5, 0.5])).toBeGreaterThan(divergence([0.6, 0.4], [0.5, 0.5]));
});
