import type { FailureExplanation } from './gateway-failure.ts';
import type { KeyToTraffic } from './key-to-traffic.ts';
import type { Latency } from './latency-ring.ts';
import type { SampleFailureKind } from './sample.ts';
import type { ShiftRecord } from './shift-record.ts';
import type { Verdict } from './verdict.ts';

/** The traffic as the samples show it: plain data. Times are epoch milliseconds, shares 0..1. */
export interface ObservedTraffic {
  /**
   * `settling`: the weights changed and traffic has not been seen to follow. Shares are then of the last 3 seconds; once
   * settled, of every sample sent since.
   */
  readonly phase: 'no-samples' | 'settling' | 'settled';
  /** In the order of the route's destinations. Labels are as the route has them, so clean them before they are drawn. */
  readonly versions: readonly ObservedVersion[];
  readonly verdict: Verdict;
  /** Samples that ended, over the last 5 seconds. */
  readonly ratePerSecond: number;
  /** Of answered samples in the window. */
  readonly latency: Latency | undefined;
  /** Failures in the window, the most frequent kind first. */
  readonly failures: readonly ObservedFailure[];
  /** The shift under way or the last one. */
  readonly shift: ShiftRecord | undefined;
  /** Of this session's shifts that traffic was seen to follow. */
  readonly keyToTraffic: KeyToTraffic | undefined;
  /** Earlier shifts, the newest first, at most 100. */
  readonly history: readonly ShiftRecord[];
}

/** A stretch of the past, for a chart of it. */
export interface TrafficChart {
  readonly fromMs: number;
  readonly toMs: number;
  readonly series: TrafficSeries;
  /** Shifts in it and the last one before, the oldest first. */
  readonly marks: readonly Mark[];
  /** Of answered samples in it. */
  readonly latency: Latency | undefined;
  /** Failures in it, the most frequent kind first. */
  readonly failures: readonly ObservedFailure[];
}

export interface ObservedVersion {
  readonly label: string;
  /** The share that the applied weights give it; undefined while no weights are known. */
  readonly applied: number | undefined;
  readonly count: number;
  /** Undefined when nothing was counted. */
  readonly share: number | undefined;
  /** Where the share is, with 95 % confidence for all versions together. */
  readonly low: number;
  readonly high: number;
}

/** Samples per slot of time, by when they were sent. A slot with nothing in it was not sampled: it is not a zero. */
export interface TrafficSeries {
  readonly startMs: number;
  readonly bucketMs: number;
  readonly labels: readonly string[];
  /** Per label of `labels`, per bucket. */
  readonly counts: readonly (readonly number[])[];
  /** Answers of versions that are no longer in the route. */
  readonly others: readonly number[];
  readonly unknown: readonly number[];
  /** Whatever failed; an application's error whose version shows is in that version's counts as well. */
  readonly failed: readonly number[];
}

/** Where the weights changed. */
export interface Mark {
  readonly atMs: number;
  /** Where traffic followed, once that is known. */
  readonly changedAtMs: number | undefined;
  readonly from: Readonly<Record<string, number>>;
  readonly to: Readonly<Record<string, number>>;
  readonly by: string;
}

export interface ObservedFailure extends FailureExplanation {
  readonly kind: SampleFailureKind;
  readonly count: number;
  readonly newestAtMs: number;
  /** Of the newest. */
  readonly detail: string;
}
