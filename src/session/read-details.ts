import type { ClusterApi, Collection } from '../kube/cluster-api.ts';
import type { ClusterErrorKind, Outcome } from '../kube/cluster-error.ts';
import { describeDeployment } from '../kube/describe-deployment.ts';
import { eventsSection } from '../kube/describe-events.ts';
import { describeNode } from '../kube/describe-node.ts';
import { containersSection, describePod, tellingContainer } from '../kube/describe-pod.ts';
import { type DescribedRow, type DescribedSection, fact, unreadSection } from '../kube/described.ts';
import type { KubeObject } from '../kube/metadata.ts';
import type { Pod } from '../kube/pod.ts';
import type { Version } from '../kube/versions.ts';
import { plainText } from '../plain-text.ts';
import { versions } from './selectors.ts';
import type { AppState } from './state.ts';
import type { Subject } from './ui-state.ts';

/** Failures about one object; all others are about the way to the API server. */
const OF_ONE_OBJECT: ReadonlySet<ClusterErrorKind> = new Set(['forbidden', 'not-found', 'gone', 'invalid']);

type Sections = readonly DescribedSection[];

/**
 * Reads all that is shown of a subject: the object, what happened to it, and the end of the log that tells most. What may not be
 * read is said in its section; a failure is only what keeps everything from being read.
 */
export function readDetails(
  api: ClusterApi,
  state: AppState,
  subject: Subject,
  signal: AbortSignal,
): Promise<Outcome<Sections>> {
  switch (subject.kind) {
    case 'node':
      return readNodeDetails(api, subject.name, signal);
    case 'pod':
      return readPod(api, subject.namespace, subject.name, describePod, signal);
    case 'version':
      return readVersionDetails(api, state, subject.label, signal);
  }
}

async function readNodeDetails(
  api: ClusterApi,
  name: string,
  signal: AbortSignal,
): Promise<Outcome<Sections>> {
  const [node, events] = await Promise.all([
    api.get(core('nodes'), name, signal),
    // Events of what has no namespace are kept in this one.
    readEvents(api, 'default', 'Node', name, signal),
  ]);
  return withObject(node, object => [...describeNode(object), events]);
}

/** A pod with what `describe` tells of the object, its events and the end of its log. */
async function readPod(
  api: ClusterApi,
  namespace: string,
  name: string,
  describe: (pod: KubeObject) => Sections,
  signal: AbortSignal,
): Promise<Outcome<Sections>> {
  const [pod, events] = await Promise.all([
    api.get(core('pods', namespace), name, signal),
    readEvents(api, namespace, 'Pod', name, signal),
  ]);
  const log = pod.ok ? await readLog(api, pod.value, signal) : [];
  return withObject(pod, object => [...describe(object), events, ...log]);
}

async function readVersionDetails(
  api: ClusterApi,
  state: AppState,
  label: string,
  signal: AbortSignal,
): Promise<Outcome<Sections>> {
  const version = versions(state).find(candidate => candidate.label === label);
  if (!version) return { ok: true, value: [goneSection(label)] };
  const [deployment, pod] = await Promise.all([
    readDeploymentOf(api, version, signal),
    readFirstPod(api, version, signal),
  ]);
  if (!deployment.ok) return deployment;
  if (!pod.ok) return pod;
  const pods = podsSection(state.cluster.pods.items, version);
  // What does not work stands first: the pods, and why their containers do not run.
  const [facts, ofDeployment] = parted(deployment.value);
  const [containers, ofPod] = parted(pod.value);
  return { ok: true, value: [...facts, pods, ...containers, ...ofDeployment, ...ofPod] };
}

/** The first section, and the others. */
function parted(sections: Sections): readonly [Sections, Sections] {
  return [sections.slice(0, 1), sections.slice(1)];
}

function goneSection(label: string): DescribedSection {
  return { heading: '', rows: [], empty: `The route leads to no version ${plainText(label, 63)} any more.` };
}

