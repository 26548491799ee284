import { rulesFor } from '../kube/destination-target.ts';
import { certainReasons, type DisagreementFacts, disagreementReasons } from '../kube/disagreement-reasons.ts';
import { isControlPlane } from '../kube/istio-findings.ts';
import { routeNotes } from '../kube/route-notes.ts';
import { askedShares, weightsText } from '../kube/split.ts';
import type { RouteDestination } from '../kube/virtual-service.ts';
import { versions } from './selectors.ts';
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
    return `traffic does not follow ${text}; d says more: another route may win, or Envoy refused it`;
  // What it may be comes first: on a narrow screen the end is cut.
  return [reason, 'd says more', ...others].join('; ');
}

/** What is known to keep requests from following the applied weights, also before samples show it; undefined where nothing is. */
export function foreseenTrouble(state: AppState): string | undefined {
  const { applied } = state.weights;
  if (!applied) return undefined;
  const { istiod, ...facts } = certainFacts(state, applied);
  // Samples that agree know more than what is seen of the cluster from one namespace.
  const agrees = state.traffic.observed?.verdict.kind === 'agrees';
  const [reason] = certainReasons({
    istiod,
    withoutSubset: agrees ? [] : facts.withoutSubset,
    withoutReadyPod: agrees ? [] : facts.withoutReadyPod,
  });
  return reason && `${reason}; d says more`;
}

type CertainFacts = Pick<DisagreementFacts, 'istiod' | 'withoutSubset' | 'withoutReadyPod'>;

function certainFacts(state: AppState, { virtualService, route, weights }: Applied): CertainFacts {
  const { destinationRules } = state.cluster;
  const hasSubset = (destination: RouteDestination) =>
    rulesFor(destination, virtualService.namespace, destinationRules.items).some(({ subsets }) =>
      subsets.some(({ name }) => name === destination.subset),
    );
  const withoutSubset = route.destinations
    .filter(({ subset }) => subset !== undefined && destinationRules.freshness.kind === 'live')
    .filter(destination => !hasSubset(destination))
    .map(({ label }) => label);
  const withoutReadyPod = versions(state)
    .filter(({ health, readyPods }, at) => health !== 'unknown' && readyPods === 0 && (weights[at] ?? 0) > 0)
    .map(({ label }) => label)
    .filter(label => !withoutSubset.includes(label));
  return { istiod: istiodFact(state), withoutSubset, withoutReadyPod };
}

function factsOf(state: AppState, applied: Applied): DisagreementFacts {
  const { virtualService, route } = applied;
  const { sampling } = state.traffic;
  return {
    ...certainFacts(state, applied),
    notes: routeNotes(virtualService, route, state.cluster.virtualServices.items),
    failure: failureSinceChange(state.traffic),
    gatewayPods:
      sampling.kind === 'sampling' && sampling.gatewayPods !== 'unknown' ? sampling.gatewayPods : undefined,
    hasHeaderMatch: route.matches.some(({ headers }) => headers.length > 0),
  };
}

/** What fails of the samples in the chart that were sent since the weights changed: what failed before explains nothing. */
function failureSinceChange({ chart, observed }: AppState['traffic']): DisagreementFacts['failure'] {
  if (!chart.shown) return undefined;
  const sinceMs = observed?.shift?.acceptedAtMs ?? 0;
  const failure = chart.shown.failures.find(({ newestAtMs }) => newestAtMs >= sinceMs);
  if (!failure) return undefined;
  const { startMs, bucketMs, counts, failed } = chart.shown.series;
  const first = Math.max(0, Math.ceil((sinceMs - startMs) / bucketMs));
  const since = (series: readonly number[]) => series.slice(first).reduce((sum, count) => sum + count, 0);
  const failures = since(failed);
  const answers = counts.reduce((sum, series) => sum + since(series), 0);
  return { label: failure.label, part: failures / Math.max(1, answers + failures) };
}

/** Nobody hands weights on while no istiod is ready. What may not be read is not judged. */
function istiodFact({ cluster, connection, now }: AppState): DisagreementFacts['istiod'] {
  const { items, freshness } = cluster.istioPods;
  if (freshness.kind !== 'live') return { kind: 'unknown' };
  const istiods = items.filter(pod => isControlPlane(pod) && !pod.isFinished);
  if (istiods.length === 0) return { kind: 'none', namespace: connection.istioNamespace };
  const ready = istiods.filter(({ isReady }) => isReady);
  if (ready.length === 0) return { kind: 'not-ready' };
  return { kind: 'ready', ageMs: now - Math.min(...ready.map(({ createdAtMs }) => createdAtMs ?? 0)) };
}
