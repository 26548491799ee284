/** Keys of objects that a controller is to look at, each once however often it was added. */
export interface WorkQueue {
  add(key: string): void;
  stop(): void;
}

/**
 * Calls `reconcile` for each key, after whatever added it has returned: a controller so sees the state that a burst
 * of changes leads to, and its own writes wake others without nesting.
 */
export function createWorkQueue(reconcile: (key: string) => void): WorkQueue {
  const keys = new Set<string>();
  let scheduled: NodeJS.Immediate | undefined;
  let isStopped = false;
  const work = () => {
    scheduled = undefined;
    const batch = [...keys];
    keys.clear();
    for (const key of batch) if (!isStopped) reconcile(key);
  };
  return {
    add: key => {
      if (isStopped) return;
      keys.add(key);
      scheduled ??= setImmediate(work);
    },
    stop: () => {
      isStopped = true;
      keys.clear();
      if (scheduled) clearImmediate(scheduled);
    },
  };
}

/** The key of an object within its kind. */
export function keyOf(metadata: { readonly namespace?: string; readonly name: string }): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Namespace and name of a key. */
export function splitKey(key: string): readonly [namespace: string, name: string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}
