import { createHash } from 'node:crypto';
import type { Pod } from '../kinds/core.ts';
import type { ContainerState, ContainerStatus, PodStatus } from '../kinds/pod-status.ts';
import { type PodProgress, podConditions } from './pod-conditions.ts';

export const NODE_NAME = 'minikube';
export const NODE_IP = '127.0.0.1';

/** What a pod's containers are doing; all of them do the same. */
export type ContainerSituation = {
  readonly progress: PodProgress;
  readonly state: ContainerState;
  readonly lastState: ContainerState;
  readonly restartCount: number;
  /** Absent until the pod has one. */
  readonly podIP: string | undefined;
  /** Absent until a container was made. */
  readonly containerID: string | undefined;
};

function imageID(image: string): string {
  const repository = image.replace(/:[^/:]*$/, '');
  return `docker-pullable://${repository}@sha256:${createHash('sha256').update(image).digest('hex')}`;
}

/** The pod's status in the kubelet's form. */
export function podStatus(pod: Pod, situation: ContainerSituation, now: string): PodStatus {
  const { progress, state, lastState, restartCount, podIP, containerID } = situation;
  const isStarted = state.running !== undefined;
  const containerStatuses: readonly ContainerStatus[] = pod.spec.containers.map(({ name, image }) => ({
    name,
    image,
    imageID: containerID === undefined ? '' : imageID(image),
    ...(containerID === undefined ? {} : { containerID }),
    state,
    lastState,
    ready: progress === 'ready',
    started: isStarted,
    restartCount,
  }));
  return {
    phase: podIP === undefined ? 'Pending' : 'Running',
    conditions: podConditions(pod, progress, now),
    hostIP: NODE_IP,
    hostIPs: [{ ip: NODE_IP }],
    ...(podIP === undefined ? {} : { podIP, podIPs: [{ ip: podIP }] }),
    startTime: pod.status?.startTime ?? now,
    containerStatuses,
    qosClass: qosClass(pod),
  };
}

/** The status of a pod that no node takes, and no kubelet has seen. */
export function unschedulableStatus(pod: Pod, message: string, now: string): PodStatus {
  return {
    phase: 'Pending',
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        lastProbeTime: null,
        lastTransitionTime: now,
        reason: 'Unschedulable',
        message,
      },
    ],
    qosClass: qosClass(pod),
  };
}

/** The class by which the kubelet evicts, from what the containers ask for. */
export function qosClass(pod: Pod): string {
  const resources = pod.spec.containers.map(container => container.resources ?? {});
  const isGuaranteed = resources.every(({ limits = {}, requests = limits }) =>
    ['cpu', 'memory'].every(name => limits[name] !== undefined && requests[name] === limits[name]),
  );
  if (isGuaranteed) return 'Guaranteed';
  const asksForNothing = resources.every(
    ({ limits = {}, requests = {} }) => Object.keys({ ...limits, ...requests }).length === 0,
  );
  return asksForNothing ? 'BestEffort' : 'Burstable';
}
