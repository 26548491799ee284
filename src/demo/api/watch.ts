import type { KubeObject } from '../kinds/kind.ts';
import type { Storage, StoredChange } from '../storage.ts';
import type { Timers } from '../timers.ts';
import { checkFreshness, readRevision, readSelection, readWholeNumber } from './list.ts';
import { bookmarkOf, type Representation, representOne } from './representation.ts';
import type { ApiResponse, WatchSink } from './request.ts';
import type { ResourcePath } from './resource-path.ts';
import type { Matches } from './selectors.ts';
import { expired, isRefusal, type Refusal } from './status-error.ts';

/** How often a watch that asked for bookmarks hears how far it has come. */
const BOOKMARK_INTERVAL_MS = 5_000;

/** How long a watch lasts whose client names no time. */
const DEFAULT_TIMEOUT_SECONDS = 1_800;

type WatchOptions = {
  /** Events after this revision; absent: first the objects that there are. */
  readonly since: number | undefined;
  readonly timeoutMs: number;
  readonly wantsBookmarks: boolean;
  /** The state comes first, and a bookmark says where it ends. */
  readonly wantsInitialEvents: boolean;
};

/** What a selector sees of a change: an object that begins or ceases to match was added or deleted. */
export function seenThrough(
  selects: Matches<KubeObject>,
  change: StoredChange,
): StoredChange['type'] | undefined {
  const didMatch = change.previous !== undefined && selects(change.previous);
  const doesMatch = change.type !== 'DELETED' && selects(change.object);
  if (doesMatch) return didMatch ? 'MODIFIED' : 'ADDED';
  return didMatch ? 'DELETED' : undefined;
}

function readOptions(query: URLSearchParams): WatchOptions | Refusal {
  const since = readRevision(query);
  if (typeof since === 'object') return since;
  const seconds = readWholeNumber(query, 'timeoutSeconds');
  if (typeof seconds === 'object') return seconds;
  const wantsBookmarks =
    query.get('allowWatchBookmarks') === 'true' || query.get('allowWatchBookmarks') === '1';
  const wantsInitialEvents = query.get('sendInitialEvents') === 'true';
  const timeoutMs = 1_000 * (seconds || DEFAULT_TIMEOUT_SECONDS);
  return { since, timeoutMs, wantsBookmarks, wantsInitialEvents };
}

/** Sends the events of one watch. */
function openWatch(
  storage: Storage,
  timers: Timers,
  path: ResourcePath,
  selects: Matches<KubeObject>,
  options: WatchOptions,
  how: Representation,
  sink: WatchSink,
): () => void {
  const { kind, version } = path;
  let isFirst = true;
  const send = (type: string, object: KubeObject) => {
    // Only the first table of a watch says what its columns are.
    const text = representOne(kind, version, object, how, timers.now(), isFirst);
    isFirst = false;
    sink.send(`{"type":"${type}","object":${text}}\n`);
  };
  const bookmark = (annotations?: Readonly<Record<string, string>>) => {
    const metadata = { resourceVersion: String(storage.revision), ...(annotations && { annotations }) };
    send('BOOKMARK', bookmarkOf(kind, version, metadata));
  };
  const relay = (change: StoredChange) => {
    const type = change.kind === kind ? seenThrough(selects, change) : undefined;
    if (!type) return;
    // An object that a selector loses sight of is shown as it was last seen, at the revision that took it away.
    const object =
      type === 'DELETED' && change.type !== 'DELETED' && change.previous
        ? {
            ...change.previous,
            metadata: { ...change.previous.metadata, resourceVersion: String(change.revision) },
          }
        : change.object;
    send(type, object);
  };

  if (options.since === undefined || options.wantsInitialEvents) {
    for (const object of storage.list(kind, path.namespace).filter(selects)) send('ADDED', object);
    if (options.wantsInitialEvents) bookmark({ 'k8s.io/initial-events-end': 'true' });
  } else {
    const missed = storage.changesSince(kind, options.since);
    if ('oldestRevision' in missed) {
      const { refusal } = expired(`too old resource version: ${options.since} (${missed.oldestRevision})`);
      sink.send(`${JSON.stringify({ type: 'ERROR', object: refusal })}\n`);
      sink.end();
      return () => {};
    }
    for (const change of missed) relay(change);
  }

  const since = options.since ?? 0;
  const unsubscribe = storage.subscribe(change => {
    if (change.revision > since) relay(change);
  });
  let cancelBookmark = () => {};
  const bookmarkLater = () => {
    cancelBookmark = timers.after(BOOKMARK_INTERVAL_MS, () => {
      bookmark();
      bookmarkLater();
    });
  };
  if (options.wantsBookmarks) bookmarkLater();
  const close = () => {
    unsubscribe();
    cancelBookmark();
    cancelTimeout();
  };
  const cancelTimeout = timers.after(options.timeoutMs, () => {
    if (options.wantsBookmarks) bookmark();
    close();
    sink.end();
  });
  return close;
}

/**
 * Answers a watch. A revision that is no longer kept is not a refusal but an `ERROR` event with status 410, as
 * clients of a real API server see it.
 */
export function watchObjects(
  storage: Storage,
  timers: Timers,
  path: ResourcePath,
  query: URLSearchParams,
  how: Representation,
): ApiResponse | Refusal {
  const selects = readSelection(path, query);
  if (typeof selects !== 'function') return selects;
  const unclear = checkFreshness(query);
  if (unclear) return unclear;
  const options = readOptions(query);
  if (isRefusal(options)) return options;
  return { type: 'watch', open: sink => openWatch(storage, timers, path, selects, options, how, sink) };
}
