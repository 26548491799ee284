// Every formula that a verdict, an interval or a number of samples rests on, each with its source. Nothing here keeps a state:
// what is counted stands in `share-test.ts`, `regime.ts` and `shift-proof.ts`, what is concluded in `verdict.ts`.

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
 * The share of failures that `failed` in `samples` leave possible, with 95 % confidence: where so few would be seen with a
 * probability of 5 %. `zeroFailureBound` where none failed, 1 where all did. C. J. Clopper, E. S. Pearson, The use of confidence or
 * fiducial limits illustrated in the case of the binomial, Biometrika 26 (1934) 404, one-sided.
 */
export function failureBound(failed: number, samples: number): number {
  if (failed <= 0) return zeroFailureBound(samples);
  if (failed >= samples) return 1;
  let possible = failed / samples;
  let impossible = 1;
  for (let round = 0; round < 40; round++) {
    const middle = (possible + impossible) / 2;
    if (binomialTail(failed, samples, middle) > 1 - CONFIDENCE) possible = middle;
    else impossible = middle;
  }
  return impossible;
}

/**
 * The least number of samples of which `failed` may fail and still show, with 95 % confidence, that the share of failures is not
 * above `limit` (above 0, below 1): 598 for none at 0.5 %, 947 for one.
 */
export function samplesForFailureBound(failed: number, limit: number): number {
  let tooFew = failed;
  let enough = failed + 1;
  while (binomialTail(failed, enough, limit) > 1 - CONFIDENCE) {
    tooFew = enough;
    enough *= 2;
  }
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (binomialTail(failed, middle, limit) > 1 - CONFIDENCE) tooFew = middle;
    else enough = middle;
  }
  return enough;
}

/** The probability of at most `count` failures in `samples`, each failing with probability `p`, for 0 < p < 1. */
function binomialTail(count: number, samples: number, p: number): number {
  const lnOdds = Math.log(p) - Math.log1p(-p);
  let lnTerm = samples * Math.log1p(-p);
  let sum = Math.exp(lnTerm);
  for (let failed = 1; failed <= count; failed++) {
    lnTerm += Math.log((samples - failed + 1) / failed) + lnOdds;
    sum += Math.exp(lnTerm);
  }
  return Math.min(1, sum);
}

/**
 * Kullback-Leibler divergence of two splits in nats: what one sample drawn from `truth` says on average for `truth`
 * against `other`. S. Kullback, R. A. Leibler, On information and sufficiency, Ann. Math. Stat. 22 (1951) 79.
 */
export function divergence(truth: readonly number[], other: readonly number[]): number {
  return truth.reduce((sum, p, index) => (p > 0 ? sum + p * Math.log(p / (other[index] ?? 0)) : sum), 0);
}

/**
 * What one more sample adds to the log of the mixture likelihood ratio against the shares: `count` samples of its category came
 * before it, among `samples` of `categories` categories; `share` is what the category should have, above 0.
 *
 * The numerator is the prediction of a uniform mixture of all splits (a Beta(1, 1) or Dirichlet(1, …, 1) prior), Laplace's rule of
 * succession. Under the shares the ratio is a non-negative martingale that begins at 1, so it ever reaches 1/α with probability at
 * most α (J. Ville, Étude critique de la notion de collectif, 1939; H. Robbins, Statistical methods related to the law of the
 * iterated logarithm, Ann. Math. Stat. 41 (1970) 1397; S. R. Howard et al., Time-uniform, nonparametric, nonasymptotic confidence
 * sequences, Ann. Stat. 49 (2021) 1055).
 */
export function mixtureStep(count: number, samples: number, categories: number, share: number): number {
  return Math.log((1 + count) / (categories + samples) / share);
}

/**
 * About how many samples with the shares `observed` make the mixture likelihood ratio against `applied` reach 1/level: its log
 * grows by their divergence with each sample, less half a ln n per free share (B. S. Clarke, A. R. Barron, Information-theoretic
 * asymptotics of Bayes methods, IEEE Trans. Inf. Theory 36 (1990) 453). Infinite where the shares are the same.
 */
export function samplesToReject(
  observed: readonly number[],
  applied: readonly number[],
  level: number,
): number {
  const perSample = divergence(observed, applied);
  const free = applied.filter(share => share > 0).length - 1;
  let needed = 1;
  for (let round = 0; round < 8; round++) {
    needed = (-Math.log(level) + (free / 2) * Math.log(Math.max(needed, 1)) + 1) / perSample;
  }
  return needed;
}

/** Shares that answers are expected to miss by at random, so that one odd answer is unlikely rather than impossible. */
const SLACK = 0.005;

/** What one answer of a version says for the split `after` against `before`, as a log likelihood ratio that a slack bounds. */
export function logRatio(after: readonly number[], before: readonly number[], category: number): number {
  return Math.log(((after[category] ?? 0) + SLACK) / ((before[category] ?? 0) + SLACK));
}

/** Log of the probability of these counts under a split, but for a factor that does not depend on it; bounded by a slack. */
export function logLikelihood(counts: readonly number[], shares: readonly number[]): number {
  return counts.reduce((sum, count, index) => sum + count * Math.log((shares[index] ?? 0) + SLACK), 0);
}

/** A split with the slack of `logRatio` given to each of its shares. */
export function slackened(shares: readonly number[]): readonly number[] {
  return shares.map(share => (share + SLACK) / (1 + shares.length * SLACK));
}

/**
 * Where a change begins, of places in a row of samples: those between which it lies with 95 % probability if every place was as
 * likely before, as indexes of the first and the last. `sums` has, for each place, the log likelihood ratio of new against old of
 * all samples before it, so the probability of a place is proportional to e to the minus that. A. F. M. Smith, A Bayesian approach
 * to inference about a change-point in a sequence of random variables, Biometrika 62 (1975) 407.
 */
export function changePlaces(sums: readonly number[]): { readonly first: number; readonly last: number } {
  const least = sums.reduce((low, sum) => Math.min(low, sum), Number.POSITIVE_INFINITY);
  const weights = sums.map(sum => Math.exp(least - sum));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const tail = ((1 - CONFIDENCE) / 2) * total;
  let below = 0;
  const first = weights.findIndex(weight => {
    below += weight;
    return below > tail;
  });
  let above = 0;
  const last = weights.findLastIndex(weight => {
    above += weight;
    return above > tail;
  });
  return { first, last };
}

/** The shares of counts, each with one more than was seen, so that none is 0 (Laplace's rule of succession). */
export function smoothed(counts: readonly number[]): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count + 1, 0);
  return counts.map(count => (count + 1) / total);
}

/**
 * The value that a standard normal variable stays below with probability `p`, for 0 < p < 1, to about 16 digits.
 * M. J. Wichura, Algorithm AS 241: the percentage points of the normal distribution, Applied Statistics 37 (1988) 477.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(CENTRE.above, r)) / polynomial(CENTRE.below, r);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const { above, below, offset } = r <= 5 ? SHOULDER : TAIL;
  const value = polynomial(above, r - offset) / polynomial(below, r - offset);
  return q < 0 ? -value : value;
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

const CENTRE = {
  above: [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
    67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  below: [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852546,
  ],
};

const SHOULDER = {
  offset: 1.6,
  above: [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  below: [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
};

const TAIL = {
  offset: 5,
  above: [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  below: [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
};
