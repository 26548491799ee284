import { LatencyHistogram } from './latency-histogram.ts';
import { type Burst, RateWatch } from './rate-watch.ts';
import type { ObservedSample, SampleFailureKind } from './sample.ts';
import { failureBound, samplesForFailureBound } from './statistics.ts';

/** What samples may show at most. A limit that is absent is not judged. */
export interface TrafficLimits {
  /** Failed samples, of the whole run. */
  readonly maxFailures: number | undefined;
  /** Share of failed samples of a step, above 0 and below 1. */
  readonly maxFailureRate: number | undefined;
  /** 99 of 100 answers of a step come within this time. */
  readonly maxP99Ms: number | undefined;
}

/** A limit that is broken, with the numbers that say so. */
export type BrokenLimit =
  | { readonly kind: 'failures'; readonly limit: number; readonly failed: number; readonly samples: number }
  /** `burst`: the newest samples alone are far over it. `measured`: all samples of the step are, and they are enough to judge it. */
  | {
      readonly kind: 'failure-rate';
      readonly because: 'burst' | 'measured';
      readonly limit: number;
      readonly failed: number;
      readonly samples: number;
    }
  /** `slow` of `samples` answers took longer than the limit. */
  | {
      readonly kind: 'p99';
      readonly because: 'burst' | 'measured';
      readonly limitMs: number;
      readonly p99Ms: number;
      readonly slow: number;
      readonly samples: number;
    };

/** What the samples of a step were. */
export interface StepTally {
  /** Samples that reached the gateway. */
  readonly samples: number;
  readonly failed: number;
  /** The share of failures that this leaves possible, with 95 % confidence. */
  readonly failureBound: number;
  /** Absent where nothing was answered. */
  readonly p99Ms: number | undefined;
}

/** The share of answers that a 99th percentile leaves: a limit of p99 is one of the share of slow answers. */
export const SLOW_SHARE = 0.01;

/** Failures of the way to the gateway: such a sample met no gateway that could have answered it. */
const NOT_REACHED: ReadonlySet<SampleFailureKind> = new Set([
  'refused',
  'unreachable',
  'dns',
  'tls',
  'connect-timeout',
  'no-tunnel',
]);

/** Whether a sample came to a gateway at all: one that did not says nothing about the versions behind it. */
export function reachedGateway({ outcome }: ObservedSample): boolean {
  return outcome.kind !== 'failed' || !NOT_REACHED.has(outcome.failure.kind);
}

/**
 * Holds the samples of a run against its limits, step by step. Samples that met no gateway count for nothing.
 *
 * Failures are counted over all samples of a step, also those sent while traffic was settling: whoever met them does not care when
 * it was. Reads no clock.
 */
export class LimitWatch {
  readonly #limits: TrafficLimits;
  #runFailed = 0;
  #runSamples = 0;
  #step: StepWatch;

  constructor(limits: TrafficLimits) {
    this.#limits = limits;
    this.#step = new StepWatch(limits);
  }

  /** From now on samples are those of another step. */
  beginStep(): void {
    this.#step = new StepWatch(this.#limits);
  }

  /** Failed samples of the whole run. */
  get failed(): number {
    return this.#runFailed;
  }

  /** Samples of the whole run. */
  get samples(): number {
    return this.#runSamples;
  }

  tally(): StepTally {
    return this.#step.tally();
  }

  add(sample: ObservedSample): void {
    if (!reachedGateway(sample)) return;
    this.#runSamples += 1;
    if (sample.outcome.kind === 'failed') this.#runFailed += 1;
    this.#step.add(sample);
  }

  /** The limit that is broken; those that are judged by all samples of a step, only once it `isHeld` for its time. */
  broken(isHeld: boolean): BrokenLimit | undefined {
    const { maxFailures } = this.#limits;
    if (maxFailures !== undefined && this.#runFailed > maxFailures) {
      return { kind: 'failures', limit: maxFailures, failed: this.#runFailed, samples: this.#runSamples };
    }
    return this.#step.broken(isHeld);
  }

  /** About how many more samples the limits of the step need until they can be said to be kept; 0 where they are. */
  get missing(): number {
    return this.#step.missing;
  }
}

class StepWatch {
  readonly #rate: RateWatch | undefined;
  readonly #slow: RateWatch | undefined;
  readonly #maxP99Ms: number;
  readonly #latencies = new LatencyHistogram();
  #samples = 0;
  #failed = 0;

  constructor({ maxFailureRate, maxP99Ms }: TrafficLimits) {
    this.#rate = maxFailureRate === undefined ? undefined : new RateWatch(maxFailureRate);
    this.#slow = maxP99Ms === undefined ? undefined : new RateWatch(SLOW_SHARE);
    this.#maxP99Ms = maxP99Ms ?? Number.POSITIVE_INFINITY;
  }

  tally(): StepTally {
    const samples = this.#samples;
    const failed = this.#failed;
    return { samples, failed, failureBound: failureBound(failed, samples), p99Ms: this.#p99Ms };
  }

  get #p99Ms(): number | undefined {
    return this.#latencies.count === 0 ? undefined : this.#latencies.quantileMs(1 - SLOW_SHARE);
  }

  add({ latencyMs, outcome }: ObservedSample): void {
    const hasFailed = outcome.kind === 'failed';
    this.#samples += 1;
    this.#rate?.add(hasFailed);
    if (hasFailed) {
      this.#failed += 1;
      return;
    }
    this.#latencies.record(latencyMs);
    this.#slow?.add(latencyMs > this.#maxP99Ms);
  }

  broken(isHeld: boolean): BrokenLimit | undefined {
    return this.#brokenRate(isHeld) ?? this.#brokenP99(isHeld);
  }

  #brokenRate(isHeld: boolean): BrokenLimit | undefined {
    const watch = this.#rate;
    if (watch === undefined) return undefined;
    const of = (because: 'burst' | 'measured', { bad, samples }: Burst): BrokenLimit => {
      return { kind: 'failure-rate', because, limit: watch.limit, failed: bad, samples };
    };
    if (watch.burst) return of('burst', watch.burst);
    return isHeld && watch.standing().kind === 'over' ? of('measured', watch) : undefined;
  }

  #brokenP99(isHeld: boolean): BrokenLimit | undefined {
    const watch = this.#slow;
    const p99Ms = this.#p99Ms;
    if (watch === undefined || p99Ms === undefined) return undefined;
    const of = (because: 'burst' | 'measured', { bad, samples }: Burst): BrokenLimit => {
      return { kind: 'p99', because, limitMs: this.#maxP99Ms, p99Ms, slow: bad, samples };
    };
    if (watch.burst) return of('burst', watch.burst);
    return isHeld && this.#missingAnswers === 0 && p99Ms > this.#maxP99Ms ? of('measured', watch) : undefined;
  }

  get missing(): number {
    const standing = this.#rate?.standing();
    return Math.max(standing?.kind === 'needs-more' ? standing.samples : 0, this.#missingAnswers);
  }

  /** A percentile is read off the histogram, as on the screen; it means something once 1 in 100 would have shown. */
  get #missingAnswers(): number {
    if (this.#slow === undefined) return 0;
    return Math.max(0, samplesForFailureBound(0, SLOW_SHARE) - this.#slow.samples);
  }
}
