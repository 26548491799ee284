import type { AppState } from './state.ts';

/** Whether it is known what is applied: nothing is unanswered, and what failed was read again. */
export function isAppliedKnown(weights: AppState['weights']): boolean {
  return weights.applied !== undefined && weights.patch.kind === 'idle' && !isAnswerLost(weights);
}

/** Whether what became of the last ask is not known: its request failed, and so did reading the object again. */
export function isAnswerLost({ refusedAsk, refusedBecause: because }: AppState['weights']): boolean {
  return refusedAsk !== undefined && because?.kind === 'failed' && !because.isReadAgain;
}
