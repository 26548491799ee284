import { boundGateways } from '../kube/bound-gateways.ts';
import { gatewayWays } from '../kube/gateway-ways.ts';
import { clusterPlace } from '../kube/local-cluster.ts';
import type { KubeObject } from '../kube/metadata.ts';
import { readGateway } from '../kube/traffic-objects.ts';
import { readVirtualService } from '../kube/virtual-service.ts';
import { productName } from '../version.ts';
import { CLEAN_UP_TEXT, judgeCleanUp, madeHere } from './clean-up.ts';
import type { AnsweringCluster, Facts, TutorialPlace } from './facts.ts';
import { ISTIO_TEXT, installIstio, judgeIstio, offerNodePort, removeIstio } from './istio.ts';
import { clusterFlags, kubectlIn } from './kubectl.ts';
import { type Manifests, objectWords, type TutorialObject, VERSIONS } from './manifests.ts';
import {
  CLUSTER_TEXT,
  deleteCluster,
  judgeCluster,
  offerDeleteCluster,
  offerNewCluster,
  startCluster,
} from './minikube.ts';
import { judgeRouting, ROUTING_TEXT, routingToApply } from './routing.ts';
import { judgeShift, SHIFT_KEYS, SHIFT_TEXT } from './shift.ts';
import {
  type Action,
  isPassed,
  type Judgement,
  type Offer,
  type Step,
  type StepId,
  type StepText,
} from './step.ts';
import { installTools, judgeTools, TOOLS_TEXT } from './tools.ts';
import { judgeVersions, VERSIONS_TEXT, versionsToApply } from './versions.ts';

/** The tutorial as it stands: every step, and the one that comes next. */
export type Tutorial = {
  readonly steps: readonly Step[];
  readonly next: StepId;
};

type Definition = {
  readonly text: StepText;
  readonly judge: (facts: Facts) => Judgement;
  readonly runs: (facts: Facts) => readonly Action[];
  readonly offers?: (facts: Facts) => readonly Offer[];
  readonly undo: (facts: Facts) => readonly Action[];
};

const NOTHING = () => [];

const DEFINITIONS: readonly Definition[] = [
  { text: TOOLS_TEXT, judge: judgeTools, runs: installTools, undo: NOTHING },
  {
    text: CLUSTER_TEXT,
    judge: judgeCluster,
    runs: startCluster,
    offers: offerNewCluster,
    undo: deleteCluster,
  },
  {
    text: ISTIO_TEXT,
    judge: judgeIstio,
    runs: installIstio,
    offers: offerNodePort,
    undo: removeIstio,
  },
  {
    text: VERSIONS_TEXT,
    judge: judgeVersions,
    runs: runsOfVersions,
    undo: facts => deletions(facts, VERSION_KINDS),
  },
  {
    text: ROUTING_TEXT,
    judge: judgeRouting,
    runs: runsOfRouting,
    undo: facts => deletions(facts, ROUTE_KINDS),
  },
  { text: SHIFT_TEXT, judge: judgeShift, runs: runsOfShift, undo: NOTHING },
  {
    text: CLEAN_UP_TEXT,
    judge: judgeCleanUp,
    runs: facts => deletions(facts, undefined),
    offers: offerDeleteCluster,
    undo: NOTHING,
  },
];

const VERSION_KINDS = new Set(['ConfigMap', 'Deployment', 'Service']);
const ROUTE_KINDS = new Set(['DestinationRule', 'Gateway', 'VirtualService']);

/**
 * Judges every step by what there is, and names the one that comes next: the first that is not done, and the person's own
 * step where everything before it is. Pure: the same facts give the same tutorial, however it came to them.
 */
export function tutorialOf(facts: Facts): Tutorial {
  const steps = DEFINITIONS.map(({ text, judge, runs, offers = NOTHING, undo }, index) => ({
    ...text,
    ...judge(facts),
    number: index + 1,
    runs: runs(facts),
    offers: offers(facts),
    undo: undo(facts),
  }));
  const next = steps.find(step => step.id === 'shift' || !isPassed(step));
  return { steps, next: next?.id ?? 'shift' };
}

/** An object that is applied; kubectl does the same with the command. */
export function applyAction(object: TutorialObject, place: TutorialPlace): Action {
  const how = ['apply', '--server-side', `--field-manager=${productName}`];
  const command = kubectlIn(place, ...how, '-f', object.file);
  return { kind: 'apply', words: `apply ${objectWords(object)}`, command, object };
}

/**
 * What a step will run once those before it are done, as far as that can be told: where it cannot be judged yet, what it runs where
 * nothing of it is there.
 */
