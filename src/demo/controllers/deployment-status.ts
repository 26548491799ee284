import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../kinds/apps.ts';
import { timestamp } from '../timers.ts';
import { rolloutBounds } from './rolling-update.ts';

function sum(
  sets: readonly ReplicaSet[],
  field: 'replicas' | 'readyReplicas' | 'availableReplicas' | 'terminatingReplicas',
): number {
  return sets.reduce((total, set) => total + (set.status?.[field] ?? 0), 0);
}

/** The condition, with times that move only when it changes. */
function stamped(
  previous: readonly DeploymentCondition[],
  next: Omit<DeploymentCondition, 'lastUpdateTime' | 'lastTransitionTime'>,
  hasMoved: boolean,
  nowMs: number,
): DeploymentCondition {
  const now = timestamp(nowMs);
  const before = previous.find(condition => condition.type === next.type);
  const isSame =
    before?.status === next.status && before.reason === next.reason && before.message === next.message;
  return {
    ...next,
    lastUpdateTime: isSame && !hasMoved ? (before.lastUpdateTime ?? now) : now,
    lastTransitionTime: before?.status === next.status ? (before.lastTransitionTime ?? now) : now,
  };
}

/** When the rollout is given up unless it moves before; milliseconds since the epoch. `undefined` when it is not under way. */
export function progressDeadline(deployment: Deployment): number | undefined {
  const progressing = deployment.status?.conditions?.find(condition => condition.type === 'Progressing');
  if (progressing?.status !== 'True' || progressing.reason === 'NewReplicaSetAvailable') return undefined;
  const since = Date.parse(progressing.lastUpdateTime ?? '');
  return Number.isNaN(since) ? undefined : since + 1_000 * (deployment.spec.progressDeadlineSeconds ?? 600);
}

function progressing(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  counts: DeploymentStatus,
  hasMoved: boolean,
  nowMs: number,
) {
  if (deployment.spec.paused === true || !newSet) {
    const message = 'Deployment is paused';
    return { type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused', message };
  }
  const replicas = deployment.spec.replicas ?? 1;
  const isComplete =
    counts.updatedReplicas === replicas &&
    counts.replicas === replicas &&
    counts.availableReplicas === replicas;
  const name = newSet.metadata.name;
  const deadline = progressDeadline(deployment);
  const before = deployment.status?.conditions?.find(condition => condition.type === 'Progressing');
  const isLate =
    (deadline !== undefined && nowMs > deadline) || before?.reason === 'ProgressDeadlineExceeded';
  if (isComplete) {
    const message = `ReplicaSet "${name}" has successfully progressed.`;
    return { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message };
  }
  if (isLate && !hasMoved) {
    const message = `ReplicaSet "${name}" has timed out progressing.`;
    return { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message };
  }
  // A complete Deployment that loses a pod has nothing to roll out, and says so by staying as it is.
  if (before?.reason === 'NewReplicaSetAvailable' && counts.updatedReplicas === replicas) {
    return { type: 'Progressing', status: 'True', reason: before.reason, message: before.message ?? '' };
  }
  return {
    type: 'Progressing',
    status: 'True',
    reason: 'ReplicaSetUpdated',
    message: `ReplicaSet "${name}" is progressing.`,
  };
}

function availability(deployment: Deployment, counts: DeploymentStatus) {
  const replicas = deployment.spec.replicas ?? 1;
  const minimum = replicas - rolloutBounds(deployment).maxUnavailable;
  if ((counts.availableReplicas ?? 0) >= minimum) {
    const message = 'Deployment has minimum availability.';
    return { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message };
  }
  const message = 'Deployment does not have minimum availability.';
  return { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', message };
}

/**
 * The status that the Deployment has by the status of its ReplicaSets. Counts of 0 are left out, as the API leaves them
 * out. `newSet` is absent while a Deployment that is paused has none for its template.
 */
export function deploymentStatus(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
  nowMs: number,
): DeploymentStatus {
  const newSets = newSet ? [newSet] : [];
  const all = [...newSets, ...oldSets];
  const asked = all.reduce((total, set) => total + (set.spec.replicas ?? 1), 0);
  const counts = {
    replicas: sum(all, 'replicas'),
    updatedReplicas: sum(newSets, 'replicas'),
    readyReplicas: sum(all, 'readyReplicas'),
    availableReplicas: sum(all, 'availableReplicas'),
    unavailableReplicas: Math.max(0, asked - sum(all, 'availableReplicas')),
  };
  const before = deployment.status ?? {};
  const hasMoved =
    counts.updatedReplicas > (before.updatedReplicas ?? 0) ||
    counts.availableReplicas > (before.availableReplicas ?? 0) ||
    counts.replicas - counts.updatedReplicas < (before.replicas ?? 0) - (before.updatedReplicas ?? 0) ||
    before.observedGeneration !== deployment.metadata.generation;
  const conditions = [
    stamped(before.conditions ?? [], availability(deployment, counts), false, nowMs),
    stamped(
      before.conditions ?? [],
      progressing(deployment, newSet, counts, hasMoved, nowMs),
      hasMoved,
      nowMs,
    ),
  ];
  return {
    observedGeneration: deployment.metadata.generation ?? 1,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    terminatingReplicas: sum(all, 'terminatingReplicas'),
    conditions,
  };
}
