import { newMetadata } from '../api/write-object.ts';
import { isSameJson } from '../json.ts';
import {
  DEPLOYMENTS,
  type Deployment,
  type PodTemplate,
  REPLICA_SETS,
  type ReplicaSet,
} from '../kinds/apps.ts';
import { hashedSuffix } from '../random.ts';
import type { StoredChange } from '../storage.ts';
import {
  type Controller,
  type ControllerParts,
  controlledBy,
  controlledObjects,
  controllerOf,
} from './controller.ts';
import { deploymentStatus, progressDeadline } from './deployment-status.ts';
import { nextRolloutStep, rolloutBounds } from './rolling-update.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const HASH = 'pod-template-hash';

/** Members in one order, so that equal templates have equal texts. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, canonical(member)]));
}

/** What names the ReplicaSet of a pod template. */
export function templateHash(template: PodTemplate): string {
  return hashedSuffix(JSON.stringify(canonical(template)));
}

function revisionOf(object: ReplicaSet | Deployment): number {
  return Number(object.metadata.annotations?.[REVISION] ?? 0);
}

function byAge(left: ReplicaSet, right: ReplicaSet): number {
  return revisionOf(left) - revisionOf(right);
}

/** What a ReplicaSet says of the Deployment that scales it, so that others can tell how far a rollout has come. */
function scalingAnnotations(deployment: Deployment): Readonly<Record<string, string>> {
  const { replicas = 1 } = deployment.spec;
  return {
    'deployment.kubernetes.io/desired-replicas': String(replicas),
    'deployment.kubernetes.io/max-replicas': String(replicas + rolloutBounds(deployment).maxSurge),
  };
}

