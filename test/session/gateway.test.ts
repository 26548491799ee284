import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type DemoOptions, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import type { ClusterApi } from '../../src/kube/cluster-api.ts';
import { failure } from '../../src/kube/cluster-error.ts';
import { GatewayKeeper } from '../../src/session/gateway-keeper.ts';
import { findTarget } from '../../src/session/sample-target.ts';
import type { AppState, Sampling } from '../../src/session/state.ts';
import { createAppStore } from '../../src/session/store.ts';
import { clientsOf, requestApi } from '../demo/cluster.ts';
import { type DemoSession, manifestsFolder, startDemoSession } from '../support/demo-session.ts';
import { eventually } from '../support/eventually.ts';
import { putMinikubeOnPath, tunnelTo } from '../support/fake-minikube.ts';
import { ManualClock } from '../support/manual-clock.ts';

const cleanUps: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A session on a demo cluster in a scenario, once it takes samples. */
async function start(
  scenario: string,
  prepare: (state: AppState) => AppState = state => state,
  options: Partial<DemoOptions> = {},
): Promise<DemoSession> {
  const demo = await startDemoCluster({ manifestsFolder, seed: 7, scenario, ...options });
  cleanUps.push(() => demo.stop());
  const session = await startDemoSession({ demo, prepare });
  cleanUps.push(() => session.stop());
  return session;
}

type Sampled = Extract<Sampling, { kind: 'sampling' }>;

function sampled({ traffic }: AppState): Sampled | undefined {
  return traffic.sampling.kind === 'sampling' ? traffic.sampling : undefined;
}

function answered({ traffic }: AppState): number {
  return traffic.observed?.versions.reduce((sum, { count }) => sum + count, 0) ?? 0;
}

function failures({ traffic }: AppState): number {
  return traffic.observed?.failures.reduce((sum, { count }) => sum + count, 0) ?? 0;
}

/** Resolves once so many more answers have come than there are now. */
async function answersComeAgain(session: DemoSession, more = 10): Promise<AppState> {
  const before = answered(session.store.getState());
  return session.until(state => answered(state) >= before + more, 'answers come');
}

const INGRESS = { name: 'istio-ingressgateway', namespace: 'istio-system' };

const gatewayPods = async ({ demo }: DemoSession) => {
  const { items } = await clientsOf(demo).core.listNamespacedPod({
    namespace: 'istio-system',
    labelSelector: 'istio=ingressgateway',
  });
  return items.map(({ metadata }) => metadata?.name ?? '');
};

async function deleteGatewayPods(session: DemoSession): Promise<void> {
  for (const name of await gatewayPods(session)) {
    await clientsOf(session.demo).core.deleteNamespacedPod({ name, namespace: 'istio-system' });
  }
}

/** As `kubectl patch service` does: the API server gives NodePorts and takes them away. */
function setServiceType({ demo }: DemoSession, type: 'ClusterIP' | 'NodePort'): Promise<unknown> {
  return clientsOf(demo).core.patchNamespacedService({
    ...INGRESS,
    body: [{ op: 'replace', path: '/spec/type', value: type }],
  });
}

const words = (state: AppState) => state.notices.map(({ text }) => text).join('\n');

