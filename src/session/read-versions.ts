import type { ClusterApi } from '../kube/cluster-api.ts';
import type { Version } from '../kube/versions.ts';
import { readThrough } from '../traffic/read-version.ts';
import type { Answer } from '../traffic/sample.ts';
import { portForwardRefusal } from './access.ts';
import { type FoundTarget, requestHeaders } from './sample-target.ts';
import { versions } from './selectors.ts';
import type { AppState } from './state.ts';

const READS_PER_VERSION = 3;
/** A rollout has two; bare pods are each of their own. */
const MAX_TEMPLATES = 3;
const READ_DEADLINE_MS = 3_000;

/** What a version answered when it was asked directly; `problem` says why it could not be read to the end. */
export type VersionRead = {
  readonly label: string;
  /** Which template its pod was made from, so that old and new pods are told apart while they roll. */
  readonly template: string;
  readonly answers: readonly Answer[];
  readonly problem: string;
};

/**
 * Reads a few answers of each version through port-forwards, as the samples ask for them: of one ready pod of each template
 * that the version's pods were made from. Empty for a version without a ready pod.
 */
export async function readVersions(
  api: ClusterApi,
  state: AppState,
  target: FoundTarget,
  signal: AbortSignal,
): Promise<readonly VersionRead[]> {
  const refused = portForwardRefusal(state);
  if (refused !== undefined) return versions(state).flatMap(version => notRead(version, refused));
  const reads = versions(state).flatMap(version =>
    podsByTemplate(state, version).map(pod => readPod(api, { ...pod, version }, target, signal)),
  );
  return Promise.all(reads);
}

/** Without the right there is no need to try. */
function notRead({ label, readyPodNames }: Version, why: string): readonly VersionRead[] {
  return readyPodNames.length === 0
    ? []
    : [{ label, template: '', answers: [], problem: `${label}: ${why}` }];
}

/** One ready pod of each template, a few at most. */
function podsByTemplate({ cluster }: AppState, { namespace, readyPodNames }: Version) {
  const pods = new Map<string, string>();
  for (const name of readyPodNames) {
    const labels =
      cluster.pods.items.find(pod => pod.name === name && pod.namespace === namespace)?.labels ?? {};
    const template = labels['pod-template-hash'] ?? labels['controller-revision-hash'] ?? name;
    if (!pods.has(template)) pods.set(template, name);
  }
  return [...pods].slice(-MAX_TEMPLATES).map(([template, pod]) => ({ template, pod }));
}

type PodToRead = {
  readonly version: Version;
  readonly template: string;
  readonly pod: string;
};

async function readPod(
  api: ClusterApi,
  { version: { label, namespace, podPort }, template, pod }: PodToRead,
  { request, appPath }: FoundTarget,
  signal: AbortSignal,
): Promise<VersionRead> {
  if (podPort === undefined) return { label, template, answers: [], problem: '' };
  const asked = { method: request.method, path: appPath, headers: requestHeaders(request) };
  const connect = () => api.portForward(namespace, pod, podPort, signal);
  const answers: Answer[] = [];
  while (answers.length < READS_PER_VERSION && !signal.aborted) {
    const answer = await readThrough(connect, asked, READ_DEADLINE_MS, signal);
    if ('failed' in answer) return { label, template, answers, problem: `${label}: ${answer.failed}` };
    answers.push(answer);
  }
  return { label, template, answers, problem: '' };
}

/** Whether something of the versions is still being read, or a pod of them is on its way. */
export function areStarting(state: AppState): boolean {
  const { pods, deployments, services, destinationRules } = state.cluster;
  const isLoading = [pods, deployments, services, destinationRules].some(
    ({ freshness }) => freshness.kind === 'loading',
  );
  return (
    isLoading || versions(state).some(({ health, readyPods }) => health === 'progressing' && readyPods === 0)
  );
}

/** Names of the pods that can be read, and whether they may be, as text to compare: other pods may answer otherwise. */
export function readyPods(state: AppState): string {
  const pods = versions(state).map(({ label, readyPodNames }) => `${label}:${readyPodNames.join()}`);
  return [portForwardRefusal(state) ?? '', ...pods].join(';');
}
