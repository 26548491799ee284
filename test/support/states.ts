import { readDeployment } from '../../src/kube/deployment.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import type { KubeObject } from '../../src/kube/metadata.ts';
import { readNode } from '../../src/kube/node.ts';
import { readPod } from '../../src/kube/pod.ts';
import { readService } from '../../src/kube/service.ts';
import { readDestinationRule } from '../../src/kube/traffic-objects.ts';
import { plainText } from '../../src/plain-text.ts';
import { routeChosen } from '../../src/session/applied.ts';
import { type AppState, type Collected, initialState, type TrafficState } from '../../src/session/state.ts';
import { TrafficObserver } from '../../src/traffic/traffic-observer.ts';
import { aVirtualService, fixtureObjects } from './objects.ts';

/** The time at which every golden frame is drawn. */
export const NOW = Date.parse('2026-11-23T06:00:00Z');

export type Situation = 'nothing' | 'healthy' | 'crash-looping' | 'lost' | 'hostile';

function live<Item>(items: readonly Item[]): Collected<Item> {
  return { items, freshness: { kind: 'live' } };
}

/** Pods and a Deployment per version, made ready; other situations come from fixtures. */
function versionObjects(count: number): readonly KubeObject[] {
  return Array.from({ length: count }, (_, index) => `v${index + 1}`).flatMap(version => {
    const labels = { app: 'myapp', version };
    const containers = [
      { name: 'myapp', image: `janakiramm/myapp:${version}`, ports: [{ name: 'http', containerPort: 80 }] },
    ];
    const metadata = (name: string): JsonObject => ({
      name,
      namespace: 'default',
      creationTimestamp: '2026-11-20T06:00:00Z',
      labels: { ...labels, 'pod-template-hash': 'abc' },
    });
    return [
      {
        kind: 'Deployment',
        metadata: metadata(`myapp-${version}`),
        spec: { replicas: 1, template: { metadata: { labels }, spec: { containers } } },
        status: { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
      },
      {
        kind: 'Pod',
        metadata: metadata(`myapp-${version}-abc-12345`),
        spec: { containers },
        status: {
          phase: 'Running',
          conditions: [{ type: 'Ready', status: 'True' }],
          containerStatuses: [{ name: 'myapp', ready: true, restartCount: 0, state: { running: {} } }],
        },
      },
    ];
  });
}

function istioPod(name: string, labels: JsonObject): KubeObject {
  return {
    metadata: {
      name: `${name}-57c6ff7479-pw2pr`,
      namespace: 'istio-system',
      creationTimestamp: '2026-11-20T06:00:00Z',
      labels: { ...labels, 'pod-template-hash': '57c6ff7479' },
    },
    spec: { containers: [{ name: 'main', image: 'istio:1.30.3' }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name: 'main', ready: true, restartCount: 0, state: { running: {} } }],
    },
  };
}

const node: KubeObject = {
  metadata: { name: 'minikube' },
  status: {
    conditions: [{ type: 'Ready', status: 'True' }],
    nodeInfo: { kubeletVersion: 'v1.36.3' },
    addresses: [{ type: 'InternalIP', address: '192.168.49.2' }],
  },
};

/** Every text that an object can hold, as somebody would send it who wants to reach the terminal. */
const EVIL = `\u001b[2J\u001b]0;owned\u0007\u202eevil\u2066 ${'🚀'.repeat(20)} ${'long '.repeat(2000)}`;

function hostileObjects(): readonly KubeObject[] {
  const state = { waiting: { reason: EVIL, message: EVIL } };
  return [
    ...versionObjects(1),
    {
      kind: 'Pod',
      metadata: { name: EVIL, namespace: 'default', labels: { app: 'myapp', version: 'v2' } },
      spec: { containers: [{ name: EVIL, image: EVIL }] },
      status: {
        phase: EVIL,
        reason: EVIL,
        containerStatuses: [{ name: EVIL, ready: false, restartCount: 3, state }],
      },
    },
  ];
}

function objectsOf(situation: Situation, versions: number): readonly KubeObject[] {
  switch (situation) {
    case 'nothing':
      return [];
    case 'crash-looping':
      return fixtureObjects('crash-looping');
    case 'hostile':
      return [
        ...fixtureObjects('crash-looping').filter(
          ({ kind }) => kind === 'Service' || kind === 'DestinationRule',
        ),
        ...hostileObjects(),
      ];
    default:
      return [
        ...fixtureObjects('crash-looping').filter(({ kind }) => kind === 'Service'),
        {
          kind: 'DestinationRule',
          metadata: { name: 'myapp', namespace: 'default' },
          spec: {
            host: 'myapp',
            subsets: Array.from({ length: versions }, (_, index) => ({
              name: `v${index + 1}`,
              labels: { version: `v${index + 1}` },
            })),
          },
        },
        ...versionObjects(versions),
      ];
  }
}