/** A ReplicaSet for the Deployment's template. */
export function replicaSetFor(
  deployment: Deployment,
  revision: number,
  replicas: number,
  nowMs: number,
): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = templateHash(template);
  const labels = { ...template.metadata?.labels, [HASH]: hash };
  const { namespace } = deployment.metadata;
  const metadata = {
    name: `${deployment.metadata.name}-${hash}`,
    ...(namespace === undefined ? {} : { namespace }),
    labels,
    annotations: { ...scalingAnnotations(deployment), [REVISION]: String(revision) },
    ownerReferences: [controlledBy(deployment)],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: newMetadata(REPLICA_SETS, metadata, nowMs),
    spec: {
      replicas,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/** Runs Deployments: one ReplicaSet per template, the newest scaled up and the others down within the Deployment's bounds. */
export function runDeployments({ storage, timers, events }: ControllerParts): Controller {
  const deadlines = new Map<string, () => void>();

  /** Looks at the Deployment again when its rollout is to be given up. */
  const lookAgainAt = (key: string, deadlineMs: number | undefined) => {
    deadlines.get(key)?.();
    deadlines.delete(key);
    if (deadlineMs === undefined) return;
    const cancel = timers.after(deadlineMs - timers.now() + 1_000, () => queue.add(key));
    deadlines.set(key, cancel);
  };

  const tellOfScaling = (deployment: Deployment, set: string, before: number, replicas: number) => {
    const direction = replicas > before ? 'up' : 'down';
    events.record(deployment, {
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message: `Scaled ${direction} replica set ${set} from ${before} to ${replicas}`,
      component: 'deployment-controller',
    });
  };

  const scaleTo = (deployment: Deployment, set: ReplicaSet, replicas: number) => {
    const before = set.spec.replicas ?? 1;
    if (before === replicas) return;
    const generation = (set.metadata.generation ?? 1) + 1;
    storage.put(REPLICA_SETS, {
      ...set,
      metadata: { ...set.metadata, generation },
      spec: { ...set.spec, replicas },
    });
    tellOfScaling(deployment, set.metadata.name, before, replicas);
  };

  /** A set is made with as many pods as the rollout may have of it at once. */
  const createSet = (
    deployment: Deployment,
    oldSets: readonly ReplicaSet[],
    revision: number,
  ): ReplicaSet => {
    const none = replicaSetFor(deployment, revision, 0, timers.now());
    const [first] = nextRolloutStep(deployment, none, oldSets);
    const replicas = first?.replicas ?? 0;
    const set = storage.put(REPLICA_SETS, replicaSetFor(deployment, revision, replicas, timers.now()));
    if (replicas > 0) tellOfScaling(deployment, set.metadata.name, 0, replicas);
    return set;
  };

  /** The set for the current template, made when it is missing, with the highest revision. */
  const currentSet = (deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet => {
    const hash = templateHash(deployment.spec.template);
    const known = sets.find(set => set.metadata.labels?.[HASH] === hash);
    const others = sets.filter(set => set !== known);
    const revision = Math.max(0, ...others.map(revisionOf)) + 1;
    if (!known) return createSet(deployment, others, revision);
    const { minReadySeconds } = deployment.spec;
    const annotations = {
      ...known.metadata.annotations,
      ...scalingAnnotations(deployment),
      [REVISION]: String(Math.max(revision, revisionOf(known))),
    };
    const hasOtherWait = (known.spec.minReadySeconds ?? 0) !== (minReadySeconds ?? 0);
    if (!hasOtherWait && isSameJson(annotations, known.metadata.annotations)) return known;
    const generation = (known.metadata.generation ?? 1) + (hasOtherWait ? 1 : 0);
    return storage.put(REPLICA_SETS, {
      ...known,
      metadata: { ...known.metadata, annotations, generation },
      spec: { ...known.spec, ...(minReadySeconds === undefined ? {} : { minReadySeconds }) },
    });
  };

  const dropOldest = (deployment: Deployment, oldSets: readonly ReplicaSet[]) => {
    const empty = oldSets.filter(set => set.spec.replicas === 0 && (set.status?.replicas ?? 0) === 0);
    const surplus = Math.max(0, empty.length - (deployment.spec.revisionHistoryLimit ?? 10));
    for (const set of empty.slice(0, surplus))
      storage.remove(REPLICA_SETS, set.metadata.namespace, set.metadata.name);
  };

  const report = (deployment: Deployment, newSet: ReplicaSet | undefined, oldSets: readonly ReplicaSet[]) => {
    const status = deploymentStatus(deployment, newSet, oldSets, timers.now());
    const revision = newSet ? { [REVISION]: String(revisionOf(newSet)) } : {};
    const annotations = { ...deployment.metadata.annotations, ...revision };
    const next = { ...deployment, metadata: { ...deployment.metadata, annotations }, status };
    if (!isSameJson(next, deployment)) storage.put(DEPLOYMENTS, next);
    lookAgainAt(keyOf(deployment.metadata), progressDeadline(next));
  };

  /** A Deployment that is paused rolls nothing out, and is still scaled and reported on. */
  const hold = (deployment: Deployment, sets: readonly ReplicaSet[]) => {
    const active = sets.filter(set => (set.spec.replicas ?? 1) > 0);
    const only = active.length === 1 ? active[0] : undefined;
    if (only) scaleTo(deployment, only, deployment.spec.replicas ?? 1);
    const hash = templateHash(deployment.spec.template);
    const newSet = sets.find(set => set.metadata.labels?.[HASH] === hash);
    report(
      deployment,
      newSet,
      sets.filter(set => set !== newSet),
    );
  };

  const reconcile = (key: string) => {
    const deployment = storage.get(DEPLOYMENTS, ...splitKey(key));
    if (!deployment) lookAgainAt(key, undefined);
    if (!deployment || deployment.metadata.deletionTimestamp !== undefined) return;
    const sets = controlledObjects(storage, REPLICA_SETS, deployment).toSorted(byAge);
    if (deployment.spec.paused === true) {
      hold(deployment, sets);
      return;
    }
    const newSet = currentSet(deployment, sets);
    const oldSets = sets.filter(set => set.metadata.name !== newSet.metadata.name);
    for (const { replicaSet, replicas } of nextRolloutStep(deployment, newSet, oldSets)) {
      const stored = storage.get(REPLICA_SETS, replicaSet.metadata.namespace, replicaSet.metadata.name);
      if (stored) scaleTo(deployment, stored, replicas);
    }
    report(deployment, newSet, oldSets);
    dropOldest(deployment, oldSets);
  };

  const queue = createWorkQueue(reconcile);
  const notice = ({ kind, object }: StoredChange) => {
    const { namespace = '' } = object.metadata;
    const owner = controllerOf(object.metadata);
    if (kind === DEPLOYMENTS) queue.add(keyOf(object.metadata));
    else if (kind === REPLICA_SETS && owner?.kind === 'Deployment') queue.add(`${namespace}/${owner.name}`);
  };
  for (const deployment of storage.list(DEPLOYMENTS)) queue.add(keyOf(deployment.metadata));
  const unsubscribe = storage.subscribe(notice);
  return {
    stop: () => {
      unsubscribe();
      queue.stop();
    },
  };
}
