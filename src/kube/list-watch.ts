import { type Clock, pause } from '../clock.ts';
import type { ClusterApi, Collection, WatchEvent } from './cluster-api.ts';
import type { ClusterError } from './cluster-error.ts';
import type { KubeObject } from './metadata.ts';

export type ListWatchReport =
  /** The whole collection, as listed: whatever was known before is replaced. */
  | { readonly kind: 'listed'; readonly objects: readonly KubeObject[] }
  /** What changed since, in the order of the server; bookmarks are not reported. */
  | { readonly kind: 'changed'; readonly events: readonly Exclude<WatchEvent, { type: 'BOOKMARK' }>[] }
  /** Nothing is missed from now on. */
  | { readonly kind: 'live' }
  /** What is known may be out of date; the next try follows by itself. */
  | { readonly kind: 'interrupted'; readonly error: ClusterError };

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;
const LONGEST_WAIT_MS = 60_000;
/** Watches that end sooner than this are not resumed at once, so that a server that closes them all is not hammered. */
const SHORT_WATCH_MS = 1_000;

/**
 * Lists a collection and watches it from there, for ever: it ends only with `signal`. Every failure is reported and retried
 * with jittered exponential back-off, or after the time that the server asked for; a resourceVersion that is too old leads
 * to a new list.
 *
 * @param random 0..1, for the jitter.
 */
export async function listAndWatch(
  api: ClusterApi,
  collection: Collection,
  report: (report: ListWatchReport) => void,
  clock: Clock,
  random: () => number,
  signal: AbortSignal,
): Promise<void> {
  let resourceVersion: string | undefined;
  let failures = 0;

  const interrupted = async (error: ClusterError): Promise<void> => {
    if (error.kind !== 'gone') report({ kind: 'interrupted', error });
    const backOffMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
    failures += 1;
    const jitteredMs = backOffMs * (0.5 + random() / 2);
    // However short or long the server asks to be left alone.
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(jitteredMs, error.retryAfterMs ?? 0));
    await pause(clock, waitMs, signal);
  };

  while (!signal.aborted) {
    if (resourceVersion === undefined) {
      const list = await api.list(collection, signal);
      if (signal.aborted) return;
      if (!list.ok) {
        await interrupted(list.error);
        continue;
      }
      report({ kind: 'listed', objects: list.value.items });
      resourceVersion = list.value.resourceVersion;
    }
    const startedMs = clock.now();
    const end = await api.watch(
      collection,
      resourceVersion,
      {
        onOpen: () => {
          if (!signal.aborted) report({ kind: 'live' });
        },
        onEvents: events => {
          if (signal.aborted) return;
          resourceVersion = versionAfter(events) ?? resourceVersion;
          const changes = events.filter(event => event.type !== 'BOOKMARK');
          if (changes.length > 0) report({ kind: 'changed', events: changes });
        },
      },
      signal,
    );
    if (signal.aborted) return;
    const wasShort = clock.now() - startedMs < SHORT_WATCH_MS;
    if (!wasShort) failures = 0;
    if (!end.ok) {
      if (end.error.kind === 'gone') resourceVersion = undefined;
      await interrupted(end.error);
    } else if (wasShort) {
      await pause(clock, SHORT_WATCH_MS, signal);
    }
  }
}

function versionAfter(events: readonly WatchEvent[]): string | undefined {
  const version = events.at(-1)?.object.metadata.resourceVersion;
  return typeof version === 'string' ? version : undefined;
}
