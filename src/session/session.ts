import { type Clock, pause } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import { PatchLoop } from './patch-loop.ts';
import { SampleLoop } from './sample-loop.ts';
import type { AppStore } from './store.ts';
import { ISTIO_GROUP, WatchLoop } from './watch-loop.ts';

const ACCESS_RETRY_MS = 5_000;

export type Session = {
  /** Ends every loop. Resolves when no request, timer or connection of the session is left. */
  readonly stop: () => Promise<void>;
};

/** Starts the loops that act on the state: watches, patches and samples. */
export function startSession(api: ClusterApi, store: AppStore, clock: Clock): Session {
  const controller = new AbortController();
  const { signal } = controller;
  const watchLoop = new WatchLoop(api, store, clock, signal);
  new PatchLoop(api, store, clock, watchLoop.flush, signal).start();
  const loops = Promise.all([
    watchLoop.run(),
    new SampleLoop(api, store, clock, signal).run(),
    askForAccess(api, store, clock, signal),
  ]);
  // A loop that throws is a bug: it surfaces as an uncaught exception, which restores the terminal and ends the program.
  loops.catch(error => {
    queueMicrotask(() => {
      throw error;
    });
  });
  return {
    stop: async () => {
      controller.abort();
      await loops.catch(() => undefined);
      await api.close();
    },
  };
}

/** Asks whether weights may be patched, so that the keys can say so before the first of them is pressed. */
async function askForAccess(
  api: ClusterApi,
  store: AppStore,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const { namespace } = store.getState().connection;
  while (!signal.aborted) {
    const answer = await api.canI(
      { verb: 'patch', group: ISTIO_GROUP, resource: 'virtualservices', namespace },
      signal,
    );
    if (signal.aborted) return;
    if (answer.ok) {
      store.setState(state => ({ ...state, weights: { ...state.weights, canPatch: answer.value } }));
      return;
    }
    // A cluster that does not answer the question answers the patch itself.
    if (answer.error.kind !== 'unreachable' && answer.error.kind !== 'server') return;
    await pause(clock, ACCESS_RETRY_MS, signal);
  }
}
