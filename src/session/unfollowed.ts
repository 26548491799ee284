import { rulesFor } from '../kube/destination-target.ts';
import { type DisagreementFacts, disagreementReasons } from '../kube/disagreement-reasons.ts';
import { routeNotes } from '../kube/route-notes.ts';
import { askedShares, weightsText } from '../kube/split.ts';
import type { RouteDestination } from '../kube/virtual-service.ts';
import type { Applied, AppState } from './state.ts';

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
  const [reason, ...others] = disagreementReasons(factsOf(state, applied));
  if (reason === undefined)
    return `traffic does not follow ${text}: another route may win, or Envoy refused it; see weighbridge doctor`;
  // What it may be comes first: on a narrow screen the end is cut.
  const logs = `kubectl -n ${state.connection.istioNamespace} logs deploy/istiod`;
  return [isIstiodDown(state) ? `${reason}: see ${logs}` : reason, ...others].join('; ');
}

function factsOf(state: AppState, { virtualService, route }: Applied): DisagreementFacts {
  const { sampling, chart } = state.traffic;
  const { virtualServices, destinationRules } = state.cluster;
  const [failure] = chart.shown?.failures ?? [];
  const answered = total(chart.shown?.series.counts.flat());
  const failed = total(chart.shown?.series.failed);
  const hasSubset = (destination: RouteDestination) =>
    rulesFor(destination, virtualService.namespace, destinationRules.items).some(({ subsets }) =>
      subsets.some(({ name }) => name === destination.subset),
    );
  return {
    isIstiodDown: isIstiodDown(state),
    notes: routeNotes(virtualService, route, virtualServices.items),
    withoutSubset: route.destinations
      .filter(({ subset }) => subset !== undefined && destinationRules.freshness.kind === 'live')
      .filter(destination => !hasSubset(destination))
      .map(({ label }) => label),
    failure: failure && { label: failure.label, part: failed / Math.max(1, answered + failed) },
    gatewayPods:
      sampling.kind === 'sampling' && sampling.gatewayPods !== 'unknown' ? sampling.gatewayPods : undefined,
    hasHeaderMatch: route.matches.some(({ headers }) => headers.length > 0),
  };
}

function total(counts: readonly number[] = []): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Nobody hands weights on while no istiod is ready. One that runs elsewhere, or cannot be seen, is not judged. */
function isIstiodDown({ cluster }: AppState): boolean {
  const { items, freshness } = cluster.istioPods;
  const istiods = items.filter(({ labels }) => labels.app === 'istiod');
  return freshness.kind === 'live' && istiods.length > 0 && !istiods.some(({ isReady }) => isReady);
}
