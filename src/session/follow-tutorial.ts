import type { Clock } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import type { AppState } from './state.ts';
import type { AppStore } from './store.ts';
import { FOREVER_MS, waitUntil } from './wait-until.ts';

const isOpen = ({ tutorial, connection, places }: AppState) =>
  tutorial.isOpen && places.move.kind === 'staying' && connection.namespace !== '';

/**
 * Runs the tutorial whenever its panel is open, and does nothing and loads nothing while it is closed. Resolves after the signal,
 * when nothing of it is left.
 */
export async function followTutorial(
  api: ClusterApi,
  store: AppStore,
  clock: Clock,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await waitUntil(store, isOpen, FOREVER_MS, clock, signal);
    if (signal.aborted || !isOpen(store.getState())) continue;
    const { TutorialLoop } = await import('./tutorial-loop.ts');
    const closing = new AbortController();
    const unsubscribe = store.subscribe(state => {
      if (!state.tutorial.isOpen) closing.abort();
    });
    await new TutorialLoop(api, store, clock, env, AbortSignal.any([signal, closing.signal])).run();
    unsubscribe();
  }
}
