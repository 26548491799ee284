import { normalQuantile } from './normal-quantile.ts';

/** An interval of a share, 0..1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Confidence of every interval shown. */
export const CONFIDENCE = 0.95;

/**
 * Wilson score interval of a share of which `count` in `samples` were seen; `z` is the two-sided normal quantile of the
 * confidence. Everything from 0 to 1 when there are no samples.
 *
 * E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209. L. D. Brown,
 * T. T. Cai, A. DasGupta, Interval estimation for a binomial proportion, Statistical Science 16 (2001) 101, on why it and
 * not the usual one, which fails near 0 and 1 and for few samples.
 */
export function wilsonInterval(count: number, samples: number, z: number = normalQuantile(0.975)): Interval {
  if (samples <= 0) return { low: 0, high: 1 };
  const share = count / samples;
  const { centre, halfWidth } = wilson(share, samples, z);
  return {
    low: count === 0 ? 0 : Math.max(0, centre - halfWidth),
    high: count === samples ? 1 : Math.min(1, centre + halfWidth),
  };
}

function wilson(share: number, samples: number, z: number): { centre: number; halfWidth: number } {
  const spread = (z * z) / samples;
  const centre = (share + spread / 2) / (1 + spread);
  const variance = (share * (1 - share)) / samples + spread / (4 * samples);
  return { centre, halfWidth: (z * Math.sqrt(variance)) / (1 + spread) };
}

/**
 * Intervals of the shares of several categories that hold all at once with 95 % confidence; `counts` sum to the samples.
 *
 * For two categories the shares are one number and its complement, so it is Wilson's interval. For more it is Goodman's:
 * Wilson's with the confidence of each raised so that the errors add up (Bonferroni). L. A. Goodman, On simultaneous
 * confidence intervals for multinomial proportions, Technometrics 7 (1965) 247.
 */
export function simultaneousIntervals(counts: readonly number[]): readonly Interval[] {
  const samples = counts.reduce((sum, count) => sum + count, 0);
  const z = simultaneousZ(counts.length);
  return counts.map(count => wilsonInterval(count, samples, z));
}

/** The normal quantile that `simultaneousIntervals` uses for so many categories. */
export function simultaneousZ(categories: number): number {
  const comparisons = categories > 2 ? categories : 1;
  return normalQuantile(1 - (1 - CONFIDENCE) / (2 * comparisons));
}

/** The least number of samples with which Wilson's interval around `share` is no wider than `halfWidth` to each side. */
export function samplesForHalfWidth(
  share: number,
  halfWidth: number,
  z: number = normalQuantile(0.975),
): number {
  let tooFew = 0;
  let enough = 1;
  while (wilson(share, enough, z).halfWidth > halfWidth) enough *= 2;
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (wilson(share, middle, z).halfWidth > halfWidth) tooFew = middle;
    else enough = middle;
  }
  return enough;
}

/**
 * The share of failures that 0 failures in `samples` leave possible, with 95 % confidence: where none would be seen with
 * a probability of 5 %. 1 without samples. About 3/n: J. A. Hanley, A. Lippman-Hand, If nothing goes wrong, is
 * everything all right?, JAMA 249 (1983) 1743.
 */
export function zeroFailureBound(samples: number): number {
  return samples <= 0 ? 1 : 1 - (1 - CONFIDENCE) ** (1 / samples);
}

/**
 * Kullback-Leibler divergence of two splits in nats: what one sample drawn from `truth` says on average for `truth`
 * against `other`. S. Kullback, R. A. Leibler, On information and sufficiency, Ann. Math. Stat. 22 (1951) 79.
 */
export function divergence(truth: readonly number[], other: readonly number[]): number {
  return truth.reduce((sum, p, index) => (p > 0 ? sum + p * Math.log(p / (other[index] ?? 0)) : sum), 0);
}
