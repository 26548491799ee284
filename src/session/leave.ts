import type { Clock } from '../clock.ts';
import { areWeightsSent } from './places.ts';
import type { AppState } from './state.ts';
import type { AppStore } from './store.ts';

/** How long weights that are still under way are waited for. */
const LEAVE_MS = 2_000;

/**
 * Calls `go` when the state `wants` it and no weights are under way, or two seconds later. `go` must end what is wanted.
 * Returns a function that stops it.
 */
export function onceSent(
  store: AppStore,
  clock: Clock,
  wants: (state: AppState) => boolean,
  go: () => void,
): () => void {
  let cancel: (() => void) | undefined;
  const finish = () => {
    cancel?.();
    cancel = undefined;
    go();
  };
  const unsubscribe = store.subscribe(state => {
    if (!wants(state)) return;
    if (areWeightsSent(state)) finish();
    else cancel ??= clock.after(LEAVE_MS, finish);
  });
  return () => {
    unsubscribe();
    cancel?.();
  };
}

/** Turns `leaving` into `ended` once no weights are under way, or after two seconds. Returns a function that stops it. */
export function endOnceSent(store: AppStore, clock: Clock): () => void {
  return onceSent(
    store,
    clock,
    ({ run }) => run.kind === 'leaving',
    () => store.setState({ run: { kind: 'ended' } }),
  );
}