describe('a gateway that no address leads to', () => {
  it('is sampled through a port-forward of its own to one of its pods, and that is said', async () => {
    const session = await start('gateway-cluster-ip');
    const seen = await answersComeAgain(session, 20);
    const [pod] = await gatewayPods(session);
    expect(sampled(seen)).toMatchObject({
      place: `pod istio-system/${pod} port 8080`,
      reached: 'envoy',
      gatewayPods: { reached: 1, ready: 1 },
    });
    expect(seen.traffic.ways.map(({ kind, result, isUsed }) => [kind, result, isUsed])).toEqual([
      ['load-balancer', { kind: 'absent', reason: expect.stringContaining('type ClusterIP') }, false],
      [
        'minikube-node-port',
        { kind: 'absent', reason: expect.stringContaining('without a NodePort') },
        false,
      ],
      ['localhost', { kind: 'absent', reason: expect.any(String) }, false],
      ['node-port', { kind: 'absent', reason: expect.any(String) }, false],
      [
        'minikube-service',
        { kind: 'absent', reason: expect.stringContaining("not the one of minikube's") },
        false,
      ],
      ['port-forward', { kind: 'envoy' }, true],
    ]);
    // The gateway hears of the versions' first pods a little later than the API server: only then does every sample reach one.
    expect(failures(await answersComeAgain(session))).toBe(failures(seen));
  });

  it('is known by how many of its pods are behind, and is left for an address that appears with them', async () => {
    const session = await start('gateway-cluster-ip');
    await answersComeAgain(session, 5);
    await clientsOf(session.demo).apps.patchNamespacedDeployment({
      ...INGRESS,
      body: [{ op: 'replace', path: '/spec/replicas', value: 3 }],
    });
    await session.until(state => {
      const pods = sampled(state)?.gatewayPods;
      return pods !== undefined && pods !== 'unknown' && pods.reached === 1 && pods.ready === 3;
    });
    await setServiceType(session, 'NodePort');
    await clientsOf(session.demo).apps.patchNamespacedDeployment({
      ...INGRESS,
      body: [{ op: 'replace', path: '/spec/replicas', value: 2 }],
    });
    await session.until(state => sampled(state)?.place.startsWith('http://127.0.0.1:') ?? false);
  });

  it('is reached again without a key after the API server was gone', async () => {
    const session = await start('gateway-cluster-ip');
    await answersComeAgain(session);
    await session.demo.stopApi();
    await session.until(({ traffic }) =>
      (traffic.observed?.failures ?? []).some(({ label }) => label === 'no port-forward'),
    );
    await session.demo.startApi();
    await answersComeAgain(session);
  });

  it('goes on with another pod when its pod dies, counts what was lost, and leaves no socket', async () => {
    const connections = () => process.getActiveResourcesInfo().filter(kind => /TCP|TLS/.test(kind));
    const demo = await startDemoCluster({ manifestsFolder, seed: 7, scenario: 'gateway-cluster-ip' });
    const session = await startDemoSession({ demo });
    const before = sampled(await answersComeAgain(session));
    const open = connections().length;
    expect(open).toBeGreaterThan(4);
    for (const name of await gatewayPods(session)) {
      await requestApi(demo, `/api/v1/namespaces/istio-system/pods/${name}`, { method: 'DELETE' });
    }
    await session.until(
      state =>
        sampled(state) !== undefined &&
        sampled(state)?.place !== before?.place &&
        words(state).includes('the gateway is reached'),
      'another pod, and the word of it',
    );
    const seen = await answersComeAgain(session);
    expect(failures(seen)).toBeGreaterThan(0);
    // Nothing of the dead pod's connections is left; one that is being opened, and its other ends, are four.
    await eventually(() => expect(connections().length).toBeLessThanOrEqual(open + 4));
    await session.stop();
    await demo.stop();
    await eventually(() => expect(connections()).toEqual([]));
  });
});

it('says in one sentence why the gateway is not found where pods may not be listed', async () => {
  const session = await start('healthy');
  const state = await session.until(({ weights }) => weights.applied !== undefined);
  const { applied } = state.weights;
  const refused = failure({ kind: 'forbidden', headline: "Can't list pods: forbidden.", nextStep: '' });
  const { other } = session;
  const api = { get: other.get.bind(other), list: async () => refused } as unknown as ClusterApi;
  const parts = { api, clock: new ManualClock(), signal: new AbortController().signal };
  const found = applied && (await findTarget(state, applied, parts));
  expect(found).toMatchObject({
    sampling: { kind: 'needs-answer', asks: 'gateway', reason: "Can't list pods: forbidden" },
  });
});

describe('a port-forward that stands in', () => {
  it('is left for an address that answers later, although no pod changes', async () => {
    const session = await start('gateway-cluster-ip');
    const sampling = await session.until(state => sampled(state) !== undefined);
    const { applied } = sampling.weights;
    const clock = new ManualClock();
    const aborted = new AbortController();
    const parts = { api: session.other, clock, signal: aborted.signal };
    const found = applied && (await findTarget(sampling, applied, parts));
    if (found?.kind !== 'target') throw new Error('the gateway is not reached');
    expect(found.target.gateway.link.kind).toBe('port-forward');
    const store = createAppStore(clock.now(), { columns: 80, rows: 24, isUnicode: true });
    store.setState(sampling, true);
    const kinds: string[] = [];
    const keeper = new GatewayKeeper(store, parts, found.target, ({ gateway }) => {
      kinds.push(gateway.link.kind);
    });
    const ended = keeper.run();
    await setServiceType(session, 'NodePort');
    clock.sleep(31_000);
    await eventually(() => expect(kinds).toEqual(['minikube-node-port']));
    aborted.abort();
    await ended;
  });
});

