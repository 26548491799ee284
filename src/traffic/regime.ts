import { ShareTest } from './share-test.ts';
import { divergence, logRatio, slackened, smoothed } from './statistics.ts';

/** A change that shows in no sample for so long is given up: what is sent later counts as it is. */
export const SETTLING_LIMIT_MS = 10_000;

/**
 * Evidence for a change, as a log likelihood ratio, that ends the settling. By chance it is reached within n samples
 * with probability below n times e to the minus this (E. S. Page, Continuous inspection schemes, Biometrika 41 (1954) 100):
 * 0.002 for 10 s at 20/s.
 */
const CHANGE_EVIDENCE = Math.log(1e5);

/** The same for traffic that was found not to agree and comes round later: there is no limit of time, so it must be rarer. */
const LATE_CHANGE_EVIDENCE = Math.log(1e7);

/** Gateway replicas and worker threads change one after the other: each of four connections is to show the new split. */
const MIN_SAMPLES = 10;
const MIN_SPAN_MS = 250;

/** What became of a change of weights. */
export type Timing =
  | { readonly kind: 'settling' }
  /** The first sample of the new split, by maximum likelihood, was sent at `atMs` and answered at `seenAtMs`. */
  | { readonly kind: 'settled'; readonly atMs: number; readonly seenAtMs: number }
  /** Old and new split are too much alike to see the change in so many samples. */
  | { readonly kind: 'cannot-be-timed' }
  /** The change should have shown, and did not. */
  | { readonly kind: 'not-seen' };

/**
 * When a sample was to be sent and when its answer was there. The gateway chose a version somewhere between: what orders
 * samples is the first, what may be claimed to have been seen is the second.
 */
export interface SampleTimes {
  readonly startedAtMs: number;
  readonly answeredAtMs: number;
}

export interface RegimeOptions {
  /** Samples sent from this time on count. */
  readonly fromMs: number;
  /** Every version that may answer. */
  readonly labels: readonly string[];
  /** Applied shares, in the order of `labels`. */
  readonly shares: readonly number[];
  /** The shares before; absent where nothing is known to have changed, so that all samples count at once. */
  readonly before?: readonly number[];
}

/**
 * The traffic since the weights last changed: first settling, then tested against the applied shares.
 *
 * The change point between the known old and new split is the most likely one: the place in the samples, in the order
 * in which they were sent, after which the sum of log likelihood ratios is highest. It is kept as a running sum that
 * begins anew wherever it falls to 0, together with the counts of all samples since.
 */
export class Regime {
  readonly options: RegimeOptions;
  readonly #before: readonly number[];
  #timing: Timing = { kind: 'settling' };
  #evidence = 0;
  #candidate: Candidate;
  #settled: { readonly counted: Candidate; readonly test: ShareTest } | undefined;
  #seenWhileSettling = 0;

  constructor(options: RegimeOptions) {
    this.options = options;
    this.#before = options.before ?? [];
    this.#candidate = this.#newCandidate();
    if (options.before === undefined) {
      this.#settle({ kind: 'settled', atMs: options.fromMs, seenAtMs: options.fromMs });
    }
  }

  get timing(): Timing {
    return this.#timing;
  }

  /** Whether the samples that count contradict the applied shares, or did at any time. */
  get isRejected(): boolean {
    return this.#settled?.test.isRejected ?? false;
  }

