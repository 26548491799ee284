import { plainText } from '../plain-text.ts';
import { type SampleTimes, SETTLING_LIMIT_MS, type Timing } from './regime.ts';
import type { ObservedSample, SampleFailureKind } from './sample.ts';
import { changePlaces, logRatio, zeroFailureBound } from './statistics.ts';
import type { Verdict } from './verdict.ts';

/** Failures of one kind from one version, as far as it showed. */
export interface ShiftFailure {
  readonly kind: SampleFailureKind;
  readonly version: string | undefined;
  readonly count: number;
  readonly firstAtMs: number;
  readonly newestAtMs: number;
}

/** What became of a shift in traffic. */
export type ShiftOutcome =
  | { readonly kind: 'settling' }
  /**
   * `afterMs`: from the acceptance of its last patch to the answer of the first sample of the new split, which was sent at
   * `changedAtMs`.
   */
  | { readonly kind: 'settled'; readonly afterMs: number; readonly changedAtMs: number }
  | { readonly kind: 'cannot-be-timed' }
  | { readonly kind: 'not-seen'; readonly withinMs: number };

/**
 * One shift: who asked for what, when traffic followed, and what the samples tell that were under way when its first patch was
 * sent or were sent since, up to the next shift. (What is lost because of a change can have been sent before the API server has
 * answered; where two shifts meet, a sample can be in the records of both.) Times are epoch milliseconds; weights are as
 * written, not normalised.
 */
export interface ShiftRecord {
  readonly id: number;
  readonly by: string;
  readonly from: Readonly<Record<string, number>>;
  readonly to: Readonly<Record<string, number>>;
  readonly patches: number;
  /** The first key, where one was pressed here. */
  readonly keyAtMs: number | undefined;
  /** The first patch sent, or an outside change noticed. */
  readonly atMs: number;
  /** The first patch accepted. */
  readonly acceptedAtMs: number;
  readonly lastAcceptedAtMs: number;
  /** From the key to the first patch sent. */
  readonly sentAfterMs: number | undefined;
  /** From the key to the acceptance of the first patch. */
  readonly acceptedAfterMs: number | undefined;
  /** From the key to the answer of the first sample that shows a new split, the most likely one. As fine as the samples are apart. */
  readonly keyToTrafficMs: number | undefined;
  /**
   * How far apart the earliest and the latest sample are that may have been the first, with 95 % probability: 0 where a version
   * answered that had nothing before, much where the two splits are alike.
   */
  readonly timedWithinMs: number | undefined;
  /** From the first key to the answer of the first sample of the split that the last patch asked for. */
  readonly keyToSettledMs: number | undefined;
  /** From the acceptance of the first patch to the answer of the first sample that shows a new split. As fine as the samples are apart. */
  readonly firstSeenAfterMs: number | undefined;
  readonly outcome: ShiftOutcome;
  /** What the samples said when last looked at; once they agreed, only a contradiction or another patch changes it. */
  readonly verdict: Verdict;
  /** Answers of each version, of the samples sent since traffic had settled. Empty until then. */
  readonly answers: Readonly<Record<string, number>>;
  readonly samples: number;
  /** Of those, sent before traffic had settled; no verdict uses them. */
  readonly inTransition: number;
  readonly unknown: number;
  readonly failed: number;
  /** The most frequent first. */
  readonly failures: readonly ShiftFailure[];
  /** The longest latency of an answered sample. */
  readonly slowestMs: number | undefined;
  /** The longest time between answered samples with only failed ones between; 0 when none failed. */
  readonly longestGapMs: number;
  /** When none failed: the share of failures that this leaves possible, with 95 % confidence. */
  readonly failureBound: number | undefined;
  /** When the next shift began. */
  readonly endedAtMs: number | undefined;
}

/** A change of weights that the API server accepted. */
export interface WeightsChange {
  /** The patch sent, or an outside change noticed. */
  readonly atMs: number;
  readonly acceptedAtMs: number;
  readonly keyAtMs?: number;
  readonly by: string;
  readonly from: Readonly<Record<string, number>>;
  readonly to: Readonly<Record<string, number>>;
  /** Another patch of the shift that is under way: one record, one mark. */
  readonly sameShift: boolean;
}

/** A first sample of the new split that is known no better than this is no measurement of how fast traffic follows. */
const MAX_TIMED_WITHIN_MS = 500;

/** Samples of a shift among which the first of its new split is looked for: ten seconds of them at the highest rate. */
const MAX_PLACES = 10_000;

