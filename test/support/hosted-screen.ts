import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { systemClock } from '../../src/clock.ts';
import type { OpenFlags } from '../../src/commands/open-flags.ts';
import { SessionHost } from '../../src/commands/session-host.ts';
import { type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { dispatcherOf } from '../../src/session/dispatcher.ts';
import type { Intent } from '../../src/session/intents.ts';
import { endOnceSent } from '../../src/session/leave.ts';
import type { AppState, TrafficState } from '../../src/session/state.ts';
import { type AppStore, createAppStore } from '../../src/session/store.ts';
import { connectTo, type DemoClient, manifestsFolder, until, virtualServices } from './demo-session.ts';

/** A cluster of a kubeconfig with several, its connections counted on the way to it. */
export type CountedCluster = {
  readonly context: string;
  readonly demo: DemoCluster;
  /** How many connections to its API server are open now. */
  readonly connections: () => number;
  /** From now on nothing gets through in either direction, as behind a VPN that went away; connections stay open. */
  readonly pause: () => void;
  /** Its VirtualService's generation: it rises with each write that changes something. */
  readonly generation: () => Promise<number>;
  readonly weights: () => Promise<string>;
};

export type HostedScreen = {
  readonly store: AppStore;
  readonly host: SessionHost;
  readonly clusters: readonly CountedCluster[];
  readonly kubeconfig: string;
  /** Folder of what is remembered. */
  readonly stateHome: string;
  readonly press: (...intents: readonly Intent[]) => void;
  readonly until: (holds: (state: AppState) => boolean, what?: string) => Promise<AppState>;
  /** Takes a context out of the kubeconfig file. */
  readonly removeFromKubeconfig: (context: string) => Promise<void>;
  /** Opens the list, filters it and takes what is left. */
  readonly choose: (list: 'contexts' | 'namespaces' | 'routes', filter: string) => Promise<void>;
  readonly stop: () => Promise<void>;
};

type Kubeconfig = {
  readonly clusters: readonly { readonly name: string; readonly cluster: Record<string, unknown> }[];
  readonly users: readonly { readonly user: Record<string, unknown> }[];
};

/** Clusters as contexts of one kubeconfig, each reached through a relay that counts. Ends with `stop`. */
export async function startClusters(
  contexts: readonly string[],
  options: { readonly manifestsFolder?: string; readonly scenario?: string } = {},
): Promise<{
  readonly clusters: readonly CountedCluster[];
  readonly kubeconfigText: string;
  readonly stop: () => Promise<void>;
}> {
  const started = await Promise.all(contexts.map(context => startCounted(context, options)));
  const entries = started.map(({ cluster: { context, demo }, relayPort }) => {
    const read = load(demo.kubeconfig) as Kubeconfig;
    const server = `https://127.0.0.1:${relayPort}`;
    return {
      cluster: { name: context, cluster: { ...read.clusters[0]?.cluster, server } },
      user: { name: context, user: read.users[0]?.user },
      context: { name: context, context: { cluster: context, user: context, namespace: 'default' } },
    };
  });
  const kubeconfigText = dump({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contexts[0],
    clusters: entries.map(({ cluster }) => cluster),
    users: entries.map(({ user }) => user),
    contexts: entries.map(({ context }) => context),
  });
  return {
    clusters: started.map(({ cluster }) => cluster),
    kubeconfigText,
    stop: async () => {
      await Promise.all(started.map(({ stop }) => stop()));
    },
  };
}

async function startCounted(
  context: string,
  options: { readonly manifestsFolder?: string; readonly scenario?: string },
) {
  const demo = await startDemoCluster({ manifestsFolder, seed: 7, ...options });
  const sockets = new Set<Socket>();
  let isPaused = false;
  const relay = createServer(near => {
    const far = connect(Number(new URL(demo.apiUrl).port), '127.0.0.1');
    sockets.add(near);
    near.on('close', () => {
      sockets.delete(near);
      far.destroy();
    });
    far.on('close', () => near.destroy());
    near.on('error', () => undefined);
    far.on('error', () => undefined);
    if (isPaused) near.resume();
    else near.pipe(far).pipe(near);
  });
  await new Promise<void>(resolve => relay.listen(0, '127.0.0.1', resolve));
  const beside = await connectTo(demo);
  const cluster: CountedCluster = {
    context,
    demo,
    connections: () => sockets.size,
    pause: () => {
      isPaused = true;
      // Read on, so that the end of a connection is still seen.
      for (const socket of sockets) socket.unpipe().resume();
    },
    generation: async () => Number((await readMyapp(beside)).metadata.generation),
    weights: async () => {
      const { spec } = (await readMyapp(beside)) as unknown as {
        spec: { http: { route: { weight?: number }[] }[] };
      };
      return spec.http[0]?.route.map(({ weight }) => weight).join('/') ?? '';
    },
  };
  return {
    cluster,
    relayPort: portOf(relay),
    stop: async () => {
      await beside.close();
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => relay.close(resolve));
      await demo.stop();
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the relay does not listen');
  return address.port;
}

async function readMyapp(client: DemoClient) {
  const read = await client.api.get(virtualServices, 'myapp', AbortSignal.timeout(25_000));
  if (!read.ok) throw new Error(read.error.headline);
  return read.value;
}

/** A screen without a terminal, on clusters of its own. */
export async function startHostedScreen(
  contexts: readonly string[],
  flags: Partial<OpenFlags> = {},
  options: Parameters<typeof startClusters>[1] & {
    readonly stateHome?: string;
    readonly sampling?: Partial<TrafficState>;
  } = {},
): Promise<HostedScreen> {
  const { stateHome, sampling = {}, ...clusterOptions } = options;
  const { clusters, kubeconfigText, stop } = await startClusters(contexts, clusterOptions);
  const folder = await mkdtemp(join(tmpdir(), 'weighbridge-test-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigText);
  const state = stateHome ?? join(folder, 'state');
  const env = { HOME: folder, KUBECONFIG: kubeconfig, XDG_STATE_HOME: state };
  const store = createAppStore(systemClock.now(), { columns: 80, rows: 24, isUnicode: true });
  const host = new SessionHost(
    { istioNamespace: 'istio-system', demo: false, ...flags },
    sampling,
    env,
    store,
    systemClock,
  );
  const dispatch = dispatcherOf(store, systemClock);
  const stopLeaving = endOnceSent(store, systemClock);
  const problem = await host.start();
  if (problem) throw new Error(problem.problem);
  const press = (...intents: readonly Intent[]) => {
    for (const intent of intents) dispatch(intent);
  };
  const isRead = ({ places }: AppState, list: string) =>
    list === 'contexts' ? places.contexts.length > 0 : places.namespaces.kind !== 'reading';
  return {
    store,
    host,
    clusters,
    kubeconfig,
    stateHome: state,
    press,
    until: (holds, what) => until(store, holds, what),
    removeFromKubeconfig: async context => {
      const config = load(kubeconfigText) as { contexts: { name: string }[] };
      const contexts = config.contexts.filter(({ name }) => name !== context);
      await writeFile(kubeconfig, dump({ ...config, contexts }));
    },
    choose: async (list, filter) => {
      press({ kind: 'open-list', list });
      if (list !== 'routes') await until(store, current => isRead(current, list), `the list of ${list}`);
      press({ kind: 'start-filter' }, { kind: 'type', text: filter }, { kind: 'submit' });
    },
    stop: async () => {
      stopLeaving();
      await host.stop();
      await host.stopDemo();
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}