describe('a NodePort', () => {
  it('that is taken away is left for a port-forward, and what it lost is counted', async () => {
    // Connections that there are outlive it, so the loss shows as they are renewed: here each sample has its own.
    const session = await start('healthy', state => ({
      ...state,
      traffic: { ...state.traffic, wantsFreshConnections: true },
    }));
    const before = await answersComeAgain(session);
    expect(sampled(before)?.place).toBe(session.demo.gatewayUrl);
    expect(before.traffic.ways.find(({ isUsed }) => isUsed)?.kind).toBe('minikube-node-port');
    await setServiceType(session, 'ClusterIP');
    const after = await session.until(state =>
      words(state).includes(`no longer by ${session.demo.gatewayUrl}`),
    );
    expect(sampled(after)?.place).toMatch(/^pod istio-system/);
    expect(failures(after)).toBeGreaterThan(0);
    await answersComeAgain(session);
  });

  it('stays in use while its gateway pod is replaced', async () => {
    const session = await start('healthy');
    await answersComeAgain(session);
    await deleteGatewayPods(session);
    await session.until(state => failures(state) > 0);
    const after = await answersComeAgain(session, 10);
    expect(sampled(after)?.place).toBe(session.demo.gatewayUrl);
  });
});

describe('a gateway that the person names', () => {
  it('is sampled although something else answers there, and that is said', async () => {
    const server = createServer((_, response) => response.writeHead(200, { server: 'caddy' }).end('hello'));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    cleanUps.push(
      () =>
        new Promise(resolve => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    );
    const gatewayUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const session = await start('healthy', state => ({
      ...state,
      traffic: { ...state.traffic, gatewayUrl },
    }));
    const seen = await session.until(state => sampled(state) !== undefined);
    expect(sampled(seen)).toMatchObject({ place: gatewayUrl, reached: 'other' });
    expect(seen.traffic.ways).toEqual([
      {
        kind: 'given',
        words: 'as given',
        place: gatewayUrl,
        result: { kind: 'other', what: 'caddy, HTTP 200' },
        isUsed: true,
      },
    ]);
  });
});

describe("minikube's own command", () => {
  const onMinikube = (state: AppState): AppState => ({
    ...state,
    connection: { ...state.connection, context: 'minikube' },
  });

  /** A session on a minikube to whose node nothing leads, as with Docker on macOS. */
  async function startBehindTunnel() {
    const demo = await startDemoCluster({ manifestsFolder, seed: 7 });
    cleanUps.push(() => demo.stop());
    const body = [{ op: 'replace', path: '/status/addresses/0/address', value: '127.9.9.9' }];
    await clientsOf(demo).core.patchNodeStatus({ name: 'minikube', body });
    const minikube = await putMinikubeOnPath(tunnelTo(Number(new URL(demo.gatewayUrl).port)));
    cleanUps.push(minikube.remove);
    const session = await startDemoSession({ demo, prepare: onMinikube });
    return { session, minikube };
  }

  it('is run where no address works, and ended with the session', async () => {
    const { session, minikube } = await startBehindTunnel();
    const seen = await answersComeAgain(session);
    expect(seen.traffic.ways.map(({ kind, result, isUsed }) => [kind, result.kind, isUsed])).toEqual([
      ['load-balancer', 'absent', false],
      ['minikube-node-port', 'silent', false],
      ['localhost', 'absent', false],
      ['node-port', 'absent', false],
      ['minikube-service', 'envoy', true],
      ['port-forward', 'envoy', false],
    ]);
    expect(await minikube.calls()).toEqual([
      'service istio-ingressgateway --url -n istio-system -p minikube',
    ]);
    expect(await minikube.running()).toHaveLength(1);
    await session.stop();
    expect(await minikube.running()).toEqual([]);
  });

  it('is run again when it dies, and what was lost is counted', async () => {
    const { session, minikube } = await startBehindTunnel();
    cleanUps.push(() => session.stop());
    const before = sampled(await answersComeAgain(session));
    const [first = 0] = await minikube.running();
    process.kill(first, 'SIGKILL');
    const after = await session.until(
      state => sampled(state) !== undefined && sampled(state)?.place !== before?.place,
      'another way',
    );
    expect(sampled(after)?.place).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect(failures(after)).toBeGreaterThan(0);
    expect(await minikube.running()).toHaveLength(1);
    await answersComeAgain(session);
  });
});