/** The state of a session on a minikube in a situation, its route at these weights. */
export function stateOf(situation: Situation, weights: readonly number[]): AppState {
  const state = initialState(NOW, { columns: 80, rows: 24, isUnicode: true });
  const connection = {
    ...state.connection,
    context: 'minikube',
    contextName: 'minikube',
    namespace: 'default',
    server: 'https://192.168.49.2:8443',
  };
  if (situation === 'nothing') return { ...state, connection };
  const objects = objectsOf(situation, weights.length);
  const read = <Item>(kind: string, reader: (object: KubeObject) => Item) =>
    live(objects.filter(object => object.kind === kind).map(reader));
  const virtualService = aVirtualService(weights);
  const cluster: AppState['cluster'] = {
    nodes: live([readNode(situation === 'hostile' ? { ...node, metadata: { name: EVIL } } : node)]),
    istioPods: live([
      readPod(istioPod('istiod', { app: 'istiod' })),
      readPod(istioPod('istio-ingressgateway', { app: 'istio-ingressgateway', istio: 'ingressgateway' })),
    ]),
    pods: read('Pod', readPod),
    deployments: read('Deployment', readDeployment),
    services: read('Service', readService),
    destinationRules: read('DestinationRule', readDestinationRule),
    gateways: live([]),
    virtualServices: live([virtualService]),
    warningEvents: live([]),
  };
  const [route] = virtualService.routes;
  if (!route) throw new Error('no route');
  const chosen = routeChosen({ ...state, connection, cluster }, virtualService, route);
  return situation === 'lost' ? lost(chosen) : chosen;
}

/** Everything twelve seconds old. */
function lost(state: AppState): AppState {
  const freshness = {
    kind: 'stale',
    sinceMs: NOW - 12_000,
    error: {
      kind: 'unreachable',
      headline: "Can't watch virtualservices: nothing listens at https://192.168.49.2:8443.",
      reason: 'Nothing listens at https://192.168.49.2:8443.',
      nextStep: 'Start the cluster (minikube start), or choose another context.',
    },
  } as const;
  const { cluster } = state;
  const stale = Object.fromEntries(
    Object.entries(cluster).map(([name, collected]) => [name, { ...collected, freshness }]),
  );
  return { ...state, cluster: stale as unknown as AppState['cluster'] };
}

/** What an observer saw of 20 samples a second whose shares came out to end in this verdict. */
export function observedTraffic(
  state: AppState,
  verdict: 'agrees' | 'settling' | 'does-not-agree',
): TrafficState {
  const observer = new TrafficObserver();
  const labels = state.weights.applied?.route.destinations.map(({ label }) => label) ?? [];
  const weights = Object.fromEntries(
    labels.map((label, index) => [label, state.weights.applied?.weights[index] ?? 0]),
  );
  observer.setVersions(labels);
  observer.startFrom({ v1: 100, v2: 0 }, NOW - 100_000);
  const changedMs = verdict === 'settling' ? NOW - 400 : NOW - 60_000;
  let hasChanged = false;
  for (let sample = 0; sample < 2_000; sample += 1) {
    const atMs = NOW - 100_000 + sample * 50;
    if (atMs >= changedMs && !hasChanged) {
      hasChanged = true;
      const from = { v1: 100, v2: 0 };
      observer.weightsApplied({
        atMs,
        acceptedAtMs: atMs + 20,
        keyAtMs: atMs - 5,
        by: 'you',
        from,
        to: weights,
        sameShift: false,
      });
    }
    const follows = atMs >= changedMs + 120 && verdict !== 'does-not-agree';
    const isNew = weights.v1 === 0 || sample % 2 === 0;
    const version = follows && isNew ? 'v2' : 'v1';
    observer.addSample({
      startedAtMs: atMs,
      latencyMs: 2 + (sample % 10),
      completeBeforeMs: atMs,
      outcome: { kind: 'version', version },
    });
  }
  return {
    ...state.traffic,
    observed: observer.view(NOW, 120_000),
    observedAtMs: NOW,
    chart: { ...state.traffic.chart, shown: observer.chart({ fromMs: NOW - 120_000, toMs: NOW }) },
    sampling: {
      kind: 'sampling',
      place: 'http://192.168.49.2:31380',
      way: plainText('NodePort 31380 of Service istio-system/istio-ingressgateway'),
      reached: 'envoy',
      gatewayPods: 'unknown',
      identification: 'v1 and v2 differ in their bodies',
      canTellApart: true,
    },
  };
}

/** The same where only v1 answers, and three of four requests find no pod that is ready. */
export function failingTraffic(state: AppState): TrafficState {
  const observer = new TrafficObserver();
  observer.setVersions(['v1', 'v2']);
  observer.startFrom({ v1: 50, v2: 50 }, NOW - 100_000);
  for (let sample = 0; sample < 2_000; sample += 1) {
    const atMs = NOW - 100_000 + sample * 50;
    observer.addSample({
      startedAtMs: atMs,
      latencyMs: 3,
      completeBeforeMs: atMs,
      outcome:
        sample % 4 === 0
          ? { kind: 'version', version: 'v1' }
          : { kind: 'failed', failure: { kind: 'no-healthy-upstream', detail: 'HTTP 503' } },
    });
  }
  const sampled = observedTraffic(state, 'does-not-agree');
  return {
    ...sampled,
    observed: observer.view(NOW, 120_000),
    chart: { ...sampled.chart, shown: observer.chart({ fromMs: NOW - 120_000, toMs: NOW }) },
  };
}
