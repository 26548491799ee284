import type { ClusterApi } from '../kube/cluster-api.ts';
import type { Version } from '../kube/versions.ts';
import { readThrough } from '../traffic/read-version.ts';
import type { Answer } from '../traffic/sample.ts';
import { type FoundTarget, requestHeaders } from './sample-target.ts';
import { versions } from './selectors.ts';
import type { AppState } from './state.ts';

const READS_PER_VERSION = 3;
const READ_DEADLINE_MS = 3_000;

/** What a version answered when it was asked directly; `problem` says why it could not be read to the end. */
export type VersionRead = {
  readonly label: string;
  readonly answers: readonly Answer[];
  readonly problem: string;
};

/** Reads a few answers of each version through a port-forward to one of its ready pods, as the samples ask for them. */
export function readVersions(
  api: ClusterApi,
  state: AppState,
  target: FoundTarget,
  signal: AbortSignal,
): Promise<readonly VersionRead[]> {
  return Promise.all(versions(state).map(version => readVersion(api, version, target, signal)));
}

async function readVersion(
  api: ClusterApi,
  { label, namespace, podPort, readyPodNames }: Version,
  { request, appPath }: FoundTarget,
  signal: AbortSignal,
): Promise<VersionRead> {
  const [pod] = readyPodNames;
  if (pod === undefined || podPort === undefined) return { label, answers: [], problem: '' };
  const asked = { method: request.method, path: appPath, headers: requestHeaders(request) };
  const connect = () => api.portForward(namespace, pod, podPort, signal);
  const answers: Answer[] = [];
  while (answers.length < READS_PER_VERSION && !signal.aborted) {
    const answer = await readThrough(connect, asked, READ_DEADLINE_MS, signal);
    if ('failed' in answer) return { label, answers, problem: `${label}: ${answer.failed}` };
    answers.push(answer);
  }
  return { label, answers, problem: '' };
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

/** Names of the pods that can be read, as text to compare: other pods may answer otherwise. */
export function readyPods(state: AppState): string {
  return versions(state)
    .map(({ label, readyPodNames }) => `${label}:${readyPodNames.join()}`)
    .join(';');
}