export function laterRuns(
  { id, progress, runs }: Step,
  { objects }: Manifests,
  place: TutorialPlace,
): readonly Action[] {
  if (progress.kind !== 'unknown') return runs;
  const apply = (kinds: ReadonlySet<string>) =>
    objects.filter(({ kind }) => kinds.has(kind)).map(object => applyAction(object, place));
  if (id === 'versions') return apply(VERSION_KINDS);
  return id === 'routing' ? apply(ROUTE_KINDS) : runs;
}

function runsOfVersions(facts: Facts): readonly Action[] {
  const { cluster } = facts;
  if (cluster.kind === 'none') return [];
  const applied = versionsToApply(facts);
  const { kind } = judgeVersions(facts).progress;
  const waits: readonly Action[] =
    kind === 'to-do' ? VERSIONS.map(name => rolloutAction(`myapp-${name}`, cluster)) : [];
  const looks =
    kind === 'to-do' || kind === 'done' ? VERSIONS.map((name, at) => lookAction(name, at, cluster)) : [];
  return [...applied.map(object => applyAction(object, cluster.place)), ...waits, ...looks];
}

function rolloutAction(deployment: string, cluster: AnsweringCluster): Action {
  const command = kubectlIn(cluster.place, 'rollout', 'status', `deployment/${deployment}`);
  return { kind: 'wait', words: `wait until ${deployment} is rolled out`, command };
}

/** The local port at which the tutorial looks at the first version; the others follow. */
const FIRST_LOCAL_PORT = 8080;

function lookAction(version: string, index: number, cluster: AnsweringCluster): Action {
  const port = FIRST_LOCAL_PORT + index;
  const command = kubectlIn(cluster.place, 'port-forward', `deployment/myapp-${version}`, `${port}:80`);
  return { kind: 'look', words: `look at ${version} on http://localhost:${port}`, command };
}

function runsOfRouting(facts: Facts): readonly Action[] {
  const { cluster } = facts;
  if (cluster.kind === 'none') return [];
  const { first, last } = routingToApply(facts);
  const wait: Action = {
    kind: 'wait',
    words: 'wait until the gateway has heard of it, a second',
    command: ['sleep', '1'],
  };
  return [
    ...first.map(object => applyAction(object, cluster.place)),
    ...(first.length > 0 && last.length > 0 ? [wait] : []),
    ...last.map(object => applyAction(object, cluster.place)),
    ...askGateway(facts, cluster),
  ];
}

/** The line that asks the gateway as anybody would, where its address can be told without trying. */
function askGateway({ manifests }: Facts, cluster: AnsweringCluster): readonly Action[] {
  const { place, nodes, istioPods, istioServices } = cluster;
  const inPlace = ({ object, kind }: TutorialObject): KubeObject =>
    cluster.objects.find(one => one.kind === kind && one.metadata.name === object.metadata.name) ?? {
      ...object,
      metadata: { ...object.metadata, namespace: place.namespace },
    };
  const own = manifests.objects.map(one => ({ kind: one.kind, object: inPlace(one) }));
  const route = own.find(({ kind }) => kind === 'VirtualService');
  if (!route) return [];
  const virtualService = readVirtualService(route.object);
  const [bound] = boundGateways(virtualService);
  const gateways = own.filter(({ kind }) => kind === 'Gateway').map(({ object }) => readGateway(object));
  if (!bound) return [];
  const ways = gatewayWays(virtualService, {
    gateways,
    pods: istioPods ?? [],
    services: istioServices,
    servicesProblem: '',
    nodes,
    place: clusterPlace(place.context, nodes),
    publishedPorts: new Map(),
  });
  if (ways.kind !== 'ways') return [];
  const reach = ways.ways
    .map(way => ('reach' in way ? way.reach : undefined))
    .find(one => one?.kind === 'url');
  if (reach?.kind !== 'url') return [];
  const command = ['curl', '-s', `${reach.url}/`];
  return [{ kind: 'look', words: 'ask the gateway, again and again: blue and green take turns', command }];
}

function runsOfShift(facts: Facts): readonly Action[] {
  const { cluster } = facts;
  if (cluster.kind === 'none') return [];
  const { place } = cluster;
  const command = place.isDemo
    ? ['weighbridge', 'demo']
    : ['weighbridge', ...clusterFlags(place), '-n', place.namespace];
  const keys = SHIFT_KEYS.map(({ shown, words }): Action => ({ kind: 'keys', words, keys: shown }));
  return [{ kind: 'look', words: 'open the screen', command }, ...keys];
}

function deletions(facts: Facts, kinds: ReadonlySet<string> | undefined): readonly Action[] {
  const { cluster } = facts;
  if (cluster.kind === 'none') return [];
  return madeHere(facts)
    .filter(({ wanted }) => kinds?.has(wanted.kind) ?? true)
    .map(({ wanted }) => {
      const { kind, name } = wanted;
      const command = kubectlIn(cluster.place, 'delete', kind.toLowerCase(), name);
      return { kind: 'delete', words: `delete ${objectWords(wanted)}`, command, object: wanted };
    });
}