  /** The samples that count: all sent since traffic settled. Undefined while settling. */
  get counted(): CountedSamples | undefined {
    if (this.#settled === undefined) return undefined;
    const { counted, test } = this.#settled;
    return { ...counted.tally(), contrary: test.contrary, isRejected: test.isRejected };
  }

  /** Adds one sample, in the order in which they were sent; `label` is undefined when it shows no version. */
  add(times: SampleTimes, label: string | undefined): void {
    const category = label === undefined ? -1 : this.options.labels.indexOf(label);
    if (this.#settled === undefined) this.#addSettling(times, category);
    else this.#addSettled(this.#settled.counted, this.#settled.test, times, category);
  }

  #addSettling(times: SampleTimes, category: number): void {
    if (times.startedAtMs >= this.options.fromMs + SETTLING_LIMIT_MS) {
      const isTooClose = isTooCloseToTime(this.#before, this.options.shares, this.#seenWhileSettling);
      this.#candidate = this.#newCandidate();
      this.#settle({ kind: isTooClose ? 'cannot-be-timed' : 'not-seen' });
      this.add(times, this.options.labels[category]);
      return;
    }
    if (category >= 0) this.#seenWhileSettling += 1;
    this.#search(times, category, this.#before, CHANGE_EVIDENCE);
  }

  #addSettled(counted: Candidate, test: ShareTest, times: SampleTimes, category: number): void {
    const wasRejected = test.isRejected;
    counted.add(times, category);
    test.add(category);
    if (!wasRejected) return;
    // Traffic that disagreed may come round: look for a change from what it was to what is applied.
    this.#search(times, category, smoothedShares(counted, this.#candidate), LATE_CHANGE_EVIDENCE);
  }

  /** Takes one sample into the search for a change from `before` to the applied shares. */
  #search(times: SampleTimes, category: number, before: readonly number[], neededEvidence: number): void {
    if (category >= 0) {
      this.#evidence += logRatio(this.options.shares, before, category);
      const isContrary = this.options.shares[category] === 0;
      if (this.#evidence <= 0 || isContrary) {
        this.#evidence = 0;
        this.#candidate = this.#newCandidate();
        return;
      }
    }
    this.#candidate.add(times, category);
    const { first, samples } = this.#candidate;
    if (first === undefined || this.#evidence < neededEvidence) return;
    if (samples < MIN_SAMPLES || times.startedAtMs - first.startedAtMs < MIN_SPAN_MS) return;
    this.#settle({ kind: 'settled', atMs: first.startedAtMs, seenAtMs: first.answeredAtMs });
  }

  /** The candidate's samples count from now on. The test begins here: those that led here were chosen by how they look. */
  #settle(timing: Timing): void {
    this.#settled = { counted: this.#candidate, test: new ShareTest(this.options.shares) };
    this.#timing = timing;
    this.#candidate = this.#newCandidate();
    this.#evidence = 0;
  }

  #newCandidate(): Candidate {
    return new Candidate(this.options.labels.length);
  }
}

/** Samples since traffic settled. */
export interface CountedSamples {
  /** Per label. */
  readonly counts: readonly number[];
  /** Those that show a version. */
  readonly samples: number;
  /** Those that show none. */
  readonly unattributed: number;
  /** Those of versions with weight 0. */
  readonly contrary: number;
  /** Whether they contradict the applied shares, or did at any time. */
  readonly isRejected: boolean;
}

/** Samples since a place where the new split may have begun. */
class Candidate {
  readonly #counts: number[];
  #first: SampleTimes | undefined;
  #samples = 0;
  #unattributed = 0;

  constructor(categories: number) {
    this.#counts = new Array(categories).fill(0);
  }

  get first(): SampleTimes | undefined {
    return this.#first;
  }

  get samples(): number {
    return this.#samples;
  }

  get counts(): readonly number[] {
    return this.#counts;
  }

  tally() {
    return { counts: [...this.#counts], samples: this.#samples, unattributed: this.#unattributed };
  }

  add(times: SampleTimes, category: number): void {
    const count = this.#counts[category];
    if (count === undefined) {
      this.#unattributed += 1;
      return;
    }
    this.#first ??= times;
    this.#counts[category] = count + 1;
    this.#samples += 1;
  }
}

/** Whether so many samples of the new split are not expected to show that it is no longer the old one. */
export function isTooCloseToTime(
  before: readonly number[],
  after: readonly number[],
  samples: number,
): boolean {
  // Weights that leave nothing to answer cannot be followed, however long one waits.
  if (!after.some(share => share > 0)) return false;
  return samples * divergence(slackened(after), slackened(before)) < CHANGE_EVIDENCE;
}

/** The shares of samples without those that may belong to a later split, kept off 0. */
function smoothedShares(all: Candidate, later: Candidate): readonly number[] {
  return smoothed(all.counts.map((count, category) => count - (later.counts[category] ?? 0)));
}
