import { type Clock, pause } from '../clock.ts';
import type { ClusterApi, Collection, WatchEvent } from './cluster-api.ts';
import type { ClusterError, ClusterErrorKind, Outcome } from './cluster-error.ts';
import type { KubeObject } from './metadata.ts';
import type { Suspicion } from './suspicion.ts';

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
/** What only a person can change is asked for less often: each try may run a credential plugin, and is logged as an attempt. */
const LAST_RETRY_OF: Partial<Record<ClusterErrorKind, number>> = { forbidden: 30_000, unauthorized: 10_000 };
const LONGEST_WAIT_MS = 60_000;
/** Watches that end sooner than this are not resumed at once, so that a server that closes them all is not hammered. */
const SHORT_WATCH_MS = 1_000;

/**
 * Failures after which a watch goes on from where it was: they say nothing of its resourceVersion. Any other may be about the
 * version, as after a restored backup, or may forbid the watch alone: then a new list shows what there is.
 */
const RESUMED_AFTER: ReadonlySet<ClusterErrorKind> = new Set([
  'unreachable',
  'silent',
  'busy',
  'unauthorized',
  'not-kubernetes',
  'aborted',
]);

/** The edge, the time and the chance that a list and watch is made of. */
export type ListWatchParts = {
  readonly api: Pick<ClusterApi, 'list' | 'watch'>;
  readonly clock: Clock;
  /** 0..1, for the jitter. */
  readonly random: () => number;
  readonly suspicion: Suspicion;
};

/**
 * Lists a collection and watches it from there, for ever: it ends only with `signal`. Every failure is reported and retried
 * with jittered exponential back-off, or after the time that the server asked for; a resourceVersion that is too old leads
 * to a new list. A watch that went silent, or that is under suspicion, is resumed at once and only said to be interrupted when
 * that fails.
 */
export async function listAndWatch(
  { api, clock, random, suspicion }: ListWatchParts,
  collection: Collection,
  report: (report: ListWatchReport) => void,
  signal: AbortSignal,
): Promise<void> {
  let resourceVersion: string | undefined;
  let failures = 0;

  const interrupted = async (error: ClusterError, attempt: AbortSignal): Promise<void> => {
    if (!RESUMED_AFTER.has(error.kind)) resourceVersion = undefined;
    if (error.kind !== 'gone') report({ kind: 'interrupted', error });
    const lastMs = LAST_RETRY_OF[error.kind] ?? LAST_RETRY_MS;
    const backOffMs = Math.min(lastMs, FIRST_RETRY_MS * 2 ** failures);
    failures += 1;
    const jitteredMs = backOffMs * (0.5 + random() / 2);
    // However short or long the server asks to be left alone.
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(jitteredMs, error.retryAfterMs ?? 0));
    await pause(clock, waitMs, attempt);
  };

  const watchFrom = async (version: string, attempt: AbortSignal): Promise<Outcome<void>> => {
    const startedMs = clock.now();
    const listener = {
      onOpen: () => {
        if (!attempt.aborted) report({ kind: 'live' });
      },
      onEvents: (events: readonly WatchEvent[]) => {
        if (attempt.aborted) return;
        resourceVersion = versionAfter(events) ?? resourceVersion;
        const changes = events.filter(event => event.type !== 'BOOKMARK');
        if (changes.length > 0) report({ kind: 'changed', events: changes });
      },
    };
    const end = await api.watch(collection, version, listener, attempt);
    const wasShort = clock.now() - startedMs < SHORT_WATCH_MS;
    if (!wasShort) failures = 0;
    if (end.ok && wasShort) await pause(clock, SHORT_WATCH_MS, attempt);
    return end;
  };

  const listOrWatch = async (attempt: AbortSignal): Promise<Outcome<void>> => {
    if (resourceVersion !== undefined) return watchFrom(resourceVersion, attempt);
    const list = await api.list(collection, attempt);
    if (!list.ok) return list;
    if (attempt.aborted) return { ok: true, value: undefined };
    report({ kind: 'listed', objects: list.value.items });
    resourceVersion = list.value.resourceVersion;
    return { ok: true, value: undefined };
  };

  while (!signal.aborted) {
    const attempt = startAttempt(signal, suspicion);
    const end = await listOrWatch(attempt.signal);
    if (attempt.signal.aborted) failures = 0;
    else if (!end.ok && end.error.kind !== 'silent') await interrupted(end.error, attempt.signal);
    attempt.finish();
  }
}

/** A signal for one list or watch and the pause behind it, aborted with `signal` and when suspicion is raised. */
function startAttempt(
  signal: AbortSignal,
  suspicion: Suspicion,
): { readonly signal: AbortSignal; readonly finish: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  signal.addEventListener('abort', abort, { once: true });
  const forget = suspicion.onRaised(abort);
  return {
    signal: controller.signal,
    finish: () => {
      signal.removeEventListener('abort', abort);
      forget();
    },
  };
}

function versionAfter(events: readonly WatchEvent[]): string | undefined {
  const version = events.at(-1)?.object.metadata.resourceVersion;
  return typeof version === 'string' ? version : undefined;
}
