import type { TrafficChart } from '../../src/traffic/observed-traffic.ts';
import type { ObservedSample, SampleOutcome } from '../../src/traffic/sample.ts';
import type { WeightsChange } from '../../src/traffic/shift-record.ts';
import { TrafficObserver } from '../../src/traffic/traffic-observer.ts';

type Weights = Readonly<Record<string, number>>;

export const T0 = 1_700_000_000_000;
export const MINUTE = 60_000;

/** How long after its acceptance a change of weights reaches the simulated gateway. */
const PROPAGATION_MS = 131;

/** Numbers from 0 to 1 that look random and are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A sample of which every earlier one has ended. */
export function aSample(startedAtMs: number, outcome: SampleOutcome, latencyMs = 4): ObservedSample {
  return { startedAtMs, latencyMs, completeBeforeMs: startedAtMs + 0.001, outcome };
}

export function answeredBy(version: string): SampleOutcome {
  return { kind: 'version', version };
}

/** Which of the weighted versions answers, at random. */
export function draw(weights: Weights, random: () => number): string {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  let left = random() * total;
  for (const [version, weight] of Object.entries(weights)) {
    left -= weight;
    if (left < 0) return version;
  }
  return Object.keys(weights).at(-1) ?? '';
}

export interface SimulatedTraffic {
  readonly observer: TrafficObserver;
  readonly random: () => number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly ratePerSecond?: number;
  readonly weights: Weights;
}

/** Samples of a gateway that splits traffic by these weights, sent at a fixed rate in [fromMs, toMs). */
export function simulate({
  observer,
  random,
  fromMs,
  toMs,
  ratePerSecond = 20,
  weights,
}: SimulatedTraffic): void {
  const intervalMs = 1000 / ratePerSecond;
  for (let atMs = fromMs; atMs < toMs; atMs += intervalMs) {
    observer.addSample(aSample(atMs, answeredBy(draw(weights, random))));
  }
}

/** An observer of a route with these weights, which were always so. */
export function observerOf(weights: Weights, fromMs = T0): TrafficObserver {
  const observer = new TrafficObserver();
  observer.setVersions(Object.keys(weights));
  observer.startFrom(weights, fromMs);
  return observer;
}

/** Weights of two versions by that of the second. */
export function v1v2(v2: number): Weights {
  return { v1: 100 - v2, v2 };
}

/** The chart of the time up to `toMs`. */
export function chartOf(observer: TrafficObserver, toMs: number, windowMs: number): TrafficChart {
  return observer.chart({ fromMs: toMs - windowMs, toMs });
}

/** A patch that was accepted 20 ms after its key. */
export function aChange(from: Weights, to: Weights, acceptedAtMs: number, sameShift = false): WeightsChange {
  return {
    atMs: acceptedAtMs - 12,
    acceptedAtMs,
    keyAtMs: acceptedAtMs - 20,
    by: 'you',
    from,
    to,
    sameShift,
  };
}

/** Half a minute of traffic, then a shift that traffic follows or not, then `afterMs` more. */
export function observeShift(
  from: Weights,
  to: Weights,
  options: { real?: Weights; afterMs?: number; seed?: number } = {},
) {
  const { real = to, afterMs = MINUTE, seed = 1 } = options;
  const observer = observerOf(from);
  const random = seededRandom(seed);
  const shiftMs = T0 + 30_000;
  simulate({ observer, random, fromMs: T0, toMs: shiftMs, weights: from });
  observer.weightsApplied(aChange(from, to, shiftMs));
  simulate({ observer, random, fromMs: shiftMs, toMs: shiftMs + PROPAGATION_MS, weights: from });
  const endMs = shiftMs + afterMs;
  simulate({ observer, random, fromMs: shiftMs + 150, toMs: endMs, weights: real });
  return { observer, random, shiftMs, endMs, view: observer.view(endMs, 2 * MINUTE) };
}
