import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/kube/pod.ts';
import type { AppState } from '../../src/session/state.ts';
import { foreseenTrouble, unfollowedWords } from '../../src/session/unfollowed.ts';
import { explainFailure } from '../../src/traffic/gateway-failure.ts';
import { observedTraffic, stateOf } from '../support/states.ts';

const healthy = stateOf('healthy', [50, 50]);
const observed = (state: AppState, verdict: 'agrees' | 'does-not-agree'): AppState => ({
  ...state,
  traffic: observedTraffic(state, verdict),
});
const withIstioPods = (state: AppState, change: (pods: readonly Pod[]) => readonly Pod[]): AppState => {
  const { istioPods } = state.cluster;
  return {
    ...state,
    cluster: { ...state.cluster, istioPods: { ...istioPods, items: change(istioPods.items) } },
  };
};
/** As if 120 samples had been refused at a time. */
const withFailures = (state: AppState, atMs: number): AppState => {
  const { chart } = state.traffic;
  if (!chart.shown) throw new Error('nothing is drawn');
  const { series } = chart.shown;
  const slot = Math.floor((atMs - series.startMs) / series.bucketMs);
  const failed = series.failed.map((count, index) => (index === slot ? 120 : count));
  const failure = {
    kind: 'refused',
    ...explainFailure('refused'),
    count: 120,
    newestAtMs: atMs,
    detail: '',
  } as const;
  const shown = { ...chart.shown, series: { ...series, failed }, failures: [failure] };
  return { ...state, traffic: { ...state.traffic, chart: { ...chart, shown } } };
};
const contrary = observed(healthy, 'does-not-agree');

describe('traffic that does not follow the applied weights', () => {
  it('is explained by an istiod that is not ready', () => {
    const down = withIstioPods(contrary, pods =>
      pods.map(pod => (pod.labels.app === 'istiod' ? { ...pod, isReady: false } : pod)),
    );
    expect(unfollowedWords(down)).toBe(
      'istiod is not ready: new weights do not reach the gateway; d says more',
    );
  });

  it('is explained by an istiod that runs no more, unless it is elsewhere', () => {
    const gone = withIstioPods(contrary, pods => pods.filter(({ labels }) => labels.app !== 'istiod'));
    expect(unfollowedWords(gone)).toBe(
      'no istiod runs in istio-system: where it is not elsewhere, new weights do not reach the gateway; d says more',
    );
  });

  it('is explained by an istiod that Envoy has yet to call', () => {
    const started = withIstioPods(contrary, pods =>
      pods.map(pod => (pod.labels.app === 'istiod' ? { ...pod, createdAtMs: contrary.now - 9_000 } : pod)),
    );
    expect(unfollowedWords(started)).toBe(
      'istiod started 9 s ago: Envoy may take half a minute to call it again; d says more',
    );
  });

  it('is not blamed on an istiod that is ready', () => {
    expect(unfollowedWords(contrary)).toMatch(
      /^traffic does not follow 50\/50; d says more: another route may win, or Envoy refused it/,
    );
  });

  it.each([
    ['since the weights changed', 30_000, /^9 % of samples fail \(connection refused\)/],
    [
      'only before they changed',
      90_000,
      /^traffic does not follow 50\/50; d says more: another route may win/,
    ],
  ])('is explained by failures that came %s', (_when, beforeMs, expected) => {
    expect(unfollowedWords(withFailures(contrary, contrary.now - beforeMs))).toMatch(expected);
  });

  it.each([
    [[0, 0], '0/0'],
    [[-5, 100], '-5/100'],
  ])('is foretold for weights that Envoy refuses: %j', (weights, text) => {
    const { applied } = healthy.weights;
    const odd = { ...healthy, weights: { ...healthy.weights, applied: applied && { ...applied, weights } } };
    expect(unfollowedWords(odd)).toBe(
      `Envoy refuses weights of ${text} and keeps the ones before: set others`,
    );
  });

  it('is not said while traffic agrees, nor before anything was observed', () => {
    expect(unfollowedWords(observed(healthy, 'agrees'))).toBeUndefined();
    expect(unfollowedWords(healthy)).toBeUndefined();
  });
});

describe('what keeps traffic from following', () => {
  const down = withIstioPods(healthy, pods =>
    pods.map(pod => (pod.labels.app === 'istiod' ? { ...pod, isReady: false } : pod)),
  );

  it('is said of an istiod that is not ready before any shift, also while traffic agrees', () => {
    expect(foreseenTrouble(down)).toMatch(/^istiod is not ready: new weights do not reach the gateway/);
    expect(foreseenTrouble(observed(down, 'agrees'))).toMatch(/^istiod is not ready/);
  });

  it('is said of a version with weight and no ready pod, and not of one without weight', () => {
    expect(foreseenTrouble(stateOf('crash-looping', [90, 10]))).toBe(
      'no ready pod in v2: requests for it fail; d says more',
    );
    expect(foreseenTrouble(stateOf('crash-looping', [100, 0]))).toBeUndefined();
  });

  it('is nothing where all is well', () => {
    expect(foreseenTrouble(healthy)).toBeUndefined();
  });
});
