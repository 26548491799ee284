import { NAMESPACES, PODS } from '../kinds/core.ts';
import type { Kind, KubeObject } from '../kinds/kind.ts';
import { KINDS } from '../kinds/kinds.ts';
import type { Storage } from '../storage.ts';
import { timestamp } from '../timers.ts';
import type { DeleteOptions } from './delete-options.ts';
import { conflict, forbidden, type Refusal } from './status-error.ts';

const PERMANENT_NAMESPACES: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

function orphanDependents(storage: Storage, uid: string): void {
  for (const kind of KINDS) {
    for (const dependent of storage.list(kind)) {
      const { ownerReferences = [], ...metadata } = dependent.metadata;
      const others = ownerReferences.filter(owner => owner.uid !== uid);
      if (others.length === ownerReferences.length) continue;
      const left = others.length === 0 ? metadata : { ...metadata, ownerReferences: others };
      storage.put(kind, { ...dependent, metadata: left });
    }
  }
}

/** The seconds that the object stays on while it ends: pods that run have time to stop, all else goes at once. */
function graceOf(storage: Storage, kind: Kind, object: KubeObject, options: DeleteOptions): number {
  if (kind !== PODS) return 0;
  const pod = storage.get(PODS, object.metadata.namespace, object.metadata.name);
  if (!pod?.spec.nodeName) return 0;
  const grace = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  return Math.min(grace, pod.metadata.deletionGracePeriodSeconds ?? grace);
}

/** The finalizer of an object that goes after what depends on it. */
export const FOREGROUND = 'foregroundDeletion';

/** What has to happen before the object may go, besides what its metadata says already. */
function finalizersOf(object: KubeObject, options: DeleteOptions): readonly string[] {
  const { finalizers = [] } = object.metadata;
  return options.waitsForDependents && !finalizers.includes(FOREGROUND)
    ? [...finalizers, FOREGROUND]
    : finalizers;
}

/** Marks the object as ending. Whoever holds it removes it when it has ended. */
function markDeleted(
  storage: Storage,
  kind: Kind,
  object: KubeObject,
  graceSeconds: number,
  finalizers: readonly string[],
  nowMs: number,
): KubeObject {
  const { metadata } = object;
  const isFirst = metadata.deletionTimestamp === undefined;
  const marked = {
    ...object,
    metadata: {
      ...metadata,
      ...(finalizers.length > 0 && { finalizers }),
      ...(isFirst && metadata.generation !== undefined && { generation: metadata.generation + 1 }),
      deletionTimestamp: metadata.deletionTimestamp ?? timestamp(nowMs + 1_000 * graceSeconds),
      deletionGracePeriodSeconds: graceSeconds,
    },
  };
  return storage.put(kind, kind === NAMESPACES ? { ...marked, status: { phase: 'Terminating' } } : marked);
}

/** Deletes the object, or begins to: then the answer is the object with its `deletionTimestamp`. */
export function deleteObject(
  storage: Storage,
  kind: Kind,
  object: KubeObject,
  options: DeleteOptions,
  nowMs: number,
): KubeObject | 'deleted' | Refusal {
  const {
    uid = '',
    resourceVersion,
    name,
    namespace,
    deletionTimestamp,
    deletionGracePeriodSeconds,
  } = object.metadata;
  // Here, and only here, the API server names the kind where it elsewhere names the resource.
  const itself = { ...kind, resource: kind.kind };
  if (options.uid !== undefined && options.uid !== uid) {
    const why = `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
    return conflict(itself, name, why);
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
    return conflict(itself, name, why);
  }
  if (kind === NAMESPACES && PERMANENT_NAMESPACES.has(name)) {
    return forbidden(kind, name, 'this namespace may not be deleted');
  }
  if (options.isDryRun) return 'deleted';
  if (options.orphansDependents) orphanDependents(storage, uid);
  const graceSeconds = graceOf(storage, kind, object, options);
  const finalizers = finalizersOf(object, options);
  if (graceSeconds > 0 || kind === NAMESPACES || finalizers.length > 0) {
    if (deletionTimestamp !== undefined && deletionGracePeriodSeconds === graceSeconds) return object;
    return markDeleted(storage, kind, object, graceSeconds, finalizers, nowMs);
  }
  storage.remove(kind, namespace, name);
  return 'deleted';
}
