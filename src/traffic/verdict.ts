import { type CountedSamples, isTooCloseToTime, type Regime, SETTLING_LIMIT_MS } from './regime.ts';
import { REJECTION_LEVEL } from './share-test.ts';
import {
  type Interval,
  samplesForHalfWidth,
  samplesToReject,
  simultaneousIntervals,
  simultaneousZ,
} from './statistics.ts';

/** An interval that reaches further than this from its middle is too wide to say that a share agrees. */
export const MAX_HALF_WIDTH = 0.05;

/** What the samples say about the applied weights, with the numbers that say it. Counts are of samples that count. */
export type Verdict =
  | { readonly kind: 'no-samples' }
  /** The weights changed; samples count from when traffic is seen to follow, at the latest from `untilMs`. */
  | { readonly kind: 'settling'; readonly untilMs: number }
  /** As `settling`, but old and new split are too close to see the change: samples count from `untilMs`. */
  | { readonly kind: 'cannot-be-timed'; readonly untilMs: number }
  /** Samples come, and none shows a version. */
  | { readonly kind: 'unattributed'; readonly unattributed: number }
  | {
      readonly kind: 'agrees';
      readonly samples: number;
      readonly unattributed: number;
      /** The widest of the intervals, 0..1 to each side. */
      readonly halfWidth: number;
      /** Whose intervals they are: one share and its complement, or several shares at once. */
      readonly intervals: 'Wilson' | 'Goodman';
    }
  | {
      readonly kind: 'does-not-agree';
      /** `weight-zero`: a version with weight 0 answered. `test`: the shares are contradicted at `level`. */
      readonly because: 'weight-zero' | 'test';
      /** The version that is furthest from its weight. */
      readonly version: string;
      readonly applied: number;
      readonly share: number;
      readonly count: number;
      readonly samples: number;
      readonly unattributed: number;
      /** The probability at most of ever saying so of a right split. */
      readonly level: number;
    }
  | {
      readonly kind: 'needs-more';
      readonly samples: number;
      readonly unattributed: number;
      /** About so many more samples, to two digits. */
      readonly about: number;
    };

/** How the traffic of a regime stands to its weights at `nowMs`. `expectedSamples` are those of a settling's time. */
export function judge({ options, counted }: Regime, nowMs: number, expectedSamples: number): Verdict {
  const { fromMs, before = [], shares, labels } = options;
  const untilMs = fromMs + SETTLING_LIMIT_MS;
  if (counted === undefined && nowMs < untilMs) {
    return {
      kind: isTooCloseToTime(before, shares, expectedSamples) ? 'cannot-be-timed' : 'settling',
      untilMs,
    };
  }
  const unattributed = counted?.unattributed ?? 0;
  if (counted === undefined || counted.samples === 0) {
    if (unattributed > 0) return { kind: 'unattributed', unattributed };
    return { kind: 'needs-more', samples: 0, unattributed, about: roundUp(missing(shares, shares, 0)) };
  }
  return counted.isRejected ? rejection(counted, shares, labels) : agreement(counted, shares);
}

function rejection(
  { samples, counts, contrary, unattributed }: CountedSamples,
  shares: readonly number[],
  labels: readonly string[],
): Verdict {
  const because = contrary > 0 ? 'weight-zero' : 'test';
  const distance = shares.map((applied, index) => {
    const count = counts[index] ?? 0;
    if (because === 'weight-zero') return applied === 0 ? count : 0;
    return Math.abs(count / samples - applied);
  });
  const worst = distance.indexOf(Math.max(...distance));
  const count = counts[worst] ?? 0;
  return {
    kind: 'does-not-agree',
    because,
    version: labels[worst] ?? '',
    applied: shares[worst] ?? 0,
    share: count / samples,
    count,
    samples,
    unattributed,
    level: REJECTION_LEVEL,
  };
}

function agreement({ samples, counts, unattributed }: CountedSamples, shares: readonly number[]): Verdict {
  const intervals = simultaneousIntervals(counts);
  const halfWidth = Math.max(...intervals.map(({ low, high }) => (high - low) / 2));
  const isInside = intervals.every((interval, index) => holds(interval, shares[index] ?? 0));
  if (isInside && halfWidth <= MAX_HALF_WIDTH) {
    return {
      kind: 'agrees',
      samples,
      unattributed,
      halfWidth,
      intervals: shares.length > 2 ? 'Goodman' : 'Wilson',
    };
  }
  const observed = counts.map(count => count / samples);
  const about = isInside
    ? missing(observed, shares, samples)
    : Math.max(1, samplesToReject(observed, shares, REJECTION_LEVEL) - samples);
  return { kind: 'needs-more', samples, unattributed, about: roundUp(about) };
}

function holds({ low, high }: Interval, share: number): boolean {
  return low <= share && share <= high;
}

/** Samples until every interval is narrow enough, if the shares stay as observed or turn out as applied, whichever takes longer. */
function missing(observed: readonly number[], applied: readonly number[], samples: number): number {
  const z = simultaneousZ(observed.length);
  const needed = [...observed, ...applied].map(share => samplesForHalfWidth(share, MAX_HALF_WIDTH, z));
  return Math.max(1, Math.max(...needed) - samples);
}

/** Up to two digits: more would claim to know. */
function roundUp(value: number): number {
  if (!Number.isFinite(value)) return Number.MAX_SAFE_INTEGER;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / unit) * unit;
}
