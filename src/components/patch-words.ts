import { type RawWeights, sameWeights, weightsText } from '../kube/split.ts';
import type { PatchState } from '../session/state.ts';

/** What is on its way to the API server: `patching 60/40…`; empty while everything that was asked for is applied. */
export function patchWords(patch: PatchState, requested: RawWeights, applied: RawWeights): string {
  if (patch.kind === 'idle') {
    return sameWeights(requested, applied) ? '' : `${weightsText(requested)} is next…`;
  }
  const now = weightsText(patch.wanted);
  return sameWeights(requested, patch.wanted)
    ? `patching ${now}…`
    : `patching ${now}, then ${weightsText(requested)}…`;
}
