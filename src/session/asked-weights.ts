import type { ClusterError, ClusterErrorKind } from '../kube/cluster-error.ts';
import { type RawWeights, sameWeights, weightsText } from '../kube/split.ts';
import { ownerNotOverridden } from './ownership.ts';
import { connectionPhase } from './selectors.ts';
import type { AppState } from './state.ts';

/** Why weights that were asked for are not applied. */
export type RefusedBecause =
  /** The request failed; where the object could not be read again either, it may have been carried out all the same. */
  | { readonly kind: 'failed'; readonly error: ClusterError; readonly isReadAgain: boolean }
  /** Somebody else changed the route meanwhile. */
  | { readonly kind: 'changed'; readonly words: string }
  | { readonly kind: 'stored-otherwise'; readonly words: string };

/** How the applied weights stand to what was asked for last. */
export type AskedWeights =
  | { readonly kind: 'applied' }
  | { readonly kind: 'under-way' }
  /** The API server does not answer, or did not take the patch for a reason that may pass. */
  | { readonly kind: 'waiting'; readonly reason: string }
  /** The API server will not take them. */
  | { readonly kind: 'refused'; readonly reason: string; readonly by: 'cluster' | 'owner' }
  /** Somebody else set others, or took the route away. */
  | { readonly kind: 'changed-outside'; readonly reason: string };

/** Failures of a patch that say nothing about the weights: the same patch may be taken later. */
const PASSING: ReadonlySet<ClusterErrorKind> = new Set([
  'unreachable',
  'silent',
  'not-kubernetes',
  'server',
  'busy',
  'unauthorized',
]);

/**
 * How the `wanted` weights stand, for somebody who asked for them by an intent and asks for nothing else meanwhile.
 *
 * Judged by what the API server told: `applied` is never said of what only was sent.
 */
export function askedWeights(state: AppState, wanted: RawWeights): AskedWeights {
  const { applied, requested, patch, refusedAsk } = state.weights;
  if (!applied) return changedOutside(state, 'the route is gone');
  const isIdle = patch.kind === 'idle';
  if (isIdle && sameWeights(applied.weights, wanted)) return { kind: 'applied' };
  if (sameWeights(requested, wanted) || !isIdle) return underWay(state);
  if (refusedAsk && sameWeights(refusedAsk, wanted)) return refused(state);
  return changedOutside(state, `${weightsText(applied.weights)} was set meanwhile`);
}

function changedOutside({ weights: { refusedBecause: because } }: AppState, otherwise: string): AskedWeights {
  return { kind: 'changed-outside', reason: because?.kind === 'changed' ? because.words : otherwise };
}

function underWay(state: AppState): AskedWeights {
  const phase = connectionPhase(state.cluster);
  return phase.kind === 'lost' ? { kind: 'waiting', reason: phase.reason } : { kind: 'under-way' };
}

function refused(state: AppState): AskedWeights {
  const { refusedBecause: because } = state.weights;
  switch (because?.kind) {
    case undefined:
      return { kind: 'under-way' };
    case 'changed':
      return { kind: 'changed-outside', reason: because.words };
    case 'stored-otherwise':
      return { kind: 'refused', reason: because.words, by: 'cluster' };
    case 'failed': {
      const { kind, headline, nextStep } = because.error;
      const reason = `${headline} ${nextStep}`.trim();
      if (PASSING.has(kind)) return { kind: 'waiting', reason };
      return { kind: 'refused', reason, by: ownerNotOverridden(state) ? 'owner' : 'cluster' };
    }
  }
}
