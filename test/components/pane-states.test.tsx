import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noRoute } from '../../src/session/no-route.ts';
import type { AppState, Collected } from '../../src/session/state.ts';
import { drawnFrame, sized } from '../support/drawn-frame.tsx';
import { failingTraffic, NOW, observedTraffic, stateOf } from '../support/states.ts';

const healthy = stateOf('healthy', [50, 50]);
const live: AppState = { ...healthy, traffic: observedTraffic(healthy, 'agrees') };
const nothingThere: Collected<never> = { items: [], freshness: { kind: 'live' } };

/** A namespace and a cluster without anything in them. */
function empty(): AppState {
  const loading = stateOf('nothing', []);
  const cluster = Object.fromEntries(Object.keys(loading.cluster).map(name => [name, nothingThere]));
  const state = { ...loading, cluster: cluster as unknown as AppState['cluster'] };
  return { ...state, target: noRoute(state) };
}

/** Not heard of for twelve seconds, neither the API server nor the gateway. */
function stale(): AppState {
  const lost = stateOf('lost', [50, 50]);
  const sampler = { isBackingOff: true, missedStarts: 0, connections: 'kept' } as const;
  return { ...lost, traffic: { ...observedTraffic(lost, 'agrees'), sampler } };
}

/** Nothing of it may be read, no weight patched, and no version asked by itself. */
function forbidden(): AppState {
  const denied = (nextStep: string): Collected<never> => ({
    items: [],
    freshness: {
      kind: 'stale',
      sinceMs: NOW - 60_000,
      error: { kind: 'forbidden', headline: 'Forbidden.', nextStep },
    },
  });
  const here = (resource: string) => denied(`Ask for \`list\` on ${resource} in namespace default.`);
  const cluster: AppState['cluster'] = {
    ...live.cluster,
    nodes: denied('Ask for `list` on nodes in the cluster.'),
    istioPods: denied('Ask for `list` on pods in namespace istio-system.'),
    pods: here('pods'),
    deployments: here('deployments'),
  };
  const question = {
    verb: 'patch',
    group: 'networking.istio.io',
    resource: 'virtualservices',
    namespace: 'default',
    name: 'myapp',
  };
  return {
    ...live,
    cluster,
    access: { answers: [{ question, isGranted: false }], doubtedAtMs: undefined },
    traffic: {
      ...healthy.traffic,
      sampling: { kind: 'not-observed', reason: 'no way leads to the gateway: no right to port-forward' },
    },
  };
}

/** istiod ends again and again, v2 as well, and three of four requests fail. */
function failing(): AppState {
  const crashing = stateOf('crash-looping', [50, 50]);
  const { istioPods } = crashing.cluster;
  const items = istioPods.items.map(pod =>
    pod.labels.app === 'istiod'
      ? {
          ...pod,
          isReady: false,
          readyContainers: 0,
          status: 'CrashLoopBackOff',
          why: 'CrashLoopBackOff, 3 restarts: exit 1',
        }
      : pod,
  );
  return {
    ...crashing,
    cluster: { ...crashing.cluster, istioPods: { ...istioPods, items } },
    traffic: failingTraffic(crashing),
  };
}

/** Sampling stands still; what was seen stays. */
const paused: AppState = { ...live, traffic: { ...live.traffic, isPaused: true } };

type PaneName = 'Health' | 'Versions' | 'Weights' | 'Responses';

/** Each state, and what each pane says in it. Health, Versions and Weights go on while sampling is paused. */
const STATES: readonly (readonly [
  name: string,
  state: AppState,
  says: Readonly<Record<PaneName, RegExp>>,
])[] = [
  [
    'loading',
    stateOf('nothing', []),
    {
      Health: /reading…/,
      Versions: /nothing to show yet/,
      Weights: /looking…/,
      Responses: /nothing to sample yet/,
    },
  ],
  [
    'empty',
    empty(),
    {
      Health: /no nodes and no Istio pods can be/,
      Versions: /nothing to show yet/,
      Weights: /There is no VirtualService in namespace default\. The tutorial makes one/,
      Responses: /nothing to sample yet/,
    },
  ],
  [
    'live',
    live,
    {
      Health: /✓ istiod 1\.30\.3 +1\/1 Running/,
      Versions: /✓ v2 +1\/1 +myapp:v2/,
      Weights: /✓ agrees: 1195 samples/,
      Responses: /20\/s {2}0 failed {2}p50 6 ms/,
    },
  ],
  [
    'stale',
    stale(),
    {
      Health: /1 Health─+ as of 12s ago /,
      Versions: /2 Versions─+ as of 12s ago /,
      Weights: /3 Weights.*─ as of 12s ago /,
      Responses: /4 Responses.* (no gateway, 20\/s|asking seldom: no gateway)/,
    },
  ],
  [
    'forbidden',
    forbidden(),
    {
      Health: /! Ask for `list` on nodes in the/,
      Versions: /! Ask for `list` on (deployments|pods) in/,
      Weights: /… not observed: no way leads to the gateway: no right to/,
      Responses: /not observed: no way leads to the gateway: no right to port-forward/,
    },
  ],
  [
    'failing',
    failing(),
    {
      Health: /✗ istiod .* 0\/1 CrashLoopBackOff/,
      Versions: /✗ v2 +0\/1/,
      Weights: /✗ does not agree: v1 answers 100\.0 %, applied 50\.0 %.*; 1500 fai/,
      Responses: /× no healthy upstream/,
    },
  ],
  [
    'paused',
    paused,
    {
      Health: /✓ istiod 1\.30\.3 +1\/1 Running/,
      Versions: /✓ v2 +1\/1 +myapp:v2/,
      Weights: /✓ agrees: 1195 samples/,
      Responses: /4 Responses.* paused {2}0 failed/,
    },
  ],
];

describe.each([
  [80, 24],
  [120, 40],
])('at %ix%i', (columns, rows) => {
  describe.each(STATES)('%s', (name, state, says) => {
    const drawn = drawnFrame(sized(state, columns, rows));

    it('is the golden frame', async () => {
      const file = join(import.meta.dirname, 'frames', `state-${name}-${columns}x${rows}.txt`);
      await expect(drawn).toMatchFileSnapshot(file);
    });

    it.each(Object.entries(says))('is said by %s', (_pane, words) => {
      expect(drawn).toMatch(words);
    });
  });
});

it('has each pane say something else in each of its states', () => {
  const panes: readonly PaneName[] = ['Health', 'Versions', 'Weights', 'Responses'];
  for (const pane of panes) {
    const words = new Set(STATES.map(([, , says]) => says[pane].source));
    // Where a pane goes on, or waits for the same, it says the same.
    expect(words.size).toBeGreaterThanOrEqual(5);
  }
});