/** Whether the time from the key to the traffic of a shift is known well enough to be named. */
export function isTimed(record: ShiftRecord): boolean {
  return record.keyToTrafficMs !== undefined && isSeenSurely(record);
}

/** The same of any shift, also of one for which no key was pressed here. */
export function isSeenSurely({ firstSeenAfterMs, timedWithinMs }: ShiftRecord): boolean {
  return firstSeenAfterMs !== undefined && (timedWithinMs ?? 0) <= MAX_TIMED_WITHIN_MS;
}

/** Evidence, as a log likelihood ratio, after which the first sample of a new split stays where it is found. */
const FIRST_SEEN_EVIDENCE = Math.log(1e5);

const MAX_BY_CHARACTERS = 80;

/** What an observer knows of the traffic of a shift. */
export interface KnownTraffic {
  readonly timing: Timing;
  readonly verdict: Verdict;
  readonly counted: number;
  readonly answers: Readonly<Record<string, number>>;
}

/** A shift while its samples come. */
export class OngoingShift {
  readonly #id: number;
  readonly #first: WeightsChange;
  #last: WeightsChange;
  #patches = 1;
  #verdict: Verdict = { kind: 'no-samples' };
  #answers: Readonly<Record<string, number>> = {};
  #timing: Timing = { kind: 'settling' };
  #samples = 0;
  #counted = 0;
  #unknown = 0;
  #failed = 0;
  readonly #failures = new Map<string, ShiftFailure>();
  #slowestMs: number | undefined;
  #answeredAtMs: number | undefined;
  #hasFailedSince = false;
  #longestGapMs = 0;
  #firstSeenAtMs: number | undefined;
  #isFirstSeenSure = false;
  #firstSeenEvidence = 0;
  /** The samples that may have been the first of the new split, each with the sum of the evidence before it. */
  readonly #places: { readonly atMs: number; readonly sum: number }[] = [];
  #evidenceSum = 0;
  #timedWithinMs: number | undefined;

  constructor(id: number, change: WeightsChange) {
    this.#id = id;
    this.#first = change;
    this.#last = change;
  }

  /** Whether a sample was under way when the first patch was sent, or was sent since. */
  concerns({ startedAtMs, latencyMs }: ObservedSample): boolean {
    return startedAtMs + latencyMs >= this.#first.atMs;
  }

  get acceptedAtMs(): number {
    return this.#first.acceptedAtMs;
  }

  /** Weights before the shift's first patch. */
  get from(): Readonly<Record<string, number>> {
    return this.#first.from;
  }

  addPatch(change: WeightsChange): void {
    this.#last = change;
    this.#patches += 1;
  }

  /** Adds one sample, in the order in which they were sent. */
  add({ startedAtMs, latencyMs, outcome }: ObservedSample): void {
    this.#samples += 1;
    if (outcome.kind === 'failed') {
      this.#failed += 1;
      this.#hasFailedSince = true;
      // A shift that begins with failures has its gap from the first of them.
      this.#answeredAtMs ??= startedAtMs;
      this.#countFailure(outcome.failure.kind, outcome.version, startedAtMs);
      this.#noteGap(startedAtMs);
      return;
    }
    if (outcome.kind === 'unknown') this.#unknown += 1;
    this.#slowestMs = Math.max(this.#slowestMs ?? 0, latencyMs);
    this.#noteGap(startedAtMs);
    this.#hasFailedSince = false;
    this.#answeredAtMs = startedAtMs;
  }

