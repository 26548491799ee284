import { deleteObject } from '../api/delete-object.ts';
import { newMetadata } from '../api/write-object.ts';
import { isSameJson } from '../json.ts';
import { REPLICA_SETS, type ReplicaSet } from '../kinds/apps.ts';
import { admitPodSpec, completePodSpec } from '../kinds/complete-pod-spec.ts';
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
import { availableFrom, isReady } from './pod-conditions.ts';
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
    spec: admitPodSpec(completePodSpec(template.spec)),
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
    if (missing === 0) return;
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

  const waits = new Map<string, () => void>();

  /** Looks at the set again when the next of its pods has been ready for long enough. */
  const lookAgainAt = (key: string, times: readonly number[]) => {
    waits.get(key)?.();
    waits.delete(key);
    if (times.length === 0) return;
    const cancel = timers.after(Math.max(0, Math.min(...times) - timers.now()), () => queue.add(key));
    waits.set(key, cancel);
  };

  const report = (set: ReplicaSet, pods: readonly Pod[], terminating: number) => {
    const nowMs = timers.now();
    const times = pods.flatMap(pod => availableFrom(pod, set.spec.minReadySeconds ?? 0) ?? []);
    lookAgainAt(
      keyOf(set.metadata),
      times.filter(time => time > nowMs),
    );
    const counts = {
      fullyLabeledReplicas: pods.length,
      readyReplicas: pods.filter(isReady).length,
      availableReplicas: times.filter(time => time <= nowMs).length,
    };
    const status = {
      observedGeneration: set.metadata.generation ?? 1,
      replicas: pods.length,
      terminatingReplicas: terminating,
      ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    };
    if (!isSameJson(status, set.status)) storage.put(REPLICA_SETS, { ...set, status });
  };

  const isLiving = (pod: Pod) => pod.metadata.deletionTimestamp === undefined;

  const queue = createWorkQueue(key => {
    const set = storage.get(REPLICA_SETS, ...splitKey(key));
    if (!set) lookAgainAt(key, []);
    if (!set || set.metadata.deletionTimestamp !== undefined) return;
    scale(set, controlledObjects(storage, PODS, set).filter(isLiving));
    const pods = controlledObjects(storage, PODS, set);
    const living = pods.filter(isLiving);
    report(set, living, pods.length - living.length);
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
