import type { Intent } from './intents.ts';
import { connectionPhase, ownerInForce, writeRefusal } from './selectors.ts';
import type { AppState } from './state.ts';

const WRITES = new Set<Intent['kind']>([
  'shift',
  'set-to',
  'split-evenly',
  'undo',
  'redo',
  'back-to-good',
  'ask-again',
]);
const NEEDS_ROUTE = new Set<Intent['kind']>([...WRITES, 'select-version', 'toggle-lock']);

/** Why an intent can do nothing now, in words for the status line and the dimmed key; undefined where it can. */
export function refusal(state: AppState, intent: Intent): string | undefined {
  if (state.run.kind !== 'running' && intent.kind !== 'quit') return 'weighbridge is about to close';
  if (NEEDS_ROUTE.has(intent.kind) && !state.weights.applied)
    return 'there is no VirtualService to shift yet';
  if (WRITES.has(intent.kind)) {
    const phase = connectionPhase(state.cluster);
    if (phase.kind === 'lost') return 'the API server does not answer: weights cannot be changed now';
    const readOnly = writeRefusal(state);
    if (readOnly !== undefined) return readOnly;
  }
  return particularRefusal(state, intent);
}

function particularRefusal({ weights, ui, traffic }: AppState, intent: Intent): string | undefined {
  switch (intent.kind) {
    case 'undo':
      return weights.undo.length === 0 ? 'there is no shift to undo' : undefined;
    case 'redo':
      return weights.redo.length === 0 ? 'there is nothing to redo' : undefined;
    case 'ask-again':
      return weights.refusedAsk ? undefined : 'nothing that you asked for was refused';
    case 'back-to-good':
      return weights.lastGood ? undefined : 'traffic has not agreed with any split yet';
    case 'override-owner':
      return ownerInForce(weights) ? undefined : 'no owner puts these weights back';
    case 'enter-weight':
      return ui.focus === 'responses' || weights.applied
        ? undefined
        : 'there is no VirtualService to shift yet';
    case 'pause-sampling':
      return traffic.isPaused || traffic.sampling.kind === 'sampling'
        ? undefined
        : 'nothing is being sampled';
    default:
      return undefined;
  }
}
