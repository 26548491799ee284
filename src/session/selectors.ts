import { type Version, versionsOf } from '../kube/versions.ts';
import type { AppState, Collected } from './state.ts';

/** The versions behind the chosen route, in the order of its destinations; empty while there is none. */
export function versions(state: Pick<AppState, 'cluster' | 'weights'>): readonly Version[] {
  const { applied } = state.weights;
  if (!applied) return [];
  const { deployments, pods, services, destinationRules, warningEvents } = state.cluster;
  return versionsOf(applied.route, applied.virtualService.namespace, {
    deployments: deployments.items,
    pods: pods.items,
    services: services.items,
    destinationRules: destinationRules.items,
    warningEvents: warningEvents.items,
  });
}

export type ConnectionPhase =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** No collection hears from the API server; `sinceMs` of the first that went silent. */
  | { readonly kind: 'lost'; readonly sinceMs: number; readonly reason: string; readonly nextStep: string };

/** Failures of the way to the API server, as opposed to its refusal of one collection. */
const LOST_KINDS = new Set(['unreachable', 'not-kubernetes', 'server', 'unauthorized', 'busy']);

/** How the API server is, judged by the collection that the weights depend on, then by the others. */
export function connectionPhase(cluster: AppState['cluster']): ConnectionPhase {
  const { virtualServices, ...others } = cluster;
  const decisive = [virtualServices, ...Object.values(others)].map(({ freshness }) => freshness);
  const lost = decisive.filter(
    (freshness): freshness is Extract<Collected<never>['freshness'], { kind: 'stale' }> =>
      freshness.kind === 'stale' && LOST_KINDS.has(freshness.error.kind),
  );
  const first = lost.toSorted((left, right) => left.sinceMs - right.sinceMs)[0];
  if (first && virtualServices.freshness.kind !== 'live') {
    return {
      kind: 'lost',
      sinceMs: first.sinceMs,
      reason: first.error.reason ?? first.error.headline,
      nextStep: first.error.nextStep,
    };
  }
  return virtualServices.freshness.kind === 'loading' ? { kind: 'connecting' } : { kind: 'live' };
}

/** Why no write may leave the process, judged by what is known now; undefined where it may. */
export function writeRefusal(state: AppState): string | undefined {
  const { applied, canPatch, granted } = state.weights;
  if (canPatch === false) {
    return `read-only: ask for \`patch\` on virtualservices in namespace ${state.connection.namespace}`;
  }
  const owner = applied?.virtualService.owners.find(({ reverts }) => reverts);
  if (owner && !granted.includes(ownerGrant(owner.name))) {
    return `read-only: ${owner.name} owns this VirtualService and puts weights back; press w to override`;
  }
  return undefined;
}

/** The grant that overriding an owner records. */
export function ownerGrant(owner: string): string {
  return `owner:${owner}`;
}
