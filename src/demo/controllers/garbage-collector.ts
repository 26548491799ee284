import { deleteObject } from '../api/delete-object.ts';
import { EVENTS, NAMESPACES, PODS } from '../kinds/core.ts';
import { ENDPOINT_SLICES } from '../kinds/discovery.ts';
import type { Kind } from '../kinds/kind.ts';
import { KINDS } from '../kinds/kinds.ts';
import type { StoredChange } from '../storage.ts';
import type { Controller, ControllerParts } from './controller.ts';
import { runForegroundDeletion } from './foreground-deletion.ts';
import { createWorkQueue } from './work-queue.ts';

/** Kinds that come and go in numbers and that nothing belongs to. */
const OWNS_NOTHING: ReadonlySet<Kind> = new Set<Kind>([EVENTS, ENDPOINT_SLICES, PODS]);

const NO_OPTIONS = { orphansDependents: false };

/** Deletes what belonged to an object that is gone, and what a namespace held that is to go. */
export function runGarbageCollector(parts: ControllerParts): Controller {
  const { storage, timers } = parts;
  const foreground = runForegroundDeletion(parts);
  const gone = new Set<string>();
  const sweep = createWorkQueue(() => {
    const uids = new Set(gone);
    gone.clear();
    for (const kind of KINDS) {
      for (const object of storage.list(kind)) {
        const references = object.metadata.ownerReferences ?? [];
        const isOrphan = references.length > 0 && references.every(owner => uids.has(owner.uid));
        if (isOrphan) deleteObject(storage, kind, object, NO_OPTIONS, timers.now());
      }
    }
  });
  const noteGone = (uid: string) => {
    gone.add(uid);
    // One sweep for all that went together: it looks at every object there is.
    sweep.add('');
  };

  const namespaces = createWorkQueue(name => {
    const namespace = storage.get(NAMESPACES, undefined, name);
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    const kinds = KINDS.filter(kind => kind.isNamespaced);
    for (const kind of kinds) {
      for (const object of storage.list(kind, name))
        deleteObject(storage, kind, object, NO_OPTIONS, timers.now());
    }
    if (kinds.every(kind => storage.list(kind, name).length === 0))
      storage.remove(NAMESPACES, undefined, name);
  });

  const terminating = new Set<string>();
  const unsubscribe = storage.subscribe(({ kind, type, object }: StoredChange) => {
    const { uid, namespace, name, deletionTimestamp } = object.metadata;
    if (type === 'DELETED' && uid !== undefined && !OWNS_NOTHING.has(kind)) noteGone(uid);
    if (kind === NAMESPACES && deletionTimestamp !== undefined) {
      if (type === 'DELETED') terminating.delete(name);
      else {
        terminating.add(name);
        namespaces.add(name);
      }
    } else if (namespace !== undefined && terminating.has(namespace)) namespaces.add(namespace);
  });
  return {
    stop: () => {
      void foreground.stop();
      unsubscribe();
      sweep.stop();
      namespaces.stop();
    },
  };
}
