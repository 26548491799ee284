import { isControlPlane, istioVersion, ownerName, releaseWords } from '../kube/istio-findings.ts';
import type { Node } from '../kube/node.ts';
import type { Pod } from '../kube/pod.ts';
import { ageText } from './ages.ts';
import type { ClusterState } from './state.ts';
import type { Subject } from './ui-state.ts';

type Status = 'well' | 'warning' | 'failing' | 'waiting';

export type HealthRow = {
  /** What it is, in full: `node minikube`, `pod istio-system/istiod-57c6ff7479-pw2pr`. */
  readonly key: string;
  /** What can be opened of it; absent for what is not there. */
  readonly subject: Subject | undefined;
  readonly status: Status;
  readonly name: string;
  /** Istio's release, where it tells something; the first to go where there is no room. */
  readonly release: string;
  readonly ready: string;
  readonly words: string;
  readonly age: string;
  /** Drawn on a line of its own below the row; empty when there is nothing to explain. */
  readonly why: string;
};

/** Rows of the Health pane: what is not well first, then nodes, istiod, gateways and the rest by name. */
export function healthRows(
  cluster: Pick<ClusterState, 'nodes' | 'istioPods'>,
  now: number,
): readonly HealthRow[] {
  const nodes = cluster.nodes.items.map(node => nodeRow(node));
  const release = releaseWords(cluster.istioPods.items.filter(isControlPlane));
  const pods = cluster.istioPods.items.toSorted(byImportance).map(pod => podRow(pod, release, now));
  const rows = [...nodes, ...missingControlPlane(cluster.istioPods), ...pods];
  const rank = ({ status }: HealthRow) => ['failing', 'warning', 'waiting', 'well'].indexOf(status);
  return rows.toSorted((left, right) => rank(left) - rank(right));
}

/** A row for an istiod that is not there beside other pods of Istio's: a row that is only gone is not noticed. */
function missingControlPlane({ items, freshness }: ClusterState['istioPods']): readonly HealthRow[] {
  const isMissing = freshness.kind !== 'loading' && items.length > 0 && !items.some(isControlPlane);
  if (!isMissing) return [];
  return [
    {
      key: 'istiod',
      subject: undefined,
      status: 'warning',
      name: 'istiod',
      release: '',
      ready: '',
      words: 'none runs here',
      age: '',
      why: '',
    },
  ];
}

function nodeRow(node: Node): HealthRow {
  return {
    key: `node ${node.name}`,
    subject: { kind: 'node', name: node.name },
    status: nodeStatus(node),
    name: `node ${node.name}`,
    release: '',
    ready: '',
    words: node.status,
    age: node.kubeletVersion.replace(/^(v\d+\.\d+).*/, '$1'),
    why: node.why,
  };
}

function nodeStatus(node: Node): Status {
  if (!node.isReady) return 'failing';
  return node.status === 'Ready' && node.why === '' ? 'well' : 'warning';
}

function podRow(pod: Pod, release: string, now: number): HealthRow {
  return {
    key: `pod ${pod.namespace}/${pod.name}`,
    subject: { kind: 'pod', namespace: pod.namespace, name: pod.name },
    status: podStatus(pod),
    name: shortName(pod),
    release: toldRelease(pod, release),
    ready: `${pod.readyContainers}/${pod.containers}`,
    words: pod.status,
    age: pod.createdAtMs === undefined ? '' : ageText(now - pod.createdAtMs),
    why: pod.isReady || pod.isFinished ? '' : beyondWords(pod),
  };
}

const STARTING = new Set(['Pending', 'ContainerCreating', 'PodInitializing', 'Terminating']);

function podStatus(pod: Pod): Status {
  if (pod.isReady || pod.status === 'Completed') return 'well';
  if (STARTING.has(pod.status) || pod.status.startsWith('Init:')) return 'waiting';
  return pod.status === 'Running' ? 'warning' : 'failing';
}

/** Why, without the word that stands in the row already. */
function beyondWords({ status, why }: Pod): string {
  return why.startsWith(`${status}, `) ? why.slice(status.length + 2) : why;
}

/** The release of istiod, and of any other pod where it is another one; empty otherwise. */
function toldRelease(pod: Pod, release: string): string {
  const own = istioVersion(pod);
  return isControlPlane(pod) || own !== release ? own : '';
}

/** The pod's name without what its ReplicaSet added, where a label says what that is, and without the `istio-` that all share. */
function shortName(pod: Pod): string {
  return ownerName(pod).replace(/^istio-/, '');
}

/** istiod first, then ingress gateways. */
function byImportance(left: Pod, right: Pod): number {
  return importance(left) - importance(right) || left.name.localeCompare(right.name);
}

function importance({ labels }: Pod): number {
  if (labels.app === 'istiod') return 0;
  return labels.istio?.includes('ingress') ? 1 : 2;
}
