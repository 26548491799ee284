import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changePlaces,
  divergence,
  normalQuantile,
  samplesForHalfWidth,
  samplesToReject,
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

  // Wilson's interval solved for the samples, as W. W. Piegorsch, Sample sizes for improved binomial confidence intervals,
  // Comput. Stat. Data Anal. 46 (2004) 309: with u = z²/n, (d² - 1/4) u² + (2 d² - p q) u + d² = 0.
  test('is what the closed formula gives, at every share and width', () => {
    const z = normalQuantile(0.975);
    for (let percent = 0; percent <= 100; percent++) {
      for (const d of [0.01, 0.02, 0.05, 0.1]) {
        const pq = (percent / 100) * (1 - percent / 100);
        const b = 2 * d * d - pq;
        const a = d * d - 1 / 4;
        const u = (-b - Math.sqrt(b * b - 4 * a * d * d)) / (2 * a);
        expect(samplesForHalfWidth(percent / 100, d)).toBe(Math.ceil((z * z) / u - 1e-9));
      }
    }
  });

  // J. A. Hanley, A. Lippman-Hand, If nothing goes wrong, is everything all right?, JAMA 249 (1983) 1743: the exact bounds
  // beside which the rule of three (3/n) is given there, in percent.
  test.each([
    [10, 26],
    [20, 14],
    [30, 9.5],
    [50, 5.8],
    [100, 3],
    [1000, 0.3],
  ])('none of %i failed: at most %f %% fail, and the rule of three is near', (samples, percent) => {
    const bound = zeroFailureBound(samples) * 100;
    expect(Math.abs(bound - percent)).toBeLessThan(percent < 10 ? 0.06 : 0.5);
    expect(300 / samples).toBeGreaterThan(bound);
    expect(300 / samples - bound).toBeLessThan(samples >= 30 ? 0.6 : 5);
  });

  test('to reject a split is near what the test really takes', () => {
    // Medians of 1,000 seeded runs: `npm run test:statistics`.
    expect(samplesToReject([0.8, 0.2], [0.9, 0.1], 0.005)).toBeCloseTo(152, -2);
    expect(samplesToReject([0.4, 0.6], [0.5, 0.5], 0.005)).toBeGreaterThan(335 * 0.7);
    expect(samplesToReject([0.4, 0.6], [0.5, 0.5], 0.005)).toBeLessThan(335 * 1.5);
    expect(samplesToReject([0.5, 0.5], [0.5, 0.5], 0.005)).toBe(Number.POSITIVE_INFINITY);
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

test('a change lies where the evidence against the old split begins, and is vague where there is little', () => {
  const sumsOf = (ratios: readonly number[]) =>
    ratios.map((_, at) => ratios.slice(0, at).reduce((sum, one) => sum + one, 0));
  const clear = [...Array(20).fill(-5), ...Array(20).fill(5)];
  expect(changePlaces(sumsOf(clear))).toEqual({ first: 20, last: 20 });
  const vague = [...Array(20).fill(-0.1), ...Array(20).fill(0.1)];
  const { first, last } = changePlaces(sumsOf(vague));
  expect(first).toBeLessThan(8);
  expect(last).toBeGreaterThan(32);
});

test('the divergence of a split from itself is none, and grows with the distance', () => {
  expect(divergence([0.5, 0.5], [0.5, 0.5])).toBe(0);
  expect(divergence([1, 0], [0.5, 0.5])).toBeCloseTo(Math.LN2, 12);
  expect(divergence([0.9, 0.1], [0.5, 0.5])).toBeGreaterThan(divergence([0.6, 0.4], [0.5, 0.5]));
});
