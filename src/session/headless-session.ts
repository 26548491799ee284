import type { Clock } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import { failure, type Outcome } from '../kube/cluster-error.ts';
import { weightOperations } from '../kube/patch.ts';
import type { RawWeights } from '../kube/split.ts';
import { collectionOf, findRoute, rawWeights, readVirtualService } from '../kube/virtual-service.ts';
import type { ObservedSample } from '../traffic/sample.ts';
import { dispatcherOf } from './dispatcher.ts';
import type { Intent } from './intents.ts';
import { startSession } from './session.ts';
import type { AppState } from './state.ts';
import type { AppStore } from './store.ts';
import { waitUntil } from './wait-until.ts';

/**
 * A session that nobody looks at: the store, the loops and the intents of the screen, for a command that needs no terminal.
 *
 * Open one with `openOnRoute` (in `commands`), which waits with `routeKnown` until it is known what is to be shifted; wait with
 * `gatewaySampled` where samples are wanted, ask with `askFor`, and follow what becomes of it: `askedWeights` says how the applied
 * weights stand to the ask, `state.traffic.observed` what the samples say of them, and `onSample` brings each sample, for a
 * `LimitWatch`. Nothing patches or judges but the loops.
 */
export type HeadlessSession = {
  readonly store: AppStore;
  readonly clock: Clock;
  readonly dispatch: (intent: Intent) => void;
  /** Calls `listener` with each sample as it was counted, from now on. Returns a function that ends it. */
  readonly onSample: (listener: (sample: ObservedSample) => void) => () => void;
  /** Resolves as soon as the state `holds`, after `limitMs` at the latest, or at once when `signal` is aborted. */
  readonly until: (
    holds: (state: AppState) => boolean,
    limitMs: number,
    signal: AbortSignal,
  ) => Promise<AppState>;
  /** The weights that the API server would store, by a dry run: nothing is changed. Some have to differ from the applied ones. */
  readonly tryWeights: (wanted: RawWeights, signal: AbortSignal) => Promise<Outcome<RawWeights>>;
  /** Ends every loop. Resolves when no request, timer or connection of the session is left. */
  readonly stop: () => Promise<void>;
};

/** Starts the loops on a store that knows its connection, what to sample and whether anybody wants samples. */
export function startHeadlessSession(api: ClusterApi, store: AppStore, clock: Clock): HeadlessSession {
  const listeners = new Set<(sample: ObservedSample) => void>();
  const session = startSession(api, store, clock, (_, observed) => {
    for (const listener of listeners) listener(observed);
  });
  return {
    store,
    clock,
    dispatch: dispatcherOf(store, clock),
    onSample: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    until: async (holds, limitMs, signal) => {
      await waitUntil(store, holds, limitMs, clock, signal);
      return store.getState();
    },
    tryWeights: (wanted, signal) => tryWeights(api, store.getState(), wanted, signal),
    stop: session.stop,
  };
}

async function tryWeights(
  api: ClusterApi,
  { weights: { applied } }: AppState,
  wanted: RawWeights,
  signal: AbortSignal,
): Promise<Outcome<RawWeights>> {
  const gone = { kind: 'not-found', headline: 'The route is gone.', nextStep: 'Ask again.' } as const;
  if (!applied) return failure(gone);
  const { virtualService, route } = applied;
  const operations = weightOperations(route, wanted);
  const tried = await api.tryPatch(collectionOf(virtualService), virtualService.name, operations, signal);
  if (!tried.ok) return tried;
  const stored = findRoute(readVirtualService(tried.value), route);
  return stored ? { ok: true, value: rawWeights(stored) } : failure(gone);
}
