import { deleteObject } from '../api/delete-object.ts';
import { newMetadata } from '../api/write-object.ts';
import { isSameJson } from '../json.ts';
import { REPLICA_SETS, type ReplicaSet } from '../kinds/apps.ts';
import { completePodSpec } from '../kinds/complete-pod-spec.ts';
import { PODS, type Pod } from '../kinds/core.ts';
import { type Random, randomSuffix } from '../random.ts';
import type { StoredChange } from '../storage.ts';
import {
  type Controller,
  type ControllerParts,
  controlledBy,
  controlledObjects,
  controllerOf,
} from './controller.ts';
import { isReady } from './pod-conditions.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

/** A pod as the set's template has it. */
export function podFor(set: ReplicaSet, random: Random, nowMs: number): Pod {
  const { template } = set.spec;
  const { name, namespace } = set.metadata;
  const generateName = `${name}-`;
  const metadata = {
    generateName,
    name: `${generateName}${randomSuffix(random)}`,
    ...(namespace === undefined ? {} : { namespace }),
    ...(template.metadata?.labels ? { labels: template.metadata.labels } : {}),
    ...(template.metadata?.annotations ? { annotations: template.metadata.annotations } : {}),
    ownerReferences: [controlledBy(set)],
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: newMetadata(PODS, metadata, nowMs),
    spec: completePodSpec(template.spec),
    status: { phase: 'Pending', qosClass: 'BestEffort' },
  };
}

/** Which pod goes first when there are too many: one that serves nobody, else the youngest. */
function byWorth(left: Pod, right: Pod): number {
  const readiness = Number(isReady(left)) - Number(isReady(right));
  if (readiness !== 0) return readiness;
  return (right.metadata.creationTimestamp ?? '').localeCompare(left.metadata.creationTimestamp ?? '');
}

/** How many pods are made in one go; the event loop has its turn between two. */
const BURST = 500;

/** More than this process could hold; a real cluster has quotas. */
const MOST_PODS = 20_000;

/** Keeps as many pods as each ReplicaSet asks for. */
export function runReplicaSets({ storage, timers, random, events }: ControllerParts): Controller {
  const say = (set: ReplicaSet, reason: string, message: string) =>
    events.record(set, { type: 'Normal', reason, message, component: 'replicaset-controller' });

  const scale = (set: ReplicaSet, pods: readonly Pod[]) => {
    const missing = (set.spec.replicas ?? 1) - pods.length;
    const room = MOST_PODS - storage.list(PODS).length;
    if (missing > room) say(set, 'FailedCreate', `exceeded quota: pods, limited: pods=${MOST_PODS}`);
    for (let count = 0; count < Math.min(missing, room, BURST); count++) {
      const pod = storage.put(PODS, podFor(set, random, timers.now()));
      say(set, 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    }
    for (const pod of pods.toSorted(byWorth).slice(0, Math.max(0, -missing))) {
      deleteObject(storage, PODS, pod, { orphansDependents: false }, timers.now());
      say(set, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
    }
  };

  const report = (set: ReplicaSet, pods: readonly Pod[]) => {
    const ready = pods.filter(isReady).length;
    const counts = { fullyLabeledReplicas: pods.length, readyReplicas: ready, availableReplicas: ready };
    const status = {
      observedGeneration: set.metadata.generation ?? 1,
      replicas: pods.length,
      ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    };
    if (!isSameJson(status, set.status)) storage.put(REPLICA_SETS, { ...set, status });
  };

  const livingPods = (set: ReplicaSet) =>
    controlledObjects(storage, PODS, set).filter(pod => pod.metadata.deletionTimestamp === undefined);

  const queue = createWorkQueue(key => {
    const set = storage.get(REPLICA_SETS, ...splitKey(key));
    if (!set || set.metadata.deletionTimestamp !== undefined) return;
    scale(set, livingPods(set));
    report(set, livingPods(set));
  });
  const notice = ({ kind, object, type }: StoredChange) => {
    const owner = controllerOf(object.metadata);
    if (kind === REPLICA_SETS && type !== 'DELETED') queue.add(keyOf(object.metadata));
    else if (kind === PODS && owner?.kind === 'ReplicaSet')
      queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
  };
  for (const set of storage.list(REPLICA_SETS)) queue.add(keyOf(set.metadata));
  const unsubscribe = storage.subscribe(notice);
  return {
    stop: () => {
      unsubscribe();
      queue.stop();
    },
  };
}
