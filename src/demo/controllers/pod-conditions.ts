import type { Pod } from '../kinds/core.ts';
import type { PodCondition } from '../kinds/pod-status.ts';

/** Whether the pod's own `Ready` condition holds and it is not on its way out. */
export function isReady(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && hasCondition(pod, 'Ready');
}

export function hasCondition(pod: Pod, type: string): boolean {
  return (
    pod.status?.conditions?.some(condition => condition.type === type && condition.status === 'True') ?? false
  );
}

/** From when on a ready pod counts as available, in milliseconds since the epoch: a while after it became ready. */
export function availableFrom(pod: Pod, minReadySeconds: number): number | undefined {
  const ready = pod.status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True');
  if (!ready || !isReady(pod)) return undefined;
  return minReadySeconds === 0 ? 0 : Date.parse(ready.lastTransitionTime ?? '') + 1_000 * minReadySeconds;
}

/** How far a pod has come. */
export type PodProgress = 'scheduled' | 'starting' | 'started' | 'ready';

/** The pod's conditions, with times that move only when one changes. */
export function podConditions(pod: Pod, progress: PodProgress, now: string): readonly PodCondition[] {
  const names = pod.spec.containers.map(container => container.name).join(' ');
  const unready = { reason: 'ContainersNotReady', message: `containers with unready status: [${names}]` };
  const holds: Readonly<Record<string, boolean>> = {
    PodReadyToStartContainers: progress === 'started' || progress === 'ready',
    Initialized: true,
    Ready: progress === 'ready',
    ContainersReady: progress === 'ready',
    PodScheduled: true,
  };
  const types = progress === 'scheduled' ? ['PodScheduled'] : Object.keys(holds);
  return types.map(type => {
    const status = holds[type] ? 'True' : 'False';
    const before = pod.status?.conditions?.find(condition => condition.type === type);
    const isAboutContainers = type === 'Ready' || type === 'ContainersReady';
    return {
      type,
      status,
      lastProbeTime: null,
      lastTransitionTime: before?.status === status ? (before.lastTransitionTime ?? now) : now,
      ...(isAboutContainers && status === 'False' ? unready : {}),
    };
  });
}
