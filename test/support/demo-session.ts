import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../src/clock.ts';
import { type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import type { ClusterApi, Collection } from '../../src/kube/cluster-api.ts';
import { type ConnectedCluster, connect } from '../../src/kube/connect.ts';
import type { Json } from '../../src/kube/json.ts';
import type { PatchOperation } from '../../src/kube/patch.ts';
import type { RawWeights } from '../../src/kube/split.ts';
import { rawWeights, readVirtualService } from '../../src/kube/virtual-service.ts';
import { dispatcherOf } from '../../src/session/dispatcher.ts';
import type { Intent } from '../../src/session/intents.ts';
import { endOnceSent } from '../../src/session/leave.ts';
import type { Recorder } from '../../src/session/recorder.ts';
import { writeRefusal } from '../../src/session/selectors.ts';
import { startSession } from '../../src/session/session.ts';
import type { AppState } from '../../src/session/state.ts';
import { type AppStore, createAppStore } from '../../src/session/store.ts';
import { eventually } from './eventually.ts';

export const manifestsFolder = join(import.meta.dirname, '..', '..', 'manifests');

export const virtualServices: Collection = {
  group: 'networking.istio.io',
  version: 'v1',
  plural: 'virtualservices',
  namespace: 'default',
};

/** Resolves once both versions have answered at 50/50: a demo that was just booted still starts its pods, and its gateway has to hear of them. */
export async function bothAnswer(gatewayUrl: string): Promise<void> {
  const answered = new Set<string>();
  await eventually(async () => {
    const answer = await (await fetch(gatewayUrl)).text();
    for (const version of ['v1', 'v2']) if (answer.includes(version)) answered.add(version);
    if (answered.size < 2) throw new Error(`no answer of another version than ${[...answered]}`);
  });
}

/** One generous limit for anything that is waited for. */
const LIMIT_MS = 45_000;

/** Resolves with the first state that `holds`; rejects with the state as it is after the limit. */
export function until(
  store: AppStore,
  holds: (state: AppState) => boolean,
  what = String(holds),
): Promise<AppState> {
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearTimeout(timer);
      unsubscribe();
    };
    const check = () => {
      const state = store.getState();
      if (!holds(state)) return;
      finish();
      resolve(state);
    };
    const unsubscribe = store.subscribe(check);
    const timer = setTimeout(() => {
      finish();
      const { weights, target, notices, traffic } = store.getState();
      const seen = {
        ...weights,
        applied: weights.applied?.weights,
        target,
        notices,
        sampling: traffic.sampling,
      };
      reject(new Error(`still not: ${what}\n${JSON.stringify(seen, null, 1)}`));
    }, LIMIT_MS);
    check();
  });
}

export type DemoClient = ConnectedCluster & { readonly close: () => Promise<void> };

/** The real client on a demo cluster, by way of a kubeconfig file as a person has it. */
export async function connectTo(
  demo: DemoCluster,
  refuseWrite: () => string | undefined = () => undefined,
): Promise<DemoClient> {
  const folder = await mkdtemp(join(tmpdir(), 'weighbridge-test-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, demo.kubeconfig);
  const connected = connect({ kubeconfig }, {}, refuseWrite);
  if (!connected.ok) throw new Error(connected.error.headline);
  return {
    ...connected.value,
    close: async () => {
      await connected.value.api.close();
      await rm(folder, { recursive: true });
    },
  };
}

export type DemoSession = {
  readonly demo: DemoCluster;
  readonly store: AppStore;
  /** Presses intents one after the other, without a pause between them. */
  readonly press: (...intents: readonly Intent[]) => void;
  readonly until: (holds: (state: AppState) => boolean, what?: string) => Promise<AppState>;
  /** No weight under way, and requested as applied. */
  readonly idle: () => Promise<AppState>;
  /** A second client with a User-Agent and credentials of its own, as kubectl beside the screen is. */
  readonly other: ClusterApi;
  /** The VirtualService's generation: it rises with each write that changes something. */
  readonly generation: () => Promise<number>;
  readonly stop: () => Promise<void>;
};

export type SessionOptions = {
  readonly demo?: DemoCluster;
  readonly wanted?: string;
  /** Changes the state before the loops start. */
  readonly prepare?: (state: AppState) => AppState;
  /** Hears of each patch that is sent. */
  readonly onPatch?: (operations: readonly PatchOperation[]) => void;
  /** What the session goes by; the machine's own clock where absent. */
  readonly clock?: Clock;
  /** Starts a recording of the session; it is told of intents and samples until it ends. */
  readonly record?: (store: AppStore) => Promise<Recorder>;
};

/** A session on a demo cluster of its own, once its route is chosen. */
export async function startDemoSession({
  demo: given,
  wanted,
  prepare = state => state,
  onPatch = () => undefined,
  clock = systemClock,
  record,
}: SessionOptions = {}): Promise<DemoSession> {
  const demo = given ?? (await startDemoCluster({ manifestsFolder, seed: 7 }));
  const store = createAppStore(clock.now(), { columns: 80, rows: 24, isUnicode: true });
  const client = await connectTo(demo, () => writeRefusal(store.getState()));
  const patch = client.api.patch.bind(client.api);
  client.api.patch = (collection, name, operations, signal) => {
    onPatch(operations);
    return patch(collection, name, operations, signal);
  };
  const other = await connectTo(demo);
  const { context, namespace, server } = client;
  store.setState(state =>
    prepare({
      ...state,
      connection: { ...state.connection, context, namespace, server, isDemo: true, virtualService: wanted },
    }),
  );
  const recorder = await record?.(store);
  const dispatch = dispatcherOf(store, clock, intent => recorder?.noteIntent(intent));
  const stopLeaving = endOnceSent(store, clock);
  const session = startSession(client.api, store, clock, (raw, observed) =>
    recorder?.noteSample(raw, observed),
  );
  const isIdle = ({ weights }: AppState) =>
    weights.patch.kind === 'idle' && weights.requested.join() === weights.applied?.weights.join();
  return {
    demo,
    store,
    press: (...intents) => {
      for (const intent of intents) dispatch(intent);
    },
    until: (holds, what) => until(store, holds, what),
    idle: () => until(store, isIdle, 'idle'),
    other: other.api,
    generation: async () => {
      const read = await other.api.get(virtualServices, 'myapp', AbortSignal.timeout(LIMIT_MS));
      if (!read.ok) throw new Error(read.error.headline);
      return Number(read.value.metadata.generation);
    },
    stop: async () => {
      stopLeaving();
      await session.stop();
      await client.close();
      await other.close();
      if (!given) await demo.stop();
    },
  };
}

/** Writes weights as another client does, its field manager named by the server from the User-Agent. */
export async function setWeightsBeside(api: ClusterApi, weights: readonly number[]): Promise<void> {
  const operations = weights.map(
    (weight, index) =>
      ({ op: 'add', path: `/spec/http/0/route/${index}/weight`, value: weight as Json }) as const,
  );
  const written = await api.patch(virtualServices, 'myapp', operations, AbortSignal.timeout(LIMIT_MS));
  if (!written.ok) throw new Error(written.error.headline);
}

/** The weights that the API server has of the first route; none where there is no route. */
export async function storedWeights(api: ClusterApi): Promise<RawWeights> {
  const read = await api.get(virtualServices, 'myapp', AbortSignal.timeout(LIMIT_MS));
  if (!read.ok) throw new Error(read.error.headline);
  const [route] = readVirtualService(read.value).routes;
  return route ? rawWeights(route) : [];
}
