import type { Kind, KubeObject, Metadata } from './kinds/kind.ts';

/** One change of one object. */
export type StoredChange = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly kind: Kind;
  /** The cluster's revision that this change made. */
  readonly revision: number;
  /** After the change; for `DELETED` the last state, with the revision of the deletion. */
  readonly object: KubeObject;
  /** Before the change; absent for `ADDED`. */
  readonly previous?: KubeObject;
};

/** What a reader gets who asks for a revision that is no longer kept. */
export type Compacted = { readonly oldestRevision: number };

/** An object that has no revision yet. */
export type Unstored<T extends KubeObject> = Omit<T, 'metadata'> & { readonly metadata: Metadata };

/**
 * The objects of the cluster, with one revision counter over all kinds and a bounded history of changes.
 *
 * Objects are never changed in place: each write replaces one, so whoever holds one holds a snapshot.
 */
export interface Storage {
  /** The revision of the last change. */
  readonly revision: number;
  get<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined, name: string): T | undefined;
  /** By namespace and name; all namespaces when `namespace` is absent. */
  list<T extends KubeObject>(kind: Kind<T>, namespace?: string): readonly T[];
  /** As `list` was at `revision`, which must not lie in the future. */
  listAt<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    revision: number,
  ): readonly T[] | Compacted;
  /** Adds an object, or replaces the one of the same name and namespace. Returns it with its new resourceVersion. */
  put<T extends KubeObject>(kind: Kind<T>, object: Unstored<T>): T;
  /** Takes the object away; nothing happens when it is not there. */
  remove(kind: Kind, namespace: string | undefined, name: string): void;
  /** What happened to objects of `kind` after `revision`, oldest first. */
  changesSince(kind: Kind, revision: number): readonly StoredChange[] | Compacted;
  /** Calls `listener` after each change, in order. It must not write to the storage itself. Returns how to end it. */
  subscribe(listener: (change: StoredChange) => void): () => void;
  /** Forgets the history, as etcd does every five minutes. */
  compact(): void;
}

/** Some minutes of a busy cluster; bounds the memory of one that is left open for days. */
const HISTORY_LENGTH = 4_000;

function keyOf(namespace: string | undefined, name: string): string {
  // A slash sorts before every character that a name may have, so keys order by namespace, then by name.
  return `${namespace ?? ''}/${name}`;
}

/** Keeps objects by key and gives them in order; it sorts only after a key was added, and lists only after a change. */
class OrderedObjects {
  readonly #byKey = new Map<string, KubeObject>();
  #keys: string[] | undefined;
  #ordered: readonly KubeObject[] | undefined;

  get(key: string): KubeObject | undefined {
    return this.#byKey.get(key);
  }

  set(key: string, object: KubeObject): void {
    if (!this.#byKey.has(key)) this.#keys = undefined;
    this.#ordered = undefined;
    this.#byKey.set(key, object);
  }

  delete(key: string): void {
    if (!this.#byKey.delete(key)) return;
    this.#keys = undefined;
    this.#ordered = undefined;
  }

  inOrder(): readonly KubeObject[] {
    this.#keys ??= [...this.#byKey.keys()].sort();
    this.#ordered ??= this.#keys.flatMap(key => this.#byKey.get(key) ?? []);
    return this.#ordered;
  }

  copy(): OrderedObjects {
    const copy = new OrderedObjects();
    for (const [key, object] of this.#byKey) copy.set(key, object);
    return copy;
  }
}

function within(objects: readonly KubeObject[], namespace: string | undefined): readonly KubeObject[] {
  return namespace === undefined
    ? objects
    : objects.filter(object => object.metadata.namespace === namespace);
}

export function createStorage(): Storage {
  const objects = new Map<Kind, OrderedObjects>();
  const listeners = new Set<(change: StoredChange) => void>();
  let history: StoredChange[] = [];
  let revision = 0;
  let oldestRevision = 0;

  const objectsOf = (kind: Kind): OrderedObjects => {
    const known = objects.get(kind);
    if (known) return known;
    const fresh = new OrderedObjects();
    objects.set(kind, fresh);
    return fresh;
  };

  const forgetBefore = (length: number) => {
    oldestRevision = history.at(-length - 1)?.revision ?? oldestRevision;
    history = length === 0 ? [] : history.slice(-length);
  };

  const record = (change: StoredChange) => {
    history.push(change);
    // Twice the length, so that the copying is done once in thousands of changes.
    if (history.length >= 2 * HISTORY_LENGTH) forgetBefore(HISTORY_LENGTH);
    for (const listener of listeners) listener(change);
  };

  const withRevision = <T extends KubeObject>(object: Unstored<T>): T => {
    revision += 1;
    // A kind's objects go in and come out under the kind's own type, which is all that this cast claims.
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } } as unknown as T;
  };

  const changesAfter = (since: number): readonly StoredChange[] => {
    const index = history.findLastIndex(change => change.revision <= since);
    return history.slice(index + 1);
  };

  const before = (kind: Kind, past: number): OrderedObjects => {
    const then = objectsOf(kind).copy();
    for (const change of changesAfter(past).toReversed()) {
      if (change.kind !== kind) continue;
      const key = keyOf(change.object.metadata.namespace, change.object.metadata.name);
      if (change.previous) then.set(key, change.previous);
      else then.delete(key);
    }
    return then;
  };

  return {
    get revision() {
      return revision;
    },
    get: <T extends KubeObject>(kind: Kind<T>, namespace: string | undefined, name: string) =>
      objectsOf(kind).get(keyOf(namespace, name)) as T | undefined,
    list: <T extends KubeObject>(kind: Kind<T>, namespace?: string) =>
      within(objectsOf(kind).inOrder(), namespace) as readonly T[],
    listAt: <T extends KubeObject>(kind: Kind<T>, namespace: string | undefined, past: number) => {
      if (past < oldestRevision) return { oldestRevision };
      const then = past >= revision ? objectsOf(kind) : before(kind, past);
      return within(then.inOrder(), namespace) as readonly T[];
    },
    put: <T extends KubeObject>(kind: Kind<T>, object: Unstored<T>): T => {
      const stored = withRevision<T>(object);
      const key = keyOf(stored.metadata.namespace, stored.metadata.name);
      const previous = objectsOf(kind).get(key);
      objectsOf(kind).set(key, stored);
      if (previous) record({ type: 'MODIFIED', kind, revision, object: stored, previous });
      else record({ type: 'ADDED', kind, revision, object: stored });
      return stored;
    },
    remove: (kind, namespace, name) => {
      const key = keyOf(namespace, name);
      const previous = objectsOf(kind).get(key);
      if (!previous) return;
      objectsOf(kind).delete(key);
      record({ type: 'DELETED', kind, object: withRevision(previous), revision, previous });
    },
    changesSince: (kind, since) => {
      if (since < oldestRevision) return { oldestRevision };
      return changesAfter(since).filter(change => change.kind === kind);
    },
    subscribe: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    compact: () => forgetBefore(0),
  };
}
