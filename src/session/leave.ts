import type { Clock } from '../clock.ts';
import { sameWeights } from '../kube/split.ts';
import type { AppStore } from './store.ts';

/** How long quitting waits for weights that are still under way. */
const LEAVE_MS = 2_000;

/** Turns `leaving` into `ended` once no weights are under way, or after two seconds. Returns a function that stops it. */
export function endOnceSent(store: AppStore, clock: Clock): () => void {
  const end = () => store.setState({ run: { kind: 'ended' } });
  let cancel: (() => void) | undefined;
  const unsubscribe = store.subscribe(({ run, weights }) => {
    if (run.kind !== 'leaving') return;
    const applied = weights.applied?.weights ?? [];
    if (weights.patch.kind === 'idle' && sameWeights(weights.requested, applied)) end();
    else cancel ??= clock.after(LEAVE_MS, end);
  });
  return () => {
    unsubscribe();
    cancel?.();
  };
}
