import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../src/clock.ts';
import { startDemoCluster } from '../../src/demo/demo-cluster.ts';
import type { ClusterApi } from '../../src/kube/cluster-api.ts';
import { openClusterApi } from '../../src/kube/http-cluster-api.ts';
import { loadKubeconfig } from '../../src/kube/kubeconfig.ts';
import { dispatcherOf } from '../../src/session/dispatcher.ts';
import { connectionPhase, versions, writeRefusal } from '../../src/session/selectors.ts';
import { startSession } from '../../src/session/session.ts';
import type { AppState } from '../../src/session/state.ts';
import { type AppStore, createAppStore } from '../../src/session/store.ts';
import { planWatches } from '../../src/session/watch-plan.ts';
import { connectTo, manifestsFolder, setWeightsBeside, until } from '../support/demo-session.ts';
import { FaultProxy } from '../support/fault-proxy.ts';

/** Real silences are minutes long; the demo's bookmarks come every five seconds. */
const PATIENCE = { requestMs: 1_200, watchMs: 6_500 };

/** A clock that can sleep: it then goes on later than it was, and its alarms are late. */
class SleepyClock implements Clock {
  #sleptMs = 0;
  now(): number {
    return systemClock.now() + this.#sleptMs;
  }
  after(delayMs: number, callback: () => void): () => void {
    return systemClock.after(delayMs, callback);
  }
  sleep(ms: number): void {
    this.#sleptMs += ms;
  }
}

/** A session behind a fault proxy, and a second client that reaches the same demo cluster directly. */
export type Bench = {
  readonly proxy: FaultProxy;
  readonly store: AppStore;
  readonly other: ClusterApi;
  readonly press: ReturnType<typeof dispatcherOf>;
  readonly until: (holds: (state: AppState) => boolean, what: string) => Promise<AppState>;
  readonly setWeights: (...weights: readonly number[]) => Promise<void>;
  /** Lets hours pass in which nothing runs. */
  readonly sleep: () => void;
  /** Forgets past changes, as a server that compacts does. */
  readonly compact: () => void;
  readonly stop: () => Promise<void>;
};

export async function startBench(): Promise<Bench> {
  const demo = await startDemoCluster({ manifestsFolder, seed: 7 });
  const proxy = await FaultProxy.start(demo);
  const folder = await mkdtemp(join(tmpdir(), 'weighbridge-faults-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, proxy.kubeconfig);
  const clock = new SleepyClock();
  const store = createAppStore(clock.now(), { columns: 80, rows: 24, isUnicode: true });
  const config = loadKubeconfig([kubeconfig], {}, {});
  if (!config.ok) throw new Error(config.error.headline);
  const api = openClusterApi(config.value, () => writeRefusal(store.getState()), PATIENCE);
  store.setState(state => ({
    ...state,
    connection: { ...state.connection, context: 'demo', namespace: 'default', isDemo: true },
  }));
  const other = await connectTo(demo);
  const session = startSession(api, store, clock);
  const bench: Bench = {
    proxy,
    store,
    other: other.api,
    press: dispatcherOf(store, clock),
    until: (holds, what) => until(store, holds, what),
    setWeights: (...weights) => setWeightsBeside(other.api, weights),
    sleep: () => clock.sleep(8 * 3_600_000),
    compact: demo.compact,
    stop: async () => {
      await session.stop();
      await other.close();
      await proxy.stop();
      await demo.stop();
      await rm(folder, { recursive: true });
    },
  };
  await bench.until(isWell, 'the screen is live and both versions are ready');
  return bench;
}

/** Nothing is stale or loading, both versions are ready, and nothing is asked for. */
export function isWell(state: AppState): boolean {
  const known = versions(state);
  return (
    connectionPhase(state.cluster).kind === 'live' &&
    Object.values(state.cluster).every(({ freshness }) => freshness.kind === 'live') &&
    known.length === 2 &&
    known.every(({ health }) => health === 'ready') &&
    isIdle(state)
  );
}

export function isIdle({ weights }: AppState): boolean {
  return (
    weights.patch.kind === 'idle' &&
    weights.applied !== undefined &&
    weights.requested.join() === weights.applied.weights.join()
  );
}

/** How many watches the screen needs now. */
export function neededWatches({ store }: Bench): number {
  return Object.values(planWatches(store.getState(), 'v1')).flat().length;
}

/** What the screen shows of the cluster, as text to compare: nothing of it depends on when it was read. */
export function shownState(state: AppState): string {
  const { cluster, target, weights, ui } = state;
  const rows = Object.entries(cluster).map(([name, { items, freshness }]) => [
    name,
    freshness.kind,
    items.map(item => [item.namespace, item.name, 'status' in item ? item.status : '']).toSorted(),
  ]);
  return JSON.stringify(
    {
      rows,
      versions: versions(state),
      phase: connectionPhase(cluster),
      target,
      applied: weights.applied?.weights,
      requested: weights.requested,
      patch: weights.patch,
      overlay: ui.overlay,
    },
    null,
    1,
  );
}
