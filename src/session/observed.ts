import { sameWeights } from '../kube/split.ts';
import type { SamplerStatus } from '../traffic/sampler.ts';
import type { ObservedTraffic } from '../traffic/traffic-observer.ts';
import { shiftsRecorded } from './recorded-shifts.ts';
import type { AppState } from './state.ts';

/** The state with how the sampler does; undefined while there is none. */
export function withSampler(state: AppState, sampler: SamplerStatus | undefined): AppState {
  return { ...state, traffic: { ...state.traffic, sampler } };
}

/** The state with what was observed: weights that traffic agreed with and that had no failures are the last good ones. */
export function withObserved(state: AppState, observed: ObservedTraffic, now: number): AppState {
  const failed = observed.shift ? observed.shift.failed : observed.failures.length;
  const isGood = observed.verdict.kind === 'agrees' && failed === 0;
  const { applied, requested, lastGood } = state.weights;
  const isSettledOn = isGood && applied !== undefined && sameWeights(applied.weights, requested);
  const weights =
    isSettledOn && !sameWeights(lastGood ?? [], applied.weights)
      ? { ...state.weights, lastGood: applied.weights }
      : state.weights;
  const observing = { ...state, weights, traffic: { ...state.traffic, observed, observedAtMs: now } };
  return shiftsRecorded(observing, observed);
}
