import { basename } from 'node:path';
import type { KubeObject } from '../../src/kube/metadata.ts';
import { applyIntent } from '../../src/session/apply-intent.ts';
import type { Intent } from '../../src/session/intents.ts';
import type { AppState } from '../../src/session/state.ts';
import { tutorialSeen } from '../../src/session/tutorial-panel.ts';
import type { AnsweringCluster, ClusterFacts, Machine, TutorialPlace } from '../../src/tutorial/facts.ts';
import type { Manifests, TutorialObject } from '../../src/tutorial/manifests.ts';
import { tutorialOf } from '../../src/tutorial/tutorial.ts';
import { NOW, stateOf } from './states.ts';
import { manifests } from './tutorial-cluster.ts';

/** As they are in a package that is installed somewhere. */
const shownAs = (folder: string) => (one: TutorialObject) => ({
  ...one,
  file: `${folder}/${basename(one.file)}`,
});
export const installed: Manifests = {
  objects: manifests.objects.map(shownAs('manifests')),
  anyArch: manifests.anyArch.map(shownAs('manifests/any-arch')),
};

export const demoPlace: TutorialPlace = {
  context: 'weighbridge-demo',
  kubeconfig: '/tmp/weighbridge-x/kubeconfig',
  namespace: 'default',
  istioNamespace: 'istio-system',
  isDemo: true,
  isProtected: false,
  isLocal: true,
};

/** An object as weighbridge has made it; a Deployment is rolled out. */
function made({ kind, object }: TutorialObject): KubeObject {
  const managedFields = [{ manager: 'weighbridge', operation: 'Apply', fieldsV1: {} }];
  const status = {
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
    observedGeneration: 1,
  };
  const metadata = { ...object.metadata, namespace: 'default', generation: 1, managedFields };
  return { ...object, kind, metadata, ...(kind === 'Deployment' ? { status } : {}) };
}

/** The cluster once the first so many of the tutorial's objects are there. */
export function clusterWith(count: number, change: Partial<AnsweringCluster> = {}): AnsweringCluster {
  const { cluster } = stateOf('healthy', [50, 50]);
  return {
    kind: 'answers',
    place: demoPlace,
    kubernetes: 'v1.36.3',
    nodes: cluster.nodes.items,
    istioVersion: 'v1',
    istioPods: cluster.istioPods.items,
    istioServices: [],
    objects: installed.objects.slice(0, count).map(made),
    unreadKinds: [],
    elsewhere: [],
    pods: count > 0 ? cluster.pods.items : [],
    logs: {},
    unread: [],
    ...change,
  };
}

/** The screen with the panel open, once it was looked at what there is. */
export function withPanel(state: AppState, cluster: ClusterFacts, machine?: Machine): AppState {
  const { steps } = tutorialOf({ machine, cluster, manifests: installed });
  const place = cluster.kind === 'answers' ? cluster.place : undefined;
  return tutorialSeen(applyIntent(state, { kind: 'toggle-tutorial' }, NOW), { steps, place });
}

/** On the demo cluster, with so many of the objects there; without a route where the last of them is missing. */
export function onDemo(count: number, weights: readonly number[] = [50, 50]): AppState {
  const isRouted = count >= installed.objects.length;
  const state = isRouted ? stateOf('healthy', weights) : withoutRoute(stateOf('healthy', weights));
  const connection = { ...state.connection, isDemo: true, contextName: '', context: 'weighbridge-demo' };
  return withPanel({ ...state, connection }, clusterWith(count));
}

function withoutRoute(state: AppState): AppState {
  const virtualServices = { ...state.cluster.virtualServices, items: [] };
  const nothing = stateOf('nothing', []);
  return {
    ...state,
    cluster: { ...state.cluster, virtualServices },
    target: {
      kind: 'none',
      reason: 'There is no VirtualService in namespace default.',
      nextStep: 'Press t.',
    },
    weights: nothing.weights,
  };
}

/** Presses keys by what they ask for. */
export function press(state: AppState, ...intents: readonly Intent[]): AppState {
  return intents.reduce((before, intent) => applyIntent(before, intent, NOW), state);
}
