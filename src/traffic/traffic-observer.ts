import { plainText } from '../plain-text.ts';
import { explainFailure } from './gateway-failure.ts';
import { KeyToTrafficTimes } from './key-to-traffic.ts';
import { LatencyRing } from './latency-ring.ts';
import type {
  Mark,
  ObservedFailure,
  ObservedTraffic,
  ObservedVersion,
  TrafficChart,
  TrafficSeries,
} from './observed-traffic.ts';
import { isTooCloseToTime, Regime, SETTLING_LIMIT_MS } from './regime.ts';
import type { ObservedSample, SampleFailure, SampleFailureKind } from './sample.ts';
import { isTimed, OngoingShift, type ShiftRecord, type WeightsChange } from './shift-record.ts';
import { StartOrder } from './start-order.ts';
import { simultaneousIntervals } from './statistics.ts';
import { TimeRing } from './time-ring.ts';
import { judge, type Verdict } from './verdict.ts';
import { sharesOf } from './weight-shares.ts';

export type { ObservedTraffic } from './observed-traffic.ts';

const DEFAULT_BUCKET_MS = 500;
const DEFAULT_SPAN_MS = 60 * 60_000;

/** Buckets of a view at most: more than any screen has columns. */
const MAX_VIEW_BUCKETS = 1200;

const MAX_HISTORY = 100;

/** Samples that are looked at again when a shift begins: a second of them at the highest rate. */
const MAX_RECENT = 1024;

/** What the shares and the rate of the moment are taken over. */
const RECENT_MS = 3000;
const RATE_MS = 5000;

/** How many samples a settling is expected to see when none came before it. */
const ASSUMED_RATE_PER_SECOND = 20;

const MAX_DETAIL_CHARACTERS = 80;

const ALL = 'all';
const OTHERS = 'others';
const UNKNOWN = 'unknown';
const FAILED = 'failed';
const ofVersion = (label: string) => `version ${label}`;
const ofKind = (kind: SampleFailureKind) => `failure ${kind}`;

export interface ObserverOptions {
  /** @default 500 */
  readonly bucketMs?: number;
  /** How far back series, latencies and failures reach. @default one hour */
  readonly spanMs?: number;
  /** Those of the session, which go on when a route is left for another. */
  readonly keyTimes?: KeyToTrafficTimes;
}

/**
 * What samples say about the traffic of one route: shares, whether they agree with the applied weights, and the record
 * of each shift.
 *
 * Reads no clock: every time is an argument. Memory is bounded however long it runs. Say first which versions there are
 * and which weights are applied (`setVersions`, `startFrom`); another route is another observer.
 */
