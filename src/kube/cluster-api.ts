import type { Duplex } from 'node:stream';
import type { Outcome } from './cluster-error.ts';
import type { JsonObject } from './json.ts';
import type { KubeObject, Metadata } from './metadata.ts';
import type { PatchOperation } from './patch.ts';

/** A collection of the API: `pods` of namespace `default`, narrowed by selectors. */
export type Collection = {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Absent for cluster-scoped kinds, and for all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
};

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | { readonly type: 'BOOKMARK'; readonly object: KubeObject };

export type WatchListener = {
  /** The server accepted the watch: from now on nothing is missed. */
  readonly onOpen: () => void;
  /** What one chunk brought, in order; never empty. */
  readonly onEvents: (events: readonly WatchEvent[]) => void;
};

export type List = { readonly items: readonly KubeObject[]; readonly resourceVersion: string };

/** A right, as RBAC sees it. */
export type AccessQuestion = {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  /** Absent for any object; a Role may grant single ones. */
  readonly name?: string;
};

/** The one edge to a Kubernetes API server. Failures are values, but for `portForward`; an aborted signal yields `aborted`. */
export interface ClusterApi {
  /** Its address, without credentials. */
  readonly server: string;
  get(collection: Collection, name: string, signal: AbortSignal): Promise<Outcome<KubeObject>>;
  /** All items, in pages of 500; at most 100,000, as a list that does not end is none. */
  list(collection: Collection, signal: AbortSignal): Promise<Outcome<List>>;
  /**
   * Watches until the server ends it in order (watches end every few minutes), which yields success, or it fails: with `silent`
   * where nothing was heard for longer than a server that sends bookmarks is quiet.
   * The listener must not throw.
   */
  watch(
    collection: Collection,
    resourceVersion: string,
    listener: WatchListener,
    signal: AbortSignal,
  ): Promise<Outcome<void>>;
  /**
   * A write, as `apply` and `delete` are: no other leaves the process, and one gate refuses them all. Yields the object as the
   * server has it afterwards.
   */
  patch(
    collection: Collection,
    name: string,
    operations: readonly PatchOperation[],
    signal: AbortSignal,
  ): Promise<Outcome<KubeObject>>;
  /** What the server would make of such a patch, by a dry run: nothing is stored. It is no write, so the gate lets it pass. */
  tryPatch(
    collection: Collection,
    name: string,
    operations: readonly PatchOperation[],
    signal: AbortSignal,
  ): Promise<Outcome<KubeObject>>;
  /**
   * Server-side apply as our own field manager: makes the object where there is none. Never by force, so that fields which
   * somebody else set otherwise are a `conflict`.
   */
  apply(collection: Collection, object: KubeObject, signal: AbortSignal): Promise<Outcome<KubeObject>>;
  /** Deletes the object that was read, and nothing that has changed or taken its name since: that is a `conflict`. */
  delete(collection: Collection, read: Metadata, signal: AbortSignal): Promise<Outcome<void>>;
  /** The end of what a container wrote in this run or, where `previous`, in the one before; it is not cleaned. */
  podLog(
    namespace: string,
    pod: string,
    run: { readonly container: string; readonly previous: boolean },
    signal: AbortSignal,
  ): Promise<Outcome<string>>;
  canI(question: AccessQuestion, signal: AbortSignal): Promise<Outcome<boolean>>;
  /** Calls `listener` with each warning that the server sends beside an answer, from now on and in the place of another one. */
  onWarning(listener: (text: string) => void): void;
  /** Any other path of the server, decoded. */
  raw(path: string, signal: AbortSignal): Promise<Outcome<JsonObject>>;
  /**
   * One TCP connection to a port of a pod. Rejects when the server refuses or does not answer in time; the stream ends or fails
   * when the pod goes away or the signal is aborted.
   */
  portForward(namespace: string, pod: string, port: number, signal: AbortSignal): Promise<Duplex>;
  /** What is asked from now on gets new connections; what is under way on the old ones may still end by itself. */
  renewConnections(): void;
  close(): Promise<void>;
}

/** The path of a collection on the API server. */
export function collectionPath({ group, version, plural, namespace }: Collection): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespace === undefined
    ? `${root}/${plural}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}
