import { PODS, type Pod } from '../kinds/core.ts';
import type { LogLine, LogOfRun, PodLogs } from '../pods/pod-logs.ts';
import type { Storage } from '../storage.ts';
import type { Timers } from '../timers.ts';
import { type PodLogOptions, readPodLogOptions } from './pod-log-options.ts';
import type { ApiResponse, WatchSink } from './request.ts';
import type { ResourcePath } from './resource-path.ts';
import { badRequest, isRefusal, notFound, type Refusal } from './status-error.ts';

export type PodLogParts = { readonly storage: Storage; readonly timers: Timers; readonly logs: PodLogs };

/** The container that is meant, or why none is. */
function chooseContainer(pod: Pod, named: string | undefined): string | Refusal {
  const { name } = pod.metadata;
  const containers = pod.spec.containers.map(container => container.name);
  if (named === undefined) {
    const [only = '', ...others] = containers;
    if (others.length === 0) return only;
    return badRequest(
      `a container name must be specified for pod ${name}, choose one of: [${containers.join(' ')}]`,
    );
  }
  return containers.includes(named) ? named : badRequest(`container ${named} is not valid for pod ${name}`);
}

/** Why the kubelet has nothing of a container that never ran. */
function notStarted(container: string, pod: string, reason: string | undefined): Refusal {
  const why = new Map([
    ['ErrImagePull', "image can't be pulled"],
    ['ImagePullBackOff', 'trying and failing to pull image'],
  ]).get(reason ?? '');
  return badRequest(
    `container "${container}" in pod "${pod}" is waiting to start: ${why ?? reason ?? 'ContainerCreating'}`,
  );
}

/** The run that is meant. A container that waits to be restarted shows the run that ended last, with `previous` or without. */
function chooseRun(logs: PodLogs, pod: Pod, container: string, previous: boolean): LogOfRun | Refusal {
  const { uid = '', name } = pod.metadata;
  const status = pod.status?.containerStatuses?.find(candidate => candidate.name === container);
  const isWaiting = status?.state?.waiting !== undefined;
  const hasEnded = status?.lastState?.terminated !== undefined;
  if (previous && !hasEnded)
    return badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
  const run = logs.find(uid, container, previous && !isWaiting ? 'previous' : 'current');
  if (run && (!isWaiting || hasEnded)) return run;
  return notStarted(container, name, status?.state?.waiting?.reason);
}

function written({ atMs, text }: LogLine, timestamps: boolean): string {
  const time = timestamps ? `${new Date(atMs).toISOString().slice(0, 23)}000000Z ` : '';
  return `${time}${text}\n`;
}

/** Of the lines that there are those that are asked for. */
export function selectLines(
  lines: readonly LogLine[],
  { sinceMs, tailLines }: Pick<PodLogOptions, 'sinceMs' | 'tailLines'>,
): readonly LogLine[] {
  const recent = sinceMs === undefined ? lines : lines.filter(({ atMs }) => atMs >= sinceMs);
  if (tailLines === undefined) return recent;
  return tailLines === 0 ? [] : recent.slice(-tailLines);
}

/** Sends what there is, and when it is followed what comes, up to the limit. */
function openLog(run: LogOfRun, options: PodLogOptions, sink: WatchSink): () => void {
  const { limitBytes = Number.POSITIVE_INFINITY, timestamps } = options;
  let left = limitBytes;
  let stop = () => {};
  const send = (text: string) => {
    const bytes = Buffer.from(text);
    sink.send(bytes.length <= left ? text : bytes.subarray(0, left).toString());
    left -= bytes.length;
    if (left > 0) return;
    stop();
    sink.end();
  };
  const lines = selectLines(run.lines(), options);
  if (lines.length > 0) send(lines.map(line => written(line, timestamps)).join(''));
  if (left <= 0) return () => {};
  if (options.follow) stop = run.follow(line => send(written(line, timestamps)), sink.end);
  else sink.end();
  return () => stop();
}

/** Answers `GET …/pods/NAME/log`. */
export function readPodLog(
  { storage, timers, logs }: PodLogParts,
  { namespace, name = '' }: Pick<ResourcePath, 'namespace' | 'name'>,
  query: URLSearchParams,
): ApiResponse | Refusal {
  const options = readPodLogOptions(query, name, timers.now());
  if (isRefusal(options)) return options;
  const pod = storage.get(PODS, namespace, name);
  if (!pod) return notFound(PODS, name);
  const container = chooseContainer(pod, options.container);
  if (typeof container !== 'string') return container;
  const run = chooseRun(logs, pod, container, options.previous);
  return isRefusal(run) ? run : { type: 'log', open: sink => openLog(run, options, sink) };
}
