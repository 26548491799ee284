import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REJECTION_LEVEL, ShareTest } from '../../src/traffic/share-test.ts';
import { seededRandom } from './simulated-traffic.ts';

describe('the evidence against the shares', () => {
  test('is the likelihood ratio of the mixture, whatever the order of the samples', () => {
    const split = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(split, fc.array(fc.nat(4), { maxLength: 400 }), (weights, drawn) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const shares = weights.map(weight => weight / total);
        const samples = drawn.map(sample => sample % shares.length);
        const shareTest = new ShareTest(shares);
        for (const sample of samples) shareTest.add(sample);
        const counts = shares.map((_, category) => samples.filter(sample => sample === category).length);
        expect(shareTest.lnEvidence).toBeCloseTo(lnMixtureRatio(counts, shares), 8);
      }),
    );
  });

  test('of a version with weight 0 is complete with one sample', () => {
    const shareTest = new ShareTest([1, 0]);
    for (let sample = 0; sample < 10_000; sample++) shareTest.add(0);
    expect(shareTest.isRejected).toBe(false);
    shareTest.add(1);
    expect(shareTest.isRejected).toBe(true);
    expect(shareTest.contrary).toBe(1);
  });

  test('stays once it was reached', () => {
    const shareTest = new ShareTest([0.5, 0.5]);
    for (let sample = 0; sample < 20; sample++) shareTest.add(0);
    for (let sample = 0; sample < 20; sample++) shareTest.add(1);
    expect(shareTest.lnEvidence).toBeLessThan(-Math.log(REJECTION_LEVEL));
    expect(shareTest.isRejected).toBe(true);
  });
});

describe('looked at after every sample', () => {
  test('a right split is rejected in no more than 0.5 % of hours, give or take chance', () => {
    const runs = 150;
    let rejected = 0;
    for (let run = 0; run < runs; run++)
      if (samplesToReject(0.1, 0.1, 20_000, run) !== undefined) rejected += 1;
    // With 150 runs at 0.5 %, more than 4 happen once in a thousand times.
    expect(rejected).toBeLessThanOrEqual(4);
  });

  test.each([
    [0.1, 0.2, 155],
    [0.5, 0.6, 370],
    [0.5, 0.9, 16],
  ])('a split of %f that is really %f is rejected after about %i samples', (applied, real, expected) => {
    const needed = Array.from(
      { length: 201 },
      (_, run) => samplesToReject(applied, real, 20_000, run) ?? 20_000,
    );
    const median = needed.sort((a, b) => a - b)[100] ?? 0;
    expect(median).toBeGreaterThan(expected * 0.8);
    expect(median).toBeLessThan(expected * 1.2);
  });
});

function samplesToReject(applied: number, real: number, limit: number, seed: number): number | undefined {
  const random = seededRandom(seed * 7919 + 1);
  const shareTest = new ShareTest([1 - applied, applied]);
  for (let sample = 1; sample <= limit; sample++) {
    shareTest.add(random() < real ? 1 : 0);
    if (shareTest.isRejected) return sample;
  }
  return undefined;
}

/** The closed form: lnB(1 + counts) - lnB(1, …, 1) - the sum of counts times ln shares. */
function lnMixtureRatio(counts: readonly number[], shares: readonly number[]): number {
  const uniform = counts.map(() => 1);
  const lnLikelihood = counts.reduce((sum, count, index) => sum + count * Math.log(shares[index] ?? 1), 0);
  return lnBeta(counts.map(count => 1 + count)) - lnBeta(uniform) - lnLikelihood;
}

/** ln of the multivariate beta function of whole numbers. */
function lnBeta(parameters: readonly number[]): number {
  const total = parameters.reduce((sum, parameter) => sum + parameter, 0);
  return parameters.reduce((sum, parameter) => sum + lnFactorial(parameter - 1), 0) - lnFactorial(total - 1);
}

function lnFactorial(n: number): number {
  let sum = 0;
  for (let factor = 2; factor <= n; factor++) sum += Math.log(factor);
  return sum;
}
