import { sameWeights, splitWords } from '../kube/split.ts';
import { sentence } from '../sentence.ts';
import { isAppliedKnown } from './applied-known.ts';
import { brokenLimitWords } from './limit-words.ts';
import type { Failure } from './route-known.ts';
import type { Restored, ShiftResult } from './shift-run.ts';
import type { AppState } from './state.ts';

/** What is wrong with how a shift ended, and what to do; undefined where it came to what was asked for. */
export function shiftFailure(result: ShiftResult, state: AppState): Failure | undefined {
  const after = [restoredWords(result.restored, state), isAppliedKnown(state.weights) ? '' : UNKNOWN_WORDS]
    .filter(Boolean)
    .join(' ');
  const failure = failureOf(result, state);
  return failure && { headline: failure.headline, nextStep: `${failure.nextStep} ${after}`.trim() };
}

function failureOf(result: ShiftResult, state: AppState): Failure | undefined {
  const { end } = result;
  switch (end.kind) {
    case 'applied':
    case 'verified':
      return undefined;
    case 'refused':
    case 'not-verified':
      return { headline: end.headline, nextStep: end.nextStep };
    case 'not-taken':
      return { headline: sentence(end.reason), nextStep: '' };
    case 'conflict':
      return {
        headline: `The weights are not as asked for: ${sentence(end.reason)}`,
        nextStep: 'Look, and ask again.',
      };
    case 'limit':
      return { headline: `A limit broke: ${brokenLimitWords(end.broken)}.`, nextStep: '' };
    case 'stopped':
      return { headline: 'Stopped by a signal.', nextStep: leftWords(result, state) };
  }
}

/** What a shift that was told to end leaves; nothing where that is not known, which is said besides. */
function leftWords({ wanted, isNew }: ShiftResult, { weights, connection }: AppState): string {
  const { applied } = weights;
  if (!wanted || !isNew) return 'Nothing was changed.';
  if (!applied || !isAppliedKnown(weights)) return '';
  const split = splitWords(applied.route, applied.weights);
  const canUndo = sameWeights(applied.weights, wanted) && !connection.isDemo;
  return `${split} is applied${canUndo ? ': weighbridge shift --undo goes back' : ''}.`;
}

const UNKNOWN_WORDS =
  'Whether the weights were applied is not known: weighbridge status says it once the API server answers.';

function restoredWords(restored: Restored, { weights: { applied } }: AppState): string {
  switch (restored.kind) {
    case 'not-asked':
      return '';
    case 'nothing-to-restore':
      return 'Nothing was rolled back: the weights were as asked for before.';
    case 'restored':
      return `Rolled back: ${applied ? splitWords(applied.route, applied.weights) : 'the weights from before'} is applied again.`;
    case 'not-restored':
      return `Not rolled back: ${sentence(restored.reason)}`;
    case 'unknown':
      return 'The weights from before were asked for again, and the API server did not answer in time.';
  }
}
