import type { Collection } from '../kube/cluster-api.ts';
import { isControlPlane, releaseWords } from '../kube/istio-findings.ts';
import { matchesSelector } from '../kube/metadata.ts';
import type { PatchOperation } from '../kube/patch.ts';
import type { Pod } from '../kube/pod.ts';
import type { Service } from '../kube/service.ts';
import { readGateway } from '../kube/traffic-objects.ts';
import type { AnsweringCluster, Facts } from './facts.ts';
import { imageTrouble, pullCause } from './image-trouble.ts';
import { clusterFlags, kubectl } from './kubectl.ts';
import { findObject } from './manifests.ts';
import { judgeCluster } from './minikube.ts';
import {
  type Action,
  commandLine,
  isPassed,
  type Judgement,
  type Offer,
  type StepText,
  type Trouble,
} from './step.ts';

const PENDING_FIX = 'Give the cluster more: minikube delete, then minikube start --memory=8192 --cpus=4.';
const PULL_FIX =
  'See that the node reaches docker.io; behind a proxy, minikube start needs HTTPS_PROXY and NO_PROXY too.';

export const ISTIO_TEXT: StepText = {
  id: 'istio',
  title: 'Istio',
  why: [
    'Istio decides, request by request, which version answers: istiod knows the rules, and the ingress gateway, an Envoy, obeys them.',
    'The demo profile brings both. The gateway becomes a NodePort, because no load balancer answers on a small cluster.',
  ],
  seenBy: 'The cluster serves networking.istio.io, and istiod and a pod of the ingress gateway are ready.',
  mayGoWrong: [
    {
      id: 'istiod-pending',
      sentence: 'istiod stays Pending: the node has too little memory or CPU for it.',
      fix: PENDING_FIX,
    },
    {
      id: 'istio-image-cannot-be-pulled',
      sentence: "ImagePullBackOff: Istio's images cannot be pulled.",
      fix: PULL_FIX,
    },
    {
      id: 'load-balancer-pending',
      sentence: 'The gateway is a LoadBalancer whose address stays pending.',
      fix: 'Make it a NodePort, or run minikube tunnel.',
    },
    {
      id: 'node-port-unreachable',
      sentence: 'The NodePort is not reached: the docker driver on macOS and Windows keeps it inside.',
      fix: 'weighbridge finds another way by itself (g shows which); by hand: minikube service istio-ingressgateway -n istio-system --url.',
    },
  ],
};

/** Judges whether Istio is there and well enough to obey a route. */
export function judgeIstio(facts: Facts): Judgement {
  const { cluster } = facts;
  if (cluster.kind === 'none' || !isPassed(judgeCluster(facts))) {
    return {
      progress: { kind: 'unknown', reason: 'there is no cluster to look into' },
      troubles: [],
      notes: [],
    };
  }
  if (cluster.istioVersion === undefined) {
    const missing = ['the cluster does not serve networking.istio.io: Istio is not installed'];
    return { progress: { kind: 'to-do', missing, evidence: [] }, troubles: [], notes: [] };
  }
  if (!cluster.istioPods) {
    const evidence = ['the cluster serves networking.istio.io'];
    return { progress: { kind: 'done', evidence }, troubles: [], notes: cluster.unread };
  }
  const istiods = istiodPods(cluster);
  const gateways = gatewayPods(facts, cluster);
  const parts = [part('istiod', istiods), part('the ingress gateway', gateways)];
  const missing = parts.flatMap(one => (one.isReady ? [] : [one.words]));
  const evidence = parts.flatMap(one => (one.isReady ? [one.words] : []));
  const notes = [...releaseNotes(facts, istiods), ...gatewayNotes(cluster, gateways)];
  if (missing.length === 0) return { progress: { kind: 'done', evidence }, troubles: [], notes };
  const ofPods = [...istiods, ...gateways].flatMap(pod => podTrouble(pod, cluster));
  const troubles = [...ofPods, ...gatewayTroubles(facts, cluster)];
  return { progress: { kind: 'to-do', missing, evidence }, troubles, notes };
}

function istiodPods({ istioPods = [] }: AnsweringCluster): readonly Pod[] {
  return istioPods.filter(pod => isControlPlane(pod) && !pod.isFinished);
}

