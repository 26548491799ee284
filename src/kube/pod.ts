import { plainText } from '../plain-text.ts';
import { type Json, type JsonObject, listIn, numberIn, objectIn, textIn } from './json.ts';
import { type KubeObject, type Metadata, readConditions, readMetadata } from './metadata.ts';

/** A pod as the panes show it, in the words of `kubectl get pods`. */
export type Pod = Metadata & {
  /** The STATUS column: `Running`, `CrashLoopBackOff`, `Init:1/2`, `Terminating` … */
  readonly status: string;
  readonly readyContainers: number;
  readonly containers: number;
  readonly restarts: number;
  /** The Ready condition: whether it may be an endpoint. A terminating pod is not. */
  readonly isReady: boolean;
  readonly isFinished: boolean;
  readonly images: readonly string[];
  /** Port numbers by the names that the containers give them. */
  readonly namedPorts: Readonly<Record<string, number>>;
  /** Why it is not well, in the cluster's words; empty when there is nothing to say. */
  readonly why: string;
};

/** Projects a pod of the API. STATUS and READY follow `printPod` of kubectl (k8s.io/kubernetes pkg/printers/internalversion/printers.go). */
export function readPod(object: KubeObject): Pod {
  const spec = objectIn(object.spec);
  const status = objectIn(object.status);
  const containers = containerStatuses(status.containerStatuses);
  const restartableInits = restartableInitNames(spec);
  const inits = containerStatuses(status.initContainerStatuses);
  const sidecars = inits.filter(init => restartableInits.has(init.name));
  const conditions = readConditions(status);
  const ready = conditions.find(condition => condition.type === 'Ready');
  const isDeleted = objectIn(object.metadata).deletionTimestamp !== undefined;
  const words = statusWords(object, containers, inits, restartableInits, ready?.isTrue === true);
  return {
    ...readMetadata(object),
    status: plainText(words, 60),
    readyContainers: [...containers, ...sidecars].filter(container => container.ready).length,
    containers: listIn(spec.containers).length + restartableInits.size,
    restarts: [...containers, ...inits].reduce((sum, container) => sum + container.restarts, 0),
    isReady: ready?.isTrue === true && !isDeleted,
    isFinished: status.phase === 'Succeeded' || status.phase === 'Failed',
    images: listIn(spec.containers).map(container => plainText(textIn(objectIn(container).image) ?? '', 200)),
    namedPorts: namedPorts(spec),
    why: plainText(reasonNotWell(containers, inits, conditions), 200),
  };
}

type ContainerStatus = {
  readonly name: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restarts: number;
  readonly isRunning: boolean;
  readonly waiting: JsonObject | undefined;
  readonly terminated: JsonObject | undefined;
  readonly lastTerminated: JsonObject | undefined;
};

function containerStatuses(list: Json | undefined): readonly ContainerStatus[] {
  return listIn(list).map(item => {
    const status = objectIn(item);
    const state = objectIn(status.state);
    const last = objectIn(status.lastState);
    return {
      name: textIn(status.name) ?? '',
      ready: status.ready === true,
      started: status.started === true,
      restarts: numberIn(status.restartCount) ?? 0,
      isRunning: state.running !== undefined,
      waiting: present(state.waiting),
      terminated: present(state.terminated),
      lastTerminated: present(last.terminated),
    };
  });
}

function present(value: Json | undefined): JsonObject | undefined {
  return value === undefined || value === null ? undefined : objectIn(value);
}

/** Init containers with `restartPolicy: Always` run beside the pod (native sidecars) and count in READY. */
function restartableInitNames(spec: JsonObject): ReadonlySet<string> {
  const names = listIn(spec.initContainers)
    .map(objectIn)
    .filter(init => init.restartPolicy === 'Always')
    .map(init => textIn(init.name) ?? '');
  return new Set(names);
}

function statusWords(
  object: KubeObject,
  containers: readonly ContainerStatus[],
  inits: readonly ContainerStatus[],
  restartableInits: ReadonlySet<string>,
  isReady: boolean,
): string {
  const status = objectIn(object.status);
  const phase = textIn(status.phase) ?? 'Unknown';
  const scheduled = readConditions(status).find(condition => condition.type === 'PodScheduled');
  if (objectIn(object.metadata).deletionTimestamp !== undefined) {
    return status.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
  }
  const initWords = initializing(
    inits,
    restartableInits,
    listIn(objectIn(object.spec).initContainers).length,
  );
  if (initWords) return initWords;
  let words = textIn(status.reason) ?? (scheduled?.reason === 'SchedulingGated' ? 'SchedulingGated' : phase);
  // The first container's reason wins: kubectl walks from the last to the first.
  for (const container of containers.toReversed()) {
    words = containerWords(container) ?? words;
  }
  if (words === 'Completed' && containers.some(container => container.isRunning && container.ready)) {
    return isReady ? 'Running' : 'NotReady';
  }
  return words;
}

function containerWords(container: ContainerStatus): string | undefined {
  const waitingReason = textIn(container.waiting?.reason);
  if (waitingReason) return waitingReason;
  return container.terminated ? terminationWords(container.terminated) : undefined;
}

function terminationWords(terminated: JsonObject): string {
  const reason = textIn(terminated.reason);
  if (reason) return reason;
  const signal = numberIn(terminated.signal) ?? 0;
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${numberIn(terminated.exitCode) ?? 0}`;
}

/** `Init:…` while an init container has not done its part; undefined once all have. */
function initializing(
  inits: readonly ContainerStatus[],
  restartableInits: ReadonlySet<string>,
  total: number,
): string | undefined {
  for (const [index, init] of inits.entries()) {
    if (init.terminated && numberIn(init.terminated.exitCode) === 0) continue;
    if (restartableInits.has(init.name) && init.started) continue;
    if (init.terminated) return `Init:${terminationWords(init.terminated)}`;
    const reason = textIn(init.waiting?.reason);
    return reason && reason !== 'PodInitializing' ? `Init:${reason}` : `Init:${index}/${total}`;
  }
  return undefined;
}

function reasonNotWell(
  containers: readonly ContainerStatus[],
  inits: readonly ContainerStatus[],
  conditions: ReturnType<typeof readConditions>,
): string {
  const unscheduled = conditions.find(condition => condition.type === 'PodScheduled' && !condition.isTrue);
  if (unscheduled?.message) return unscheduled.message;
  for (const container of [...inits, ...containers]) {
    if (container.ready || (container.terminated && numberIn(container.terminated.exitCode) === 0)) continue;
    const ended = container.terminated ?? container.lastTerminated;
    const restarts = container.restarts > 0 ? `, ${counted(container.restarts, 'restart')}` : '';
    const exit = ended ? `: exit ${numberIn(ended.exitCode) ?? '?'}` : '';
    const said = textIn(container.waiting?.message);
    const reason = containerWords(container);
    if (reason) return `${reason}${restarts}${exit || (said ? `: ${said}` : '')}`;
    if (container.isRunning) return `container ${container.name} is not ready${restarts}${exit}`;
  }
  return '';
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function namedPorts(spec: JsonObject): Readonly<Record<string, number>> {
  const ports: Record<string, number> = {};
  for (const container of listIn(spec.containers)) {
    for (const item of listIn(objectIn(container).ports)) {
      const port = objectIn(item);
      const name = textIn(port.name);
      const number = numberIn(port.containerPort);
      if (name && number) ports[name] = number;
    }
  }
  return ports;
}