export class TrafficObserver {
  readonly #series: TimeRing;
  readonly #latency: LatencyRing;
  readonly #order = new StartOrder();
  readonly #keyTimes: KeyToTrafficTimes;
  /** The samples taken last: a shift concerns some that were sent before it was accepted. */
  readonly #recent: ObservedSample[] = [];
  readonly #newestFailures = new Map<SampleFailureKind, { atMs: number; detail: string }>();
  #labels: readonly string[] = [];
  #startedAtMs: number | undefined;
  #firstSampleAtMs: number | undefined;
  #regime: Regime | undefined;
  #expectedSamples = 0;
  #shift: OngoingShift | undefined;
  /** Shares before the shift and after its last patch, in the order of the regime's labels. */
  #shiftShares: { readonly before: readonly number[]; readonly after: readonly number[] } = {
    before: [],
    after: [],
  };
  /** The shift before: samples sent before its end may still come. */
  #previous: { readonly shift: OngoingShift; readonly endedAtMs: number } | undefined;
  #history: readonly ShiftRecord[] = [];
  #shiftCount = 0;

  constructor({
    bucketMs = DEFAULT_BUCKET_MS,
    spanMs = DEFAULT_SPAN_MS,
    keyTimes = new KeyToTrafficTimes(),
  }: ObserverOptions = {}) {
    this.#keyTimes = keyTimes;
    this.#series = new TimeRing(bucketMs, spanMs);
    this.#latency = new LatencyRing(spanMs);
  }

  /** The versions of the route, in the order of its destinations. Before the weights that name them. */
  setVersions(labels: readonly string[]): void {
    for (const label of this.#labels) {
      if (!labels.includes(label)) this.#series.merge(ofVersion(label), OTHERS);
    }
    this.#labels = [...labels];
  }

  /** The applied weights as found, with no change to wait for: samples sent from now on count. */
  startFrom(weights: Readonly<Record<string, number>>, atMs: number): void {
    this.#startedAtMs ??= atMs;
    this.#endShift(atMs);
    const labels = this.#labelsWith(weights);
    this.#regime = new Regime({ fromMs: atMs, labels, shares: sharesOf(weights, labels) });
  }

  /** The applied weights have changed: traffic settles anew. */
  weightsApplied(change: WeightsChange): void {
    if (this.#shift !== undefined && change.sameShift) {
      this.#noteShift(change.acceptedAtMs);
      this.#shift.addPatch(change);
    } else {
      this.#endShift(change.acceptedAtMs);
      this.#shiftCount += 1;
      const shift = new OngoingShift(this.#shiftCount, change);
      for (const sample of this.#recent) if (shift.concerns(sample)) shift.add(sample);
      this.#shift = shift;
    }
    const labels = this.#labelsWith(change.to);
    const after = sharesOf(change.to, labels);
    const atStart = sharesOf(this.#shift.from, labels);
    const last = sharesOf(change.from, labels);
    this.#expectedSamples = this.#expectSamples(change.acceptedAtMs);
    // The last step of a run may be too small to see, where the run as a whole is not.
    const isLastTooClose = isTooCloseToTime(last, after, this.#expectedSamples);
    const isRunTooClose = isTooCloseToTime(atStart, after, this.#expectedSamples);
    const before = isLastTooClose && !isRunTooClose ? atStart : last;
    this.#shiftShares = { before: atStart, after };
    this.#regime = new Regime({ fromMs: change.acceptedAtMs, labels, shares: after, before });
  }

  /** Nothing more is observed here: what the last shift took is kept for the session. */
  close(atMs: number): void {
    this.#endShift(atMs);
  }

  addSample(sample: ObservedSample): void {
    if (!Number.isFinite(sample.startedAtMs) || !Number.isFinite(sample.latencyMs)) return;
    const known = this.#withKnownVersion(sample);
    this.#firstSampleAtMs ??= known.startedAtMs;
    this.#countInSeries(known);
    for (const due of this.#order.add(known)) this.#process(due);
  }

  view(nowMs: number, windowMs: number): ObservedTraffic {
    const verdict = this.#noteShift(nowMs);
    const shift = this.#shift?.record(undefined);
    const history = this.#closedShifts();
    const isSettling = verdict.kind === 'settling' || verdict.kind === 'cannot-be-timed';
    const settledOrSettling = isSettling ? 'settling' : 'settled';
    return {
      phase: verdict.kind === 'no-samples' ? 'no-samples' : settledOrSettling,
      versions: this.#versions(nowMs, isSettling),
      verdict,
      ratePerSecond: this.#rate(nowMs),
      latency: this.#latency.over(nowMs, windowMs),
      failures: this.#failures(nowMs, windowMs),
      shift,
      keyToTraffic: this.#keyTimes.summary(shift && isTimed(shift) ? shift.keyToTrafficMs : undefined),
      history,
    };
  }

  /** What a chart shows of a span of time, as far back as the weights are known and the series reach. */
  chart(span: { readonly fromMs: number; readonly toMs: number }): TrafficChart {
    const { toMs } = span;
    const earliestMs = Math.max(span.fromMs, this.#startedAtMs ?? toMs);
    // Whole buckets: what was sent before the span in its first one does not belong to it.
    const { slotMs } = this.#series;
    const fromMs = Math.ceil(Math.min(earliestMs, toMs) / slotMs) * slotMs;
    const windowMs = toMs - fromMs;
    const shift = this.#shift?.record(undefined);
    const history = this.#closedShifts();
    return {
      fromMs,
      toMs,
      series: this.#seriesOver(toMs, windowMs),
      marks: marksOf(shift === undefined ? history : [shift, ...history], fromMs, toMs),
      latency: this.#latency.over(toMs, windowMs),
      failures: this.#failures(toMs, windowMs),
    };
  }

  /** The sample with no version that the route does not have, so that what is kept does not grow with what is sent. */
  #withKnownVersion(sample: ObservedSample): ObservedSample {
    const { outcome } = sample;
    if (outcome.kind === 'unknown' || outcome.version === undefined) return sample;
    if (this.#labels.includes(outcome.version)) return sample;
    if (outcome.kind === 'version') return { ...sample, outcome: { kind: 'unknown' } };
    return { ...sample, outcome: { kind: 'failed', failure: outcome.failure } };
  }

  #countInSeries({ startedAtMs, latencyMs, outcome }: ObservedSample): void {
    this.#series.count(ALL, startedAtMs);
    if (outcome.kind !== 'unknown' && outcome.version !== undefined) {
      this.#series.count(ofVersion(outcome.version), startedAtMs);
    }
    if (outcome.kind === 'failed') {
      this.#series.count(FAILED, startedAtMs);
      this.#series.count(ofKind(outcome.failure.kind), startedAtMs);
      this.#noteFailure(outcome.failure, startedAtMs);
      return;
    }
    if (outcome.kind === 'unknown') this.#series.count(UNKNOWN, startedAtMs);
    this.#latency.record(startedAtMs, latencyMs);
  }

  #noteFailure({ kind, detail }: SampleFailure, atMs: number): void {
    const newest = this.#newestFailures.get(kind);
    if (newest !== undefined && newest.atMs > atMs) return;
    this.#newestFailures.set(kind, { atMs, detail: plainText(detail, MAX_DETAIL_CHARACTERS) });
  }

  /** Takes a sample in the order in which they were sent. */
  #process(sample: ObservedSample): void {
    const { startedAtMs, latencyMs, outcome } = sample;
    const times = { startedAtMs, answeredAtMs: startedAtMs + latencyMs };
    const label = outcome.kind === 'unknown' ? undefined : outcome.version;
    const regime = this.#regime;
    if (regime !== undefined && startedAtMs >= regime.options.fromMs) regime.add(times, label);
    this.#recent.push(sample);
    if (this.#recent.length > MAX_RECENT) this.#recent.shift();
    const shift = this.#shift;
    if (shift === undefined || startedAtMs < shift.acceptedAtMs) {
      const previous = this.#previous?.shift;
      if (previous?.concerns(sample)) previous.add(sample);
    }
    if (!shift?.concerns(sample)) return;
    shift.add(sample);
    if (startedAtMs < shift.acceptedAtMs) return;
    if (label === undefined || regime === undefined) return;
    const { before, after } = this.#shiftShares;
    shift.lookForTraffic(times, regime.options.labels.indexOf(label), before, after);
  }

  /** Tells the shift what is known of its traffic, and returns the verdict. */
  #noteShift(nowMs: number): Verdict {
    if (this.#regime === undefined || this.#firstSampleAtMs === undefined) return { kind: 'no-samples' };
    const verdict = judge(this.#regime, nowMs, this.#expectedSamples);
    const { timing, counted, options } = this.#regime;
    this.#shift?.note({
      timing,
      verdict,
      counted: counted === undefined ? 0 : counted.samples + counted.unattributed,
      answers: counted === undefined ? {} : byLabel(options.labels, counted.counts),
    });
    return verdict;
  }

  #endShift(atMs: number): void {
    if (this.#shift === undefined) return;
    this.#noteShift(atMs);
    const record = this.#shift.record(atMs);
    if (isTimed(record)) this.#keyTimes.add(record.keyToTrafficMs ?? 0);
    this.#history = this.#closedShifts();
    this.#previous = { shift: this.#shift, endedAtMs: atMs };
    this.#shift = undefined;
  }

  /** Every shift that has ended, the newest first. */
  #closedShifts(): readonly ShiftRecord[] {
    if (this.#previous === undefined) return this.#history;
    const { shift, endedAtMs } = this.#previous;
    return [shift.record(endedAtMs), ...this.#history].slice(0, MAX_HISTORY);
  }

  #labelsWith(weights: Readonly<Record<string, number>>): readonly string[] {
    return [...new Set([...this.#labels, ...Object.keys(weights)])];
  }

  #expectSamples(atMs: number): number {
    const rate = this.#rate(atMs);
    return ((rate > 0 ? rate : ASSUMED_RATE_PER_SECOND) * SETTLING_LIMIT_MS) / 1000;
  }

  #versions(nowMs: number, isSettling: boolean): readonly ObservedVersion[] {
    const counts = this.#labels.map(label =>
      isSettling ? this.#recentCount(label, nowMs) : this.#settledCount(label),
    );
    const total = counts.reduce((sum, count) => sum + count, 0);
    const intervals = simultaneousIntervals(counts);
    return this.#labels.map((label, index) => {
      const count = counts[index] ?? 0;
      return {
        label,
        applied: this.#regime?.options.shares[this.#regime.options.labels.indexOf(label)],
        count,
        share: total === 0 ? undefined : count / total,
        low: intervals[index]?.low ?? 0,
        high: intervals[index]?.high ?? 1,
      };
    });
  }

  #settledCount(label: string): number {
    if (this.#regime?.counted === undefined) return 0;
    return this.#regime.counted.counts[this.#regime.options.labels.indexOf(label)] ?? 0;
  }

  /** Answers of a version in whole buckets since the weights changed, of the last 3 seconds at most. */
  #recentCount(label: string, nowMs: number): number {
    const sinceMs = Math.max(this.#regime?.options.fromMs ?? 0, nowMs - RECENT_MS);
    const first = Math.ceil(sinceMs / this.#series.slotMs);
    return this.#series.total(ofVersion(label), first, this.#series.slotOf(nowMs) + 1);
  }

  #seriesOver(nowMs: number, windowMs: number): TrafficSeries {
    const { slotMs } = this.#series;
    const slotsEach = Math.max(1, Math.ceil(windowMs / slotMs / MAX_VIEW_BUCKETS));
    // At a multiple, so that a bucket keeps its samples while time goes on.
    const first = Math.floor(this.#series.slotOf(nowMs - windowMs) / slotsEach) * slotsEach;
    const end = this.#series.slotOf(nowMs) + 1;
    const read = (column: string) => this.#series.read(column, first, end, slotsEach);
    return {
      startMs: first * slotMs,
      bucketMs: slotsEach * slotMs,
      labels: this.#labels,
      counts: this.#labels.map(label => read(ofVersion(label))),
      others: read(OTHERS),
      unknown: read(UNKNOWN),
      failed: read(FAILED),
    };
  }

  /** Over whole buckets, so that it does not jump while one fills. */
  #rate(nowMs: number): number {
    if (this.#firstSampleAtMs === undefined) return 0;
    const { slotMs } = this.#series;
    const end = this.#series.slotOf(nowMs);
    const oldest = Math.max(end - Math.ceil(RATE_MS / slotMs), this.#series.slotOf(this.#firstSampleAtMs));
    if (oldest >= end) return 0;
    return (this.#series.total(ALL, oldest, end) * 1000) / ((end - oldest) * slotMs);
  }

  #failures(nowMs: number, windowMs: number): readonly ObservedFailure[] {
    const first = this.#series.slotOf(nowMs - windowMs);
    const end = this.#series.slotOf(nowMs) + 1;
    return [...this.#newestFailures]
      .map(([kind, { atMs, detail }]) => {
        const count = this.#series.total(ofKind(kind), first, end);
        return { kind, ...explainFailure(kind), count, newestAtMs: atMs, detail };
      })
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count || b.newestAtMs - a.newestAtMs);
  }
}

function byLabel(labels: readonly string[], counts: readonly number[]): Readonly<Record<string, number>> {
  return Object.fromEntries(labels.map((label, index) => [label, counts[index] ?? 0]));
}

/** Shifts between two times and the last before them, which says what was applied at the first. */
function marksOf(newestFirst: readonly ShiftRecord[], fromMs: number, toMs: number): readonly Mark[] {
  const until = newestFirst.filter(({ acceptedAtMs }) => acceptedAtMs <= toMs);
  const before = until.findIndex(({ acceptedAtMs }) => acceptedAtMs < fromMs);
  return until
    .slice(0, before < 0 ? until.length : before + 1)
    .map(({ acceptedAtMs, outcome, from, to, by }) => ({
      atMs: acceptedAtMs,
      changedAtMs: outcome.kind === 'settled' ? outcome.changedAtMs : undefined,
      from,
      to,
      by,
    }))
    .reverse();
}
