import { type Json, type JsonObject, listIn, numberIn, objectIn, textIn, timeIn } from './json.ts';

/** What a pod's status says of one container. */
export type ContainerStatus = {
  readonly name: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restarts: number;
  readonly isRunning: boolean;
  /** Epoch milliseconds; absent where it does not run. */
  readonly runningSinceMs: number | undefined;
  readonly waiting: JsonObject | undefined;
  readonly terminated: JsonObject | undefined;
  readonly lastTerminated: JsonObject | undefined;
};

export function containerStatuses(list: Json | undefined): readonly ContainerStatus[] {
  return listIn(list).map(item => {
    const status = objectIn(item);
    const state = objectIn(status.state);
    const last = objectIn(status.lastState);
    return {
      name: textIn(status.name) ?? '',
      ready: status.ready === true,
      started: status.started === true,
      restarts: numberIn(status.restartCount) ?? 0,
      isRunning: present(state.running) !== undefined,
      runningSinceMs: timeIn(present(state.running)?.startedAt),
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
export function restartableInitNames(spec: JsonObject): ReadonlySet<string> {
  const names = listIn(spec.initContainers)
    .map(objectIn)
    .filter(init => init.restartPolicy === 'Always')
    .map(init => textIn(init.name) ?? '');
  return new Set(names);
}
