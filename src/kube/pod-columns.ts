import { type ContainerStatus, containerStatuses, restartableInitNames } from './container-status.ts';
import { type JsonObject, listIn, numberIn, objectIn, textIn } from './json.ts';
import { type KubeObject, readConditions } from './metadata.ts';

/** The columns READY, STATUS and RESTARTS of `kubectl get pods`. */
export type PodColumns = {
  readonly readyContainers: number;
  readonly containers: number;
  readonly status: string;
  readonly restarts: number;
};

type Progress = Pick<PodColumns, 'readyContainers' | 'status' | 'restarts'>;

/** What kubectl prints of a pod, by the rules of `printPod` (k8s.io/kubernetes pkg/printers/internalversion/printers.go). */
export function podColumns(object: KubeObject): PodColumns {
  const spec = objectIn(object.spec);
  const status = objectIn(object.status);
  const restartable = restartableInitNames(spec);
  const inits = containerStatuses(status.initContainerStatuses);
  const isInitialized = readConditions(status).find(({ type }) => type === 'Initialized')?.isTrue === true;
  const before = beforeContainers(status);
  const init = initializing(inits, restartable, listIn(spec.initContainers).length);
  const readyInits = inits.slice(0, init?.at).filter(({ name, ready, started, terminated }) => {
    return restartable.has(name) && started && ready && !hasSucceeded(terminated);
  }).length;
  const progress: Progress = {
    readyContainers: readyInits,
    status: init?.words ?? before,
    restarts: sumOfRestarts(inits),
  };
  const isStarted = init === undefined || isInitialized;
  const sidecarRestarts = sumOfRestarts(inits.filter(({ name }) => restartable.has(name)));
  const reached = isStarted ? running(status, { ...progress, restarts: sidecarRestarts }) : progress;
  return {
    ...reached,
    status: ending(object) ?? reached.status,
    containers: listIn(spec.containers).length + restartable.size,
  };
}

function beforeContainers(status: JsonObject): string {
  const isGated = readConditions(status).some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  if (isGated) return 'SchedulingGated';
  return textIn(status.reason) || textIn(status.phase) || 'Unknown';
}

/** The first init container that has not done its part, and how that is said; undefined once all have. */
function initializing(
  inits: readonly ContainerStatus[],
  restartable: ReadonlySet<string>,
  total: number,
): { readonly at: number; readonly words: string } | undefined {
  const isDone = ({ name, started, terminated }: ContainerStatus) =>
    hasSucceeded(terminated) || (restartable.has(name) && started);
  const at = inits.findIndex(init => !isDone(init));
  const init = inits[at];
  if (!init) return undefined;
  if (init.terminated) return { at, words: `Init:${terminationWords(init.terminated)}` };
  const reason = textIn(init.waiting?.reason);
  const isTold = reason && reason !== 'PodInitializing';
  return { at, words: isTold ? `Init:${reason}` : `Init:${at}/${total}` };
}

function hasSucceeded(terminated: JsonObject | undefined): boolean {
  return terminated !== undefined && (numberIn(terminated.exitCode) ?? 0) === 0;
}

/** The pod once its own containers count. The first container's reason wins: kubectl walks from the last to the first. */
function running(status: JsonObject, before: Progress): Progress {
  const containers = containerStatuses(status.containerStatuses);
  const words = containers.map(containerWords).find(found => found !== undefined) ?? before.status;
  const ready = containers.filter(
    container => containerWords(container) === undefined && container.ready && container.isRunning,
  ).length;
  const progress = {
    readyContainers: before.readyContainers + ready,
    restarts: before.restarts + sumOfRestarts(containers),
  };
  if (words !== 'Completed' || ready === 0) return { ...progress, status: words };
  const isReady = readConditions(status).some(({ type, isTrue }) => type === 'Ready' && isTrue);
  return { ...progress, status: isReady ? 'Running' : 'NotReady' };
}

/** What a pod that is being deleted is called; one that has ended keeps its own words. */
function ending(object: KubeObject): string | undefined {
  const { phase, reason } = objectIn(object.status);
  if (!textIn(objectIn(object.metadata).deletionTimestamp)) return undefined;
  if (reason === 'NodeLost') return 'Unknown';
  return phase === 'Succeeded' || phase === 'Failed' ? undefined : 'Terminating';
}

function sumOfRestarts(containers: readonly ContainerStatus[]): number {
  return containers.reduce((sum, { restarts }) => sum + restarts, 0);
}

/** The word for a container that waits or has ended; undefined while it runs. */
export function containerWords({ waiting, terminated }: ContainerStatus): string | undefined {
  const waitingReason = textIn(waiting?.reason);
  if (waitingReason) return waitingReason;
  return terminated ? terminationWords(terminated) : undefined;
}

function terminationWords(terminated: JsonObject): string {
  const reason = textIn(terminated.reason);
  if (reason) return reason;
  const signal = numberIn(terminated.signal) ?? 0;
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${numberIn(terminated.exitCode) ?? 0}`;
}