  /** Looks for the first sample of the new split in an answer of version `category`, in the order of both lists of shares. */
  lookForTraffic(
    { startedAtMs, answeredAtMs }: SampleTimes,
    category: number,
    before: readonly number[],
    after: readonly number[],
  ): void {
    if (this.#isFirstSeenSure) return;
    if (before[category] === 0) {
      this.#firstSeenAtMs = answeredAtMs;
      this.#timedWithinMs = 0;
      this.#beSure();
      return;
    }
    // What begins later is not this shift's doing; looking for it for ever would find it by chance.
    if (this.#firstSeenAtMs === undefined && startedAtMs > this.#last.acceptedAtMs + SETTLING_LIMIT_MS)
      return;
    const evidence = logRatio(after, before, category);
    if (this.#places.length < MAX_PLACES) this.#places.push({ atMs: startedAtMs, sum: this.#evidenceSum });
    this.#evidenceSum += evidence;
    this.#firstSeenEvidence += evidence;
    if (this.#firstSeenEvidence < 0) {
      this.#firstSeenEvidence = 0;
      this.#firstSeenAtMs = undefined;
      return;
    }
    this.#firstSeenAtMs ??= answeredAtMs;
    if (this.#firstSeenEvidence >= FIRST_SEEN_EVIDENCE) this.#beSure();
  }

  /** What is known of the traffic now; `counted` samples were sent after it had settled, and gave `answers` by version. */
  note({ timing, verdict, counted, answers }: KnownTraffic): void {
    this.#timing = timing;
    // By chance a right share is outside its interval at one look in twenty: that does not take back that it agreed.
    if (!(this.#verdict.kind === 'agrees' && verdict.kind === 'needs-more')) this.#verdict = verdict;
    this.#counted = counted;
    this.#answers = answers;
    if (timing.kind === 'settled' && !this.#isFirstSeenSure) {
      this.#firstSeenAtMs = Math.min(this.#firstSeenAtMs ?? timing.seenAtMs, timing.seenAtMs);
      this.#beSure();
    }
  }

  #beSure(): void {
    this.#isFirstSeenSure = true;
    if (this.#places.length > 0) this.#timedWithinMs ??= spread(this.#places);
    this.#places.length = 0;
  }

  /** The record as it stands; `endedAtMs` when the next shift has begun. */
  record(endedAtMs: number | undefined): ShiftRecord {
    const { atMs, acceptedAtMs, keyAtMs } = this.#first;
    return {
      id: this.#id,
      by: plainText(this.#first.by, MAX_BY_CHARACTERS),
      from: this.#first.from,
      to: this.#last.to,
      patches: this.#patches,
      keyAtMs,
      atMs,
      acceptedAtMs,
      lastAcceptedAtMs: this.#last.acceptedAtMs,
      sentAfterMs: this.#sinceKey(atMs),
      acceptedAfterMs: this.#sinceKey(acceptedAtMs),
      keyToTrafficMs: this.#sinceKey(this.#seenAtMs),
      timedWithinMs: this.#timedWithinMs,
      keyToSettledMs: this.#sinceKey(this.#timing.kind === 'settled' ? this.#timing.seenAtMs : undefined),
      firstSeenAfterMs: this.#seenAtMs === undefined ? undefined : this.#seenAtMs - acceptedAtMs,
      outcome: this.#outcome(),
      verdict: this.#verdict,
      answers: this.#answers,
      samples: this.#samples,
      inTransition: this.#samples - this.#counted,
      unknown: this.#unknown,
      failed: this.#failed,
      failures: [...this.#failures.values()].sort((a, b) => b.count - a.count || a.firstAtMs - b.firstAtMs),
      slowestMs: this.#slowestMs,
      longestGapMs: this.#longestGapMs,
      failureBound: this.#failed === 0 && this.#samples > 0 ? zeroFailureBound(this.#samples) : undefined,
      endedAtMs,
    };
  }

  get #seenAtMs(): number | undefined {
    return this.#isFirstSeenSure ? this.#firstSeenAtMs : undefined;
  }

  #sinceKey(atMs: number | undefined): number | undefined {
    const { keyAtMs } = this.#first;
    return keyAtMs === undefined || atMs === undefined ? undefined : Math.max(0, atMs - keyAtMs);
  }

  #outcome(): ShiftOutcome {
    switch (this.#timing.kind) {
      case 'settled':
        return {
          kind: 'settled',
          afterMs: Math.max(0, this.#timing.seenAtMs - this.#last.acceptedAtMs),
          changedAtMs: this.#timing.atMs,
        };
      case 'not-seen':
        return { kind: 'not-seen', withinMs: SETTLING_LIMIT_MS };
      default:
        return this.#timing;
    }
  }

  #noteGap(startedAtMs: number): void {
    if (this.#answeredAtMs === undefined || !this.#hasFailedSince) return;
    this.#longestGapMs = Math.max(this.#longestGapMs, startedAtMs - this.#answeredAtMs);
  }

  #countFailure(kind: SampleFailureKind, version: string | undefined, atMs: number): void {
    const key = JSON.stringify([kind, version]);
    const known = this.#failures.get(key);
    this.#failures.set(key, {
      kind,
      version,
      count: (known?.count ?? 0) + 1,
      firstAtMs: known?.firstAtMs ?? atMs,
      newestAtMs: atMs,
    });
  }
}

/** The time between the earliest and the latest place at which a change may have begun. */
function spread(places: readonly { readonly atMs: number; readonly sum: number }[]): number {
  const { first, last } = changePlaces(places.map(({ sum }) => sum));
  return (places[last]?.atMs ?? 0) - (places[first]?.atMs ?? 0);
}
