import type { Clock } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import { AccessLoop } from './access-loop.ts';
import { followCopies } from './copy-loop.ts';
import { followDetails } from './details-loop.ts';
import { FindingsLoop } from './findings-loop.ts';
import { followTutorial } from './follow-tutorial.ts';
import { followNamespaces } from './namespace-loop.ts';
import { OwnerLoop } from './owner-loop.ts';
import { PatchLoop } from './patch-loop.ts';
import { type SampleListener, SampleLoop } from './sample-loop.ts';
import { serverWarned } from './server-warnings.ts';
import { type AppStore, writingUntil } from './store.ts';
import { WatchLoop } from './watch-loop.ts';

export type Session = {
  /** Ends every loop. Resolves when no request, timer or connection of the session is left. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts the loops that act on the state: watches, patches and samples. `onSample` hears of each sample as it was counted; in `env`
 * the tutorial looks for tools.
 */
export function startSession(
  api: ClusterApi,
  store: AppStore,
  clock: Clock,
  onSample: SampleListener = () => undefined,
  env: NodeJS.ProcessEnv = {},
): Session {
  const controller = new AbortController();
  const { signal } = controller;
  const own = writingUntil(store, signal);
  api.onWarning(text => own.setState(state => serverWarned(state, text, clock.now()), true));
  const watchLoop = new WatchLoop(api, own, clock, signal);
  new PatchLoop(api, own, clock, watchLoop.flush, signal).start();
  const loops = Promise.all([
    watchLoop.run(),
    new SampleLoop(api, own, clock, signal, onSample).run(),
    new AccessLoop(api, own, clock, signal).run(),
    new OwnerLoop(api, own, clock, signal).run(),
    new FindingsLoop(api, own, clock, signal).run(),
    followCopies(api, own, clock, signal),
    followNamespaces(api, own, clock, signal),
    followTutorial(api, own, clock, env, signal),
    followDetails(api, own, clock, signal),
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