/** An Istio that is there is taken as it is, whatever istioctl there is beside it. */
function releaseNotes({ machine }: Facts, istiods: readonly Pod[]): readonly string[] {
  const istioctl = machine?.tools.istioctl;
  const release = releaseWords(istiods);
  if (istioctl?.kind !== 'found' || release === '' || release === istioctl.version) return [];
  return [`The cluster has Istio ${release}, and istioctl is ${istioctl.version}: Istio is taken as it is.`];
}

/**
 * Istio without its ingress gateway: installed by a profile that has none, or broken off. An istioctl of the very same release can
 * only add to it; any other would replace what somebody installed, and is left to them.
 */
function lacksGateway(facts: Facts, cluster: AnsweringCluster): boolean {
  return istiodPods(cluster).length > 0 && gatewayPods(facts, cluster).length === 0;
}

function isOfIstioctl({ machine }: Facts, cluster: AnsweringCluster): boolean {
  const istioctl = machine?.tools.istioctl;
  return istioctl?.kind === 'found' && istioctl.version === releaseWords(istiodPods(cluster));
}

function gatewayTroubles(facts: Facts, cluster: AnsweringCluster): readonly Trouble[] {
  if (!lacksGateway(facts, cluster) || isOfIstioctl(facts, cluster)) return [];
  const release = releaseWords(istiodPods(cluster));
  const { istioNamespace } = cluster.place;
  const selector = Object.entries(gatewaySelector(facts)).map(([name, value]) => `${name}=${value}`);
  return [
    {
      id: 'no-ingress-gateway',
      sentence: `Istio ${release} is there without an ingress gateway: no pod of namespace ${istioNamespace} is labelled ${selector.join()}.`,
      fix: `The profiles demo and default have one. With istioctl ${release}: ${commandLine(installCommand(clusterFlags(cluster.place)))}`,
    },
  ];
}

function part(name: string, pods: readonly Pod[]): { readonly isReady: boolean; readonly words: string } {
  if (pods.some(({ isReady }) => isReady)) {
    return { isReady: true, words: `${name} ${releaseWords(pods)} is ready`.replace(/ {2}/, ' ') };
  }
  const [pod] = pods;
  return {
    isReady: false,
    words: pod ? `${name} is not ready (${pod.status})` : `there is no pod of ${name}`,
  };
}

/** The pods that the tutorial's Gateway will select. */
function gatewayPods(facts: Facts, { istioPods }: AnsweringCluster): readonly Pod[] {
  const selector = gatewaySelector(facts);
  return (istioPods ?? []).filter(pod => matchesSelector(selector, pod.labels) && !pod.isFinished);
}

function gatewaySelector({ manifests }: Facts): Readonly<Record<string, string>> {
  const gateway = findObject(manifests.objects, 'Gateway');
  return gateway ? readGateway(gateway.object).selector : {};
}

function podTrouble(pod: Pod, { place }: AnsweringCluster): readonly Trouble[] {
  if (pod.isReady || pod.why === '') return [];
  if (imageTrouble(pod, '') === 'cannot-pull') return [pullTrouble(pod)];
  const why = pod.why.replace(/\.$/, '');
  const words = why.startsWith(pod.status) ? why : `${pod.status}: ${why}`;
  const describe = commandLine(kubectl(place, '-n', pod.namespace, 'describe', 'pod', pod.name));
  return [{ sentence: `Pod ${pod.name} is ${words}.`, ...podFix(pod.status, `${describe} tells more.`) }];
}

/** Told the same while the kubelet tries and while it waits. */
function pullTrouble({ name, images, why }: Pod): Trouble {
  const cause = pullCause(why);
  return {
    id: 'istio-image-cannot-be-pulled',
    sentence: `The image of pod ${name} cannot be pulled: ${images.join(', ')}${cause === '' ? '' : ` (${cause})`}.`,
    fix: PULL_FIX,
  };
}

function podFix(status: string, otherwise: string): Pick<Trouble, 'id' | 'fix'> {
  if (status === 'Pending') {
    return {
      id: 'istiod-pending',
      fix: PENDING_FIX,
    };
  }
  return { id: 'istio-pod-not-ready', fix: otherwise };
}

