import { sameWeights } from '../kube/split.ts';
import { explainFailure } from '../traffic/gateway-failure.ts';
import type { SampleFailureKind } from '../traffic/sample.ts';
import type { ObservedTraffic } from '../traffic/traffic-observer.ts';
import { gatewaySampled, SAMPLES_BEFORE } from './gateway-sampled.ts';
import type { HeadlessSession } from './headless-session.ts';
import type { Failure } from './route-known.ts';
import type { AppState } from './state.ts';
import { verdictSentence } from './verdict-sentence.ts';

/** What so many samples of the gateway say of the applied weights. Plain data; shares are 0..1. */
export type TakenSamples = {
  /** So many were to show their version. */
  readonly asked: number;
  /** So many did, since the weights were applied. */
  readonly classified: number;
  /** All of them, those that failed or showed no version too. */
  readonly taken: number;
  readonly unknown: number;
  readonly failed: number;
  /** The most frequent kind first. */
  readonly failures: readonly SampleFailures[];
  /** In the order of the route; empty where nothing was observed. */
  readonly shares: readonly ObservedShare[];
  /** Whose intervals they are: one share and its complement, or several shares at once. */
  readonly intervals: 'Wilson' | 'Goodman';
  readonly verdict: { readonly kind: string; readonly sentence: string } | undefined;
  /** Where samples went; empty where no gateway was found. */
  readonly place: string;
  /** Why there are fewer than were asked for. */
  readonly problem: Failure | undefined;
};

export type SampleFailures = {
  readonly kind: SampleFailureKind;
  readonly label: string;
  readonly count: number;
};

export type ObservedShare = {
  readonly version: string;
  readonly samples: number;
  /** Undefined where no sample was classified. */
  readonly share: number | undefined;
  /** Where it is with 95 % confidence. */
  readonly low: number;
  readonly high: number;
};

/** How long it may take until the gateway is found and its answers are known. */
const START_MS = 20_000;
/** Of the time that the samples take: some fail, and the first come late. */
const SPARE = 1.5;
const SHORTEST_MS = 5_000;

/** How long so many samples are waited for at most, in milliseconds. */
export function samplingTimeMs(samples: number, ratePerSecond: number): number {
  return startMs(ratePerSecond) + spanMs(samples, ratePerSecond);
}

function startMs(ratePerSecond: number): number {
  return START_MS + Math.ceil(SAMPLES_BEFORE / ratePerSecond) * 1_000;
}

function spanMs(samples: number, ratePerSecond: number): number {
  return Math.max(SHORTEST_MS, Math.ceil((SPARE * samples) / ratePerSecond) * 1_000);
}

/**
 * Samples the gateway until so many samples showed their version, since the weights changed last; for no longer than `samplingTimeMs`,
 * and not where it is known that none ever come. Never rejects; after `signal` what is known by then.
 */
export async function takeSamples(
  session: HeadlessSession,
  asked: number,
  signal: AbortSignal,
): Promise<TakenSamples> {
  const { store } = session;
  const { ratePerSecond } = store.getState().traffic;
  const count = new SampleCount();
  const stopCounting = session.onSample(({ outcome }) => {
    count.add(store.getState(), outcome.kind === 'failed' ? outcome.failure.kind : outcome.kind);
  });
  const unsampled = await gatewaySampled(session, startMs(ratePerSecond), signal);
  const isEnough = ({ traffic: { observed } }: AppState) => classifiedIn(observed) >= asked;
  if (!unsampled) await session.until(isEnough, spanMs(asked, ratePerSecond), signal);
  stopCounting();
  return takenIn(store.getState(), asked, count, unsampled);
}

/** Samples in transition decide nothing, so none of them counts. */
function classifiedIn(observed: ObservedTraffic | undefined): number {
  if (observed?.phase !== 'settled') return 0;
  return observed.versions.reduce((sum, { count }) => sum + count, 0);
}

function takenIn(
  state: AppState,
  asked: number,
  { taken, unknown, failures }: SampleCount,
  unsampled: Failure | undefined,
): TakenSamples {
  const { observed, sampling } = state.traffic;
  const classified = classifiedIn(observed);
  const found = [...failures].map(([kind, count]) => ({ kind, label: explainFailure(kind).label, count }));
  const counted = {
    asked,
    classified,
    taken,
    unknown,
    failed: found.reduce((sum, { count }) => sum + count, 0),
    failures: found.toSorted((left, right) => right.count - left.count),
  };
  const shares = (observed?.versions ?? []).map(({ label, count, share, low, high }) => {
    return { version: label, samples: count, share, low, high };
  });
  const tooFew = classified < asked ? whyTooFew(counted) : undefined;
  return {
    ...counted,
    shares,
    intervals: shares.length > 2 ? 'Goodman' : 'Wilson',
    verdict: observed && { kind: observed.verdict.kind, sentence: verdictSentence(observed.verdict) },
    place: sampling.kind === 'sampling' ? sampling.place : '',
    problem: unsampled ?? tooFew,
  };
}

function whyTooFew({
  asked,
  classified,
  taken,
  unknown,
  failed,
  failures,
}: Pick<TakenSamples, 'asked' | 'classified' | 'taken' | 'unknown' | 'failed' | 'failures'>): Failure {
  const why = `${failed} of ${taken} failed, ${unknown} showed none`;
  const headline = `Only ${classified} of ${asked} samples showed their version in time: ${why}.`;
  const [most] = failures;
  if (most && most.count > taken / 2) return { headline, nextStep: explainFailure(most.kind).check };
  if (unknown > taken / 2) {
    const nextStep = 'Say what tells the version with --version-header or --version-pattern.';
    return { headline, nextStep };
  }
  return { headline, nextStep: 'Ask for fewer with --samples, or for more a second with --rate.' };
}

/** Samples since the weights changed last, counted by what became of them. */
class SampleCount {
  readonly failures = new Map<SampleFailureKind, number>();
  taken = 0;
  unknown = 0;
  #weights: readonly (number | undefined)[] = [];

  add({ weights: { applied } }: AppState, became: SampleFailureKind | 'version' | 'unknown'): void {
    const weights = applied?.weights ?? [];
    if (!sameWeights(weights, this.#weights)) this.#beginAnew(weights);
    this.taken += 1;
    if (became === 'unknown') this.unknown += 1;
    else if (became !== 'version') this.failures.set(became, (this.failures.get(became) ?? 0) + 1);
  }

  #beginAnew(weights: readonly (number | undefined)[]): void {
    this.#weights = weights;
    this.failures.clear();
    this.taken = 0;
    this.unknown = 0;
  }
}
