import { afterEach, describe, expect, it } from 'vitest';
import { missingRights } from '../../src/components/missing-rights.tsx';
import { startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { routeChosen } from '../../src/session/applied.ts';
import { versions } from '../../src/session/selectors.ts';
import type { AppState } from '../../src/session/state.ts';
import { initialState } from '../../src/session/state.ts';
import { planWatches } from '../../src/session/watch-plan.ts';
import { type DemoSession, manifestsFolder, startDemoSession } from '../support/demo-session.ts';
import { aVirtualService } from '../support/objects.ts';

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0).reverse()) await stop();
});

async function start(options: Partial<Parameters<typeof startDemoCluster>[0]> = {}) {
  const demo = await startDemoCluster({ manifestsFolder, seed: 7, ...options });
  running.push(demo.stop);
  const session = await startDemoSession({ demo });
  running.push(session.stop);
  return { demo, session };
}

const allReady = (state: AppState) => {
  const known = versions(state);
  return known.length === 2 && known.every(({ readyPods }) => readyPods === 1);
};
/** The watches of a plan as paths, for a reader. */
const planned = ({ store }: DemoSession) =>
  Object.entries(planWatches(store.getState(), 'v1')).flatMap(([name, watches]) =>
    (watches ?? []).map(({ collection: { namespace = '*', plural, labelSelector, fieldSelector } }) =>
      [name, `${namespace}/${plural}`, labelSelector, fieldSelector].filter(Boolean).join(' '),
    ),
  );

describe('what may not be read', () => {
  it('is named with its verb, and the rest of the screen lives on', async () => {
    const demo = await startDemoCluster({ manifestsFolder, seed: 7 });
    running.push(demo.stop);
    for (const resource of ['nodes', 'pods', 'events']) demo.deny({ verb: 'list', resource });
    const session = await startDemoSession({ demo });
    running.push(session.stop);
    const state = await session.until(
      ({ cluster }) => cluster.pods.freshness.kind === 'stale' && cluster.nodes.freshness.kind === 'stale',
    );
    const ready = await session.until(state => versions(state).every(({ health }) => health === 'ready'));
    expect(missingRights([state.cluster.nodes, state.cluster.istioPods, state.cluster.pods])).toEqual([
      'Ask for `list` on nodes in the cluster.',
      'Ask for `list` on pods in namespace istio-system.',
      'Ask for `list` on pods in namespace default.',
    ]);
    expect(versions(ready).map(({ readyPods, wantedPods }) => [readyPods, wantedPods])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    session.press({ kind: 'set-to', weight: 80 });
    expect((await session.idle()).weights.applied?.weights).toEqual([20, 80]);
  });
});

describe('what is watched', () => {
  it('is what is shown: pods by the Service behind the route, warnings about nothing while all is well', async () => {
    const { session } = await start();
    await session.until(allReady);
    expect(planned(session).toSorted()).toEqual([
      'deployments default/deployments',
      'destinationRules default/destinationrules',
      'gateways default/gateways',
      'istioPods istio-system/pods',
      'nodes */nodes',
      'pods default/pods app=myapp',
      'services default/services',
      'virtualServices default/virtualservices',
    ]);
  });

  it('is no namespace that a host outside the cluster only seems to name', () => {
    const seen = aVirtualService([50, 50]);
    const [inside] = seen.routes;
    if (!inside) throw new Error('no route');
    const hosts = ['api.example.com', 'shop.market.svc.cluster.local'];
    const destinations = inside.destinations.map((destination, at) => ({
      ...destination,
      host: hosts[at] ?? '',
    }));
    const screen = { columns: 80, rows: 24, isUnicode: true };
    const state = routeChosen(initialState(0, screen), seen, { ...inside, destinations });
    const { services = [], destinationRules = [] } = planWatches(state, 'v1');
    for (const watches of [services, destinationRules]) {
      expect(watches.map(({ collection }) => collection.namespace)).toEqual([
        state.connection.namespace,
        'market',
      ]);
    }
  });

  it('keeps nothing of a crowd in the same namespace', async () => {
    const { session } = await start({ scenario: 'crowded', pods: 400 });
    const { cluster } = await session.until(allReady);
    expect(cluster.pods.items.map(({ labels }) => labels.app)).toEqual(['myapp', 'myapp']);
    expect(cluster.deployments.items.map(({ name }) => name)).toEqual(['myapp-v1', 'myapp-v2']);
    expect(cluster.warningEvents.items).toEqual([]);
  });

  it('has the warnings of a pod that is not ready, by its name, and lets go of them when it is', async () => {
    const { demo, session } = await start();
    await session.until(allReady);
    demo.failPods('version=v2', 'unready');
    const { cluster } = await session.until(({ cluster }) => cluster.warningEvents.items.length > 0);
    const pod = cluster.pods.items.find(({ labels }) => labels.version === 'v2');
    expect(cluster.warningEvents.items.map(({ about }) => about.name)).toEqual([pod?.name]);
    expect(planned(session)).toContain(
      `warningEvents default/events involvedObject.name=${pod?.name},type=Warning`,
    );
    demo.failPods('version=v2', 'serve');
    await session.until(state => allReady(state) && state.cluster.warningEvents.items.length === 0);
  });
});