async function readDeploymentOf(
  api: ClusterApi,
  { namespace, deployment, words }: Version,
  signal: AbortSignal,
): Promise<Outcome<Sections>> {
  if (deployment === undefined) {
    const rows = [fact('Deployment', words === '' ? 'none' : words, { status: 'warning' })];
    return { ok: true, value: [{ heading: '', rows, empty: '' }] };
  }
  const deployments = { group: 'apps', version: 'v1', plural: 'deployments', namespace };
  const [object, events] = await Promise.all([
    api.get(deployments, deployment, signal),
    readEvents(api, namespace, 'Deployment', deployment, signal),
  ]);
  return withObject(object, found => [...describeDeployment(found), events]);
}

/** The pod that tells most: the first that is not ready. Of its sections those that its version does not have itself. */
async function readFirstPod(
  api: ClusterApi,
  { namespace, podNames }: Version,
  signal: AbortSignal,
): Promise<Outcome<Sections>> {
  const [name] = podNames;
  if (name === undefined) return { ok: true, value: [] };
  const heading = `Containers of ${plainText(name, 253)}`;
  const describe = (pod: KubeObject) => [{ ...containersSection(pod), heading }];
  return readPod(api, namespace, name, describe, signal);
}

/** Of more pods than this the first are shown, those that are not ready before the others. */
const MOST_PODS = 20;

export function podsSection(
  pods: readonly Pod[],
  { namespace, podNames }: Pick<Version, 'namespace' | 'podNames'>,
): DescribedSection {
  const shown = podNames.slice(0, MOST_PODS);
  const named = new Map(
    pods
      .filter(pod => pod.namespace === namespace && shown.includes(pod.name))
      .map(pod => [pod.name, pod] as const),
  );
  const rows = shown.flatMap(name => named.get(name) ?? []).map(podRow);
  const hidden = podNames.length - shown.length;
  return { heading: hidden > 0 ? `Pods, ${hidden} more` : 'Pods', rows, empty: 'none' };
}

function podRow(pod: Pod): DescribedRow {
  const restarts = pod.restarts === 0 ? '' : `, restarts ${pod.restarts}`;
  const why = pod.isReady || pod.why.startsWith(pod.status) || pod.why === '' ? '' : `: ${pod.why}`;
  return fact(pod.name, `${pod.readyContainers}/${pod.containers} ${pod.status}${restarts}${why}`, {
    status: pod.isReady ? 'well' : 'failing',
    ...(pod.createdAtMs === undefined ? {} : { sinceMs: pod.createdAtMs }),
  });
}

async function readEvents(
  api: ClusterApi,
  namespace: string,
  kind: string,
  name: string,
  signal: AbortSignal,
): Promise<DescribedSection> {
  const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
  const events = await api.list({ ...core('events', namespace), fieldSelector }, signal);
  return events.ok
    ? eventsSection(events.value.items, kind, name)
    : unreadSection(`Events of ${kind} ${plainText(name, 253)}`, events.error);
}

/** Lines of a log that are longer are cut: they are drawn, not searched. */
const MOST_CHARACTERS = 400;

async function readLog(api: ClusterApi, pod: KubeObject, signal: AbortSignal): Promise<Sections> {
  const container = tellingContainer(pod);
  if (container === undefined) return [];
  const { namespace, name } = pod.metadata;
  const run = { container, previous: false };
  const log = await api.podLog(String(namespace), String(name), run, signal);
  const heading = `End of the log of ${plainText(container, 63)}`;
  if (!log.ok) return [unreadSection(heading, log.error)];
  const lines = log.value.split(/\r?\n/).map(line => plainText(line, MOST_CHARACTERS));
  const rows = lines.filter(text => text !== '').map(text => ({ kind: 'log', text }) as const);
  return [{ heading, rows, empty: 'it wrote nothing' }];
}

function withObject(
  object: Outcome<KubeObject>,
  describe: (object: KubeObject) => Sections,
): Outcome<Sections> {
  if (object.ok) return { ok: true, value: describe(object.value) };
  if (!OF_ONE_OBJECT.has(object.error.kind)) return object;
  return { ok: true, value: [unreadSection('', object.error)] };
}

function core(plural: string, namespace?: string): Collection {
  return { group: '', version: 'v1', plural, ...(namespace === undefined ? {} : { namespace }) };
}
