import { askedShares, weightsText } from '../kube/split.ts';
import type { AppState } from './state.ts';

/**
 * Why traffic does not follow what is applied, and what to check; undefined where it does, or where that is not known.
 *
 * The API server takes weights that never reach the gateway: istiod has to hand them on, and Envoy has to accept them.
 */
export function unfollowedWords(state: AppState): string | undefined {
  const { applied } = state.weights;
  if (!applied) return undefined;
  const text = weightsText(applied.weights);
  if (askedShares(applied.weights) === undefined)
    return `Envoy refuses weights of ${text} and keeps the ones before: set others`;
  if (state.traffic.observed?.verdict.kind !== 'does-not-agree') return undefined;
  // What it may be comes first: on a narrow screen the end is cut.
  return isIstiodDown(state)
    ? `istiod is not ready, so Envoy keeps the weights before: see kubectl -n ${state.connection.istioNamespace} logs deploy/istiod`
    : `traffic does not follow ${text}: another route may win, or Envoy refused it; see weighbridge doctor`;
}

/** Nobody hands weights on while no istiod is ready. One that runs elsewhere, or cannot be seen, is not judged. */
function isIstiodDown({ cluster }: AppState): boolean {
  const { items, freshness } = cluster.istioPods;
  const istiods = items.filter(({ labels }) => labels.app === 'istiod');
  return freshness.kind === 'live' && istiods.length > 0 && !istiods.some(({ isReady }) => isReady);
}
