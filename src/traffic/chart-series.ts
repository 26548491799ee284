import type { Mark, TrafficSeries } from './observed-traffic.ts';
import { shareOfWeights } from './weight-shares.ts';

/** Samples that a point of the line is the share of: at 20/s a column of its own would be mostly noise. */
const SMOOTHING_MS = 3000;

/** A column with nothing sampled in it or this shortly before it is a gap. */
const GAP_MS = 1000;

/** What to draw, column by column. */
export interface ChartSeries {
  /** Exactly one per column, the newest last: the version's share of the answers, 0..1, or undefined where nothing was sampled. */
  readonly shares: readonly (number | undefined)[];
  /** One per column: the share that the weights applied at its end give the version; undefined before any were known. */
  readonly applied: readonly (number | undefined)[];
  /** Failed samples sent in each column's own time. */
  readonly failures: readonly number[];
  readonly marks: readonly ChartMark[];
}

export interface ChartMark {
  readonly column: number;
  readonly mark: Mark;
}

export interface ChartOptions {
  readonly series: TrafficSeries;
  readonly marks: readonly Mark[];
  readonly label: string;
  /** The share that the weights applied now give the version, for a time without shifts. */
  readonly applied: number | undefined;
  readonly columns: number;
  /** The end of the chart. */
  readonly nowMs: number;
  readonly windowMs: number;
}

/**
 * The observed share of a version over time, for a chart of so many columns.
 *
 * Each point is the share among the samples of the 3 seconds up to its column's end (of the column, where that is longer),
 * never across a place where the weights or the traffic changed, so that a shift is a step. Columns begin at whole multiples of
 * their width, so a line moves left without changing its form.
 */
export function chartSeries(options: ChartOptions): ChartSeries {
  const { series, marks, label, columns, nowMs, windowMs } = options;
  if (columns <= 0) return { shares: [], applied: [], failures: [], marks: [] };
  const widthMs = windowMs / columns;
  const endMs = (Math.floor(nowMs / widthMs) + 1) * widthMs;
  const startMs = endMs - columns * widthMs;
  const share = shareBetween(series, label);
  const failed = sumBetween(series, series.failed);
  const cuts = marks.flatMap(({ atMs, changedAtMs }) =>
    changedAtMs === undefined ? [atMs] : [atMs, changedAtMs],
  );
  const ends = Array.from({ length: columns }, (_, column) => startMs + (column + 1) * widthMs);
  return {
    shares: ends.map(columnEndMs => {
      const cutMs = Math.max(...cuts.filter(cut => cut < columnEndMs), Number.NEGATIVE_INFINITY);
      if (share(columnEndMs - Math.max(widthMs, GAP_MS), columnEndMs) === undefined) return undefined;
      const fromMs = columnEndMs - Math.max(widthMs, SMOOTHING_MS);
      const beforeMs = columnEndMs - Math.max(widthMs, GAP_MS);
      if (fromMs >= cutMs) return share(fromMs, columnEndMs);
      // Nothing is wholly after a change that has only just been made.
      return share(cutMs, columnEndMs) ?? share(beforeMs, columnEndMs);
    }),
    applied: ends.map(columnEndMs =>
      columnEndMs > series.startMs ? appliedAt(columnEndMs, options) : undefined,
    ),
    failures: ends.map(columnEndMs => failed(columnEndMs - widthMs, columnEndMs)),
    marks: marks
      .map(mark => ({ column: Math.floor((mark.atMs - startMs) / widthMs), mark }))
      .filter(({ column }) => column >= 0 && column < columns),
  };
}

function appliedAt(atMs: number, { marks, label, applied }: ChartOptions): number | undefined {
  const last = marks.findLast(mark => mark.atMs < atMs);
  if (last) return shareOfWeights(last.to, label);
  const [next] = marks;
  return next ? shareOfWeights(next.from, label) : applied;
}

/** The share of a version in the buckets that begin in a span of time; undefined when they hold no version's answers. */
function shareBetween(
  series: TrafficSeries,
  label: string,
): (fromMs: number, toMs: number) => number | undefined {
  const own = series.counts[series.labels.indexOf(label)] ?? [];
  const all = series.others.map((others, index) =>
    series.counts.reduce((sum, counts) => sum + (counts[index] ?? 0), others),
  );
  const ownBetween = sumBetween(series, own);
  const allBetween = sumBetween(series, all);
  return (fromMs, toMs) => {
    const total = allBetween(fromMs, toMs);
    return total === 0 ? undefined : ownBetween(fromMs, toMs) / total;
  };
}

/** Sums of the buckets that begin in [fromMs, toMs), each in constant time. */
function sumBetween(
  series: TrafficSeries,
  counts: readonly number[],
): (fromMs: number, toMs: number) => number {
  const sums = [0];
  for (const count of counts) sums.push((sums.at(-1) ?? 0) + count);
  const indexAt = (atMs: number) =>
    Math.min(counts.length, Math.max(0, Math.ceil((atMs - series.startMs) / series.bucketMs)));
  return (fromMs, toMs) => (sums[indexAt(toMs)] ?? 0) - (sums[indexAt(fromMs)] ?? 0);
}
