import { isJsonObject, type JsonObject } from '../json.ts';
import { NAMESPACES, PODS } from '../kinds/core.ts';
import type { Kind, KubeObject } from '../kinds/kind.ts';
import { KINDS } from '../kinds/kinds.ts';
import type { Storage } from '../storage.ts';
import { timestamp } from '../timers.ts';
import { conflict, forbidden, type Refusal } from './status-error.ts';

const PERMANENT_NAMESPACES: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

export type DeleteOptions = {
  /** Seconds that a pod gets to end; absent: as its spec says. */
  readonly gracePeriodSeconds?: number;
  /** What depends on the object stays, and belongs to nobody. */
  readonly orphansDependents: boolean;
  readonly uid?: string;
  readonly resourceVersion?: string;
};

/** The options in the body, else those of the query. */
export function readDeleteOptions(query: URLSearchParams, body: JsonObject): DeleteOptions {
  const preconditions = isJsonObject(body.preconditions) ? body.preconditions : {};
  const grace = Number(body.gracePeriodSeconds ?? query.get('gracePeriodSeconds') ?? Number.NaN);
  const policy = body.propagationPolicy ?? query.get('propagationPolicy');
  return {
    orphansDependents: policy === 'Orphan',
    ...(Number.isFinite(grace) && grace >= 0 ? { gracePeriodSeconds: grace } : {}),
    ...(typeof preconditions.uid === 'string' ? { uid: preconditions.uid } : {}),
    ...(typeof preconditions.resourceVersion === 'string'
      ? { resourceVersion: preconditions.resourceVersion }
      : {}),
  };
}

function orphanDependents(storage: Storage, uid: string): void {
  for (const kind of KINDS) {
    for (const dependent of storage.list(kind)) {
      const { ownerReferences = [], ...metadata } = dependent.metadata;
      const others = ownerReferences.filter(owner => owner.uid !== uid);
      if (others.length === ownerReferences.length) continue;
      storage.put(kind, { ...dependent, metadata: { ...metadata, ownerReferences: others } });
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

/** Whether something has to happen before the object may go: finalizers, a namespace's contents. */
function isHeld(kind: Kind, object: KubeObject): boolean {
  return kind === NAMESPACES || (object.metadata.finalizers ?? []).length > 0;
}

/** Marks the object as ending. Whoever holds it removes it when it has ended. */
function markDeleted(
  storage: Storage,
  kind: Kind,
  object: KubeObject,
  graceSeconds: number,
  nowMs: number,
): KubeObject {
  const { metadata } = object;
  const marked = {
    ...object,
    metadata: {
      ...metadata,
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
  if (options.uid !== undefined && options.uid !== uid) {
    return conflict(
      kind,
      name,
      `Precondition failed: UID in precondition: ${options.uid}, UID in object meta: ${uid}`,
    );
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    const why = `Precondition failed: ResourceVersion in precondition: ${options.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`;
    return conflict(kind, name, why);
  }
  if (kind === NAMESPACES && PERMANENT_NAMESPACES.has(name)) {
    return forbidden(kind, name, 'this namespace may not be deleted');
  }
  if (options.orphansDependents) orphanDependents(storage, uid);
  const graceSeconds = graceOf(storage, kind, object, options);
  if (graceSeconds > 0 || isHeld(kind, object)) {
    if (deletionTimestamp !== undefined && deletionGracePeriodSeconds === graceSeconds) return object;
    return markDeleted(storage, kind, object, graceSeconds, nowMs);
  }
  storage.remove(kind, namespace, name);
  return 'deleted';
}
