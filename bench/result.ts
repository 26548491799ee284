export type Unit = 'ms' | '% of a core' | 'MB' | 'KB/s' | 'frames/s' | 'samples/s' | 'connections';

/** What a user would run in place of weighbridge, measured in the same unit. */
export type Comparator = { readonly name: string; readonly values: readonly number[] };

/** One thing that was measured, one value per run. */
export type Result = {
  readonly what: string;
  readonly unit: Unit;
  readonly values: readonly number[];
  /** The most that the median may be, as the design promises; absent where it promises nothing. */
  readonly budget?: number;
  readonly comparators: readonly Comparator[];
};

export type Spread = { readonly median: number; readonly low: number; readonly high: number };

/** Median, 10th and 90th percentile, each a value that was measured. Throws a RangeError when there is none. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((left, right) => left - right);
  return { median: shareOf(sorted, 0.5), low: shareOf(sorted, 0.1), high: shareOf(sorted, 0.9) };
}

/** The value that this share of all, 0 to 1, is not above: one that was measured. Throws a RangeError when there is none. */
export function percentileOf(values: readonly number[], share: number): number {
  return shareOf(
    values.toSorted((left, right) => left - right),
    share,
  );
}

function shareOf(sorted: readonly number[], share: number): number {
  const value = sorted[Math.round((sorted.length - 1) * share)];
  if (value === undefined) throw new RangeError('nothing was measured');
  return value;
}