const NODE_PORT_PATCH = '{"spec":{"type":"NodePort"}}';

/** A gateway without an address does no harm: a port-forward reaches it. But nobody else does. */
function gatewayNotes(cluster: AnsweringCluster, pods: readonly Pod[]): readonly string[] {
  const service = pendingService(cluster, pods);
  if (!service) return [];
  return [
    `Service ${service.name} is a LoadBalancer whose address is pending. ${commandLine(nodePortCommand(cluster, service))} makes it a NodePort; minikube tunnel gives it an address.`,
  ];
}

function nodePortCommand({ place }: AnsweringCluster, { name, namespace }: Service): readonly string[] {
  return kubectl(place, '-n', namespace, 'patch', 'service', name, '-p', NODE_PORT_PATCH);
}

/** The change of a gateway whose address is pending, which the tutorial of 2018 made in its YAML. */
export function offerNodePort(facts: Facts): readonly Offer[] {
  const pending = pendingGateway(facts);
  if (!pending) return [];
  const { cluster, service } = pending;
  const words = `Make Service ${service.name} a NodePort, in the place of a LoadBalancer whose address is pending`;
  const command = nodePortCommand(cluster, service);
  return [{ id: 'node-port', words, runs: [{ kind: 'command', words: 'make it a NodePort', command }] }];
}

/** That change as it is sent: refused where the Service is no LoadBalancer any more. Undefined where none is pending. */
export function nodePortChange(facts: Facts):
  | {
      readonly collection: Collection;
      readonly name: string;
      readonly operations: readonly PatchOperation[];
    }
  | undefined {
  const pending = pendingGateway(facts);
  if (!pending) return undefined;
  const { name, namespace } = pending.service;
  const path = '/spec/type';
  return {
    collection: { group: '', version: 'v1', plural: 'services', namespace },
    name,
    operations: [
      { op: 'test', path, value: 'LoadBalancer' },
      { op: 'add', path, value: 'NodePort' },
    ],
  };
}

function pendingGateway(
  facts: Facts,
): { readonly cluster: AnsweringCluster; readonly service: Service } | undefined {
  const { cluster } = facts;
  if (cluster.kind !== 'answers') return undefined;
  const service = pendingService(cluster, gatewayPods(facts, cluster));
  return service && { cluster, service };
}

function pendingService({ istioServices }: AnsweringCluster, pods: readonly Pod[]): Service | undefined {
  return istioServices.find(
    ({ type, loadBalancerAddresses, selector }) =>
      type === 'LoadBalancer' &&
      loadBalancerAddresses.length === 0 &&
      pods.some(pod => matchesSelector(selector, pod.labels)),
  );
}

/** How Istio is installed, or its installation gone on with; empty where it is there, in whatever release and profile. */
export function installIstio(facts: Facts): readonly Action[] {
  const { cluster, namedContext = '' } = facts;
  if (cluster.kind === 'answers' && hasIstiod(cluster)) {
    const goesOn = lacksGateway(facts, cluster) && isOfIstioctl(facts, cluster);
    if (!goesOn) return [];
  }
  const where =
    cluster.kind === 'answers' ? clusterFlags(cluster.place) : [`--context=${namedContext || 'minikube'}`];
  return [{ kind: 'command', words: 'install Istio', command: installCommand(where) }];
}

function installCommand(where: readonly string[]): readonly string[] {
  return [
    'istioctl',
    'install',
    ...where,
    '--set',
    'profile=demo',
    '--set',
    'values.gateways.istio-ingressgateway.type=NodePort',
    '-y',
  ];
}

function hasIstiod({ istioVersion, istioPods }: AnsweringCluster): boolean {
  return istioVersion !== undefined && (istioPods?.some(isControlPlane) ?? true);
}

/** How an Istio that istioctl installed goes again. */
export function removeIstio({ cluster }: Facts): readonly Action[] {
  if (cluster.kind === 'none' || cluster.place.isDemo || cluster.istioVersion === undefined) return [];
  const command = ['istioctl', 'uninstall', ...clusterFlags(cluster.place), '--purge', '-y'];
  return [{ kind: 'command', words: 'take Istio out of the cluster', command }];
}
