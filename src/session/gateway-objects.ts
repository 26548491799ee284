import { gatewaysOf } from '../kube/bound-gateways.ts';
import { matchesSelector } from '../kube/metadata.ts';
import { reachedRoute } from './sample-target.ts';
import type { AppState } from './state.ts';

/** What the ways to the gateway follow from, as far as it is watched, as text to compare. */
export function gatewayObjects(state: AppState): string {
  const { cluster, weights } = state;
  const reached = weights.applied && reachedRoute(state, weights.applied);
  if (!reached) return '';
  const gateways = gatewaysOf(reached.virtualService, cluster.gateways.items);
  const pods = cluster.istioPods.items.filter(
    pod => pod.isReady && gateways.some(({ selector }) => matchesSelector(selector, pod.labels)),
  );
  return [...gateways.map(({ resourceVersion }) => resourceVersion), ...pods.map(({ uid }) => uid)].join();
}
