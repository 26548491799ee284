import { deleteObject, FOREGROUND } from '../api/delete-object.ts';
import type { Kind, KubeObject } from '../kinds/kind.ts';
import { KINDS } from '../kinds/kinds.ts';
import type { Storage } from '../storage.ts';
import type { Controller, ControllerParts } from './controller.ts';
import { createWorkQueue } from './work-queue.ts';

type Found = { readonly kind: Kind; readonly object: KubeObject };

function dependentsOf(storage: Storage, uid: string): readonly Found[] {
  return KINDS.flatMap(kind =>
    storage
      .list(kind)
      .filter(({ metadata }) => metadata.ownerReferences?.some(owner => owner.uid === uid))
      .map(object => ({ kind, object })),
  );
}

/** Whether the owner may not go before this dependent. */
function blocks({ object }: Found, uid: string): boolean {
  const references = object.metadata.ownerReferences ?? [];
  return references.some(owner => owner.uid === uid && owner.blockOwnerDeletion === true);
}

/** Takes away the finalizer that made the owner wait, and the owner with the last of them. */
function release(storage: Storage, { kind, object }: Found): void {
  const { namespace, name } = object.metadata;
  const finalizers = (object.metadata.finalizers ?? []).filter(finalizer => finalizer !== FOREGROUND);
  if (finalizers.length === 0) storage.remove(kind, namespace, name);
  else storage.put(kind, { ...object, metadata: { ...object.metadata, finalizers } });
}

/** Deletes what depends on objects that are to go last, and lets each go when nothing holds it any more. */
export function runForegroundDeletion({ storage, timers }: ControllerParts): Controller {
  const waiting = new Map<string, Found>();

  const proceed = createWorkQueue(uid => {
    const found = waiting.get(uid);
    const owner =
      found && storage.get(found.kind, found.object.metadata.namespace, found.object.metadata.name);
    if (!found || owner?.metadata.uid !== uid) {
      waiting.delete(uid);
      return;
    }
    const dependents = dependentsOf(storage, uid);
    for (const { kind, object } of dependents) {
      if (object.metadata.deletionTimestamp === undefined)
        deleteObject(storage, kind, object, { orphansDependents: false }, timers.now());
    }
    if (dependents.some(dependent => blocks(dependent, uid))) return;
    waiting.delete(uid);
    release(storage, { kind: found.kind, object: owner });
  });

  const unsubscribe = storage.subscribe(({ kind, type, object }) => {
    const { uid, deletionTimestamp, finalizers = [] } = object.metadata;
    if (type === 'DELETED') {
      for (const owner of waiting.keys()) proceed.add(owner);
    } else if (uid !== undefined && deletionTimestamp !== undefined && finalizers.includes(FOREGROUND)) {
      waiting.set(uid, { kind, object });
      proceed.add(uid);
    }
  });
  return {
    stop: () => {
      unsubscribe();
      proceed.stop();
    },
  };
}
