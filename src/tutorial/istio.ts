import { isControlPlane, releaseWords } from '../kube/istio-findings.ts';
import { matchesSelector } from '../kube/metadata.ts';
import type { Pod } from '../kube/pod.ts';
import type { Service } from '../kube/service.ts';
import { readGateway } from '../kube/traffic-objects.ts';
import type { AnsweringCluster, Facts } from './facts.ts';
import { clusterFlags, kubectl } from './kubectl.ts';
import { findObject } from './manifests.ts';
import { judgeCluster } from './minikube.ts';
import { type Action, commandLine, isPassed, type Judgement, type StepText, type Trouble } from './step.ts';

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
      fix: 'Give the cluster more: minikube delete, then minikube start --memory=8192 --cpus=4.',
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
  const istiods = cluster.istioPods.filter(pod => isControlPlane(pod) && !pod.isFinished);
  const gateways = gatewayPods(facts, cluster);
  const parts = [part('istiod', istiods), part('the ingress gateway', gateways)];
  const missing = parts.flatMap(one => (one.isReady ? [] : [one.words]));
  const evidence = parts.flatMap(one => (one.isReady ? [one.words] : []));
  const notes = [...gatewayNotes(cluster, gateways)];
  if (missing.length === 0) return { progress: { kind: 'done', evidence }, troubles: [], notes };
  const troubles = [...istiods, ...gateways].flatMap(pod => podTrouble(pod, cluster));
  return { progress: { kind: 'to-do', missing, evidence }, troubles, notes };
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
function gatewayPods({ manifests }: Facts, { istioPods }: AnsweringCluster): readonly Pod[] {
  const gateway = findObject(manifests.objects, 'Gateway');
  const selector = gateway ? readGateway(gateway.object).selector : {};
  return (istioPods ?? []).filter(pod => matchesSelector(selector, pod.labels) && !pod.isFinished);
}

function podTrouble(pod: Pod, { place }: AnsweringCluster): readonly Trouble[] {
  if (pod.isReady || pod.why === '') return [];
  const isPending = pod.status === 'Pending';
  return [
    {
      id: isPending ? 'istiod-pending' : 'istio-pod-not-ready',
      sentence: `Pod ${pod.name} is ${pod.status}: ${pod.why.replace(/\.$/, '')}.`,
      fix: isPending
        ? 'Give the cluster more: minikube delete, then minikube start --memory=8192 --cpus=4.'
        : `${commandLine(kubectl(place, '-n', pod.namespace, 'describe', 'pod', pod.name))} tells more.`,
    },
  ];
}

const NODE_PORT_PATCH = '{"spec":{"type":"NodePort"}}';

/** A gateway without an address does no harm: a port-forward reaches it. But nobody else does. */
function gatewayNotes(cluster: AnsweringCluster, pods: readonly Pod[]): readonly string[] {
  const service = pendingService(cluster, pods);
  if (!service) return [];
  const { name, namespace } = service;
  const patch = kubectl(cluster.place, '-n', namespace, 'patch', 'service', name, '-p', NODE_PORT_PATCH);
  return [
    `Service ${name} is a LoadBalancer whose address is pending. ${commandLine(patch)} makes it a NodePort; minikube tunnel gives it an address.`,
  ];
}

function pendingService({ istioServices }: AnsweringCluster, pods: readonly Pod[]): Service | undefined {
  return istioServices.find(
    ({ type, loadBalancerAddresses, selector }) =>
      type === 'LoadBalancer' &&
      loadBalancerAddresses.length === 0 &&
      pods.some(pod => matchesSelector(selector, pod.labels)),
  );
}

/** How Istio is installed; empty where it is, in whatever release and profile. */
export function installIstio({ cluster }: Facts): readonly Action[] {
  if (cluster.kind === 'answers' && hasIstiod(cluster)) return [];
  const where = cluster.kind === 'answers' ? clusterFlags(cluster.place) : ['--context=minikube'];
  const command = [
    'istioctl',
    'install',
    ...where,
    '--set',
    'profile=demo',
    '--set',
    'values.gateways.istio-ingressgateway.type=NodePort',
    '-y',
  ];
  return [{ kind: 'command', words: 'install Istio', command }];
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
