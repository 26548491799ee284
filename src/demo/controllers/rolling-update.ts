import type { Deployment, ReplicaSet } from '../kinds/apps.ts';

/** How many pods a rolling update may have too many, and too few. */
export type RolloutBounds = { readonly maxSurge: number; readonly maxUnavailable: number };

function countOf(
  value: number | string | undefined,
  replicas: number,
  round: (value: number) => number,
): number {
  if (typeof value === 'number') return Math.max(0, value);
  const percent = Number.parseFloat(value ?? '25%');
  return Number.isFinite(percent) ? Math.max(0, round((percent * replicas) / 100)) : 0;
}

/** The bounds in pods. Not both are 0, or nothing could ever move. */
export function rolloutBounds(deployment: Deployment): RolloutBounds {
  const replicas = deployment.spec.replicas ?? 1;
  const { strategy } = deployment.spec;
  if (strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: replicas };
  const maxSurge = countOf(strategy?.rollingUpdate?.maxSurge, replicas, Math.ceil);
  const maxUnavailable = countOf(strategy?.rollingUpdate?.maxUnavailable, replicas, Math.floor);
  return maxSurge === 0 && maxUnavailable === 0
    ? { maxSurge, maxUnavailable: 1 }
    : { maxSurge, maxUnavailable };
}

/** How many pods a ReplicaSet is asked for. */
export type Scaling = { readonly replicaSet: ReplicaSet; readonly replicas: number };

function asked(set: ReplicaSet): number {
  return set.spec.replicas ?? 1;
}

function available(set: ReplicaSet): number {
  return set.status?.availableReplicas ?? 0;
}

/** The set's pods, those that are still stopping among them. */
function present({ status }: ReplicaSet): number {
  return (status?.replicas ?? 0) + (status?.terminatingReplicas ?? 0);
}

function total(sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number): number {
  return sets.reduce((sum, set) => sum + count(set), 0);
}

/** Takes at most `budget` pods from the sets, from each at most what `spare` says; the oldest set yields first. */
function takeFrom(
  sets: readonly ReplicaSet[],
  budget: number,
  spare: (set: ReplicaSet) => number,
): readonly Scaling[] {
  const scalings: Scaling[] = [];
  let left = budget;
  for (const replicaSet of sets) {
    const taken = Math.max(0, Math.min(left, spare(replicaSet)));
    left -= taken;
    scalings.push({ replicaSet, replicas: asked(replicaSet) - taken });
  }
  return scalings;
}

/** How far the new set may grow now. */
function grown(deployment: Deployment, newSet: ReplicaSet, oldSets: readonly ReplicaSet[]): number {
  const replicas = deployment.spec.replicas ?? 1;
  const isRecreate = deployment.spec.strategy?.type === 'Recreate';
  // Recreate waits for the old pods to be gone, and a pod counts until it has stopped.
  if (isRecreate && total(oldSets, present) > 0) return asked(newSet);
  if (asked(newSet) >= replicas) return replicas;
  const room = replicas + rolloutBounds(deployment).maxSurge - total([newSet, ...oldSets], asked);
  return Math.min(replicas, asked(newSet) + Math.max(0, room));
}

/** How far the old sets may shrink now: pods that are not available go first, as they serve nobody. */
function shrunk(
  deployment: Deployment,
  newSet: ReplicaSet,
  oldSets: readonly ReplicaSet[],
): readonly Scaling[] {
  const replicas = deployment.spec.replicas ?? 1;
  const minAvailable = replicas - rolloutBounds(deployment).maxUnavailable;
  const newUnavailable = Math.max(0, asked(newSet) - available(newSet));
  const budget = total([newSet, ...oldSets], asked) - minAvailable - newUnavailable;
  if (budget <= 0) return oldSets.map(replicaSet => ({ replicaSet, replicas: asked(replicaSet) }));
  const withoutUnready = takeFrom(oldSets, budget, set => asked(set) - available(set));
  const removed = total(oldSets, asked) - withoutUnready.reduce((sum, { replicas: left }) => sum + left, 0);
  const spareAvailable = Math.max(0, total([newSet, ...oldSets], available) - minAvailable);
  const rest = Math.min(budget - removed, spareAvailable);
  return takeFrom(
    withoutUnready.map(({ replicaSet, replicas: left }) => ({
      ...replicaSet,
      spec: { ...replicaSet.spec, replicas: left },
    })),
    rest,
    asked,
  );
}

/**
 * The next step of a rollout: how many pods each ReplicaSet is to have now, within the Deployment's bounds.
 * `oldSets` are in order of age, oldest first. Calling it again after each change of readiness completes the rollout.
 */
export function nextRolloutStep(
  deployment: Deployment,
  newSet: ReplicaSet,
  oldSets: readonly ReplicaSet[],
): readonly Scaling[] {
  const newScaling = { replicaSet: newSet, replicas: grown(deployment, newSet, oldSets) };
  const isRecreate = deployment.spec.strategy?.type === 'Recreate';
  const oldScalings = isRecreate
    ? oldSets.map(replicaSet => ({ replicaSet, replicas: 0 }))
    : shrunk(deployment, newSet, oldSets);
  return [newScaling, ...oldScalings];
}
