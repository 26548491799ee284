import { delegatesOf } from '../kube/delegation.ts';
import { type Unread, type Version, versionsOf } from '../kube/versions.ts';
import { shiftableRoutes } from '../kube/virtual-service.ts';
import { accessRefusal } from './access.ts';
import { ownerNotOverridden, ownerRefusal } from './ownership.ts';
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
    unread: {
      ...unread('deployments', deployments),
      ...unread('pods', pods),
      ...unread('services', services),
      ...unread('destinationRules', destinationRules),
    },
  });
}

/** What to say of a collection of which nothing is known. */
function unread(part: keyof Unread, { items, freshness }: Collected<unknown>): Unread {
  if (items.length > 0 || freshness.kind === 'live') return {};
  if (freshness.kind === 'loading') return { [part]: 'is being read' };
  return { [part]: freshness.error.kind === 'forbidden' ? 'may not be read' : 'cannot be read now' };
}

export type ConnectionPhase =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** No collection hears from the API server; `sinceMs` of the first that went silent. */
  | { readonly kind: 'lost'; readonly sinceMs: number; readonly reason: string; readonly nextStep: string };

/** Failures of the way to the API server, as opposed to its refusal of one collection. */
const LOST_KINDS = new Set([
  'unreachable',
  'not-kubernetes',
  'server',
  'unauthorized',
  'busy',
  'configuration',
]);

/** How the API server is, judged by the collection that the weights depend on, then by the others. */
export function connectionPhase(cluster: AppState['cluster']): ConnectionPhase {
  const { virtualServices, ...others } = cluster;
  if (virtualServices.freshness.kind === 'live') return { kind: 'live' };
  const decisive = [virtualServices, ...Object.values(others)].map(({ freshness }) => freshness);
  const lost = decisive.filter(
    (freshness): freshness is Extract<Collected<never>['freshness'], { kind: 'stale' }> =>
      freshness.kind === 'stale' && LOST_KINDS.has(freshness.error.kind),
  );
  const first = lost.toSorted((left, right) => left.sinceMs - right.sinceMs)[0];
  if (first) {
    return {
      kind: 'lost',
      sinceMs: first.sinceMs,
      reason: first.error.reason ?? first.error.headline,
      nextStep: first.error.nextStep,
    };
  }
  return { kind: virtualServices.freshness.kind === 'loading' ? 'connecting' : 'live' };
}

/** Why no write may leave the process, judged by what is known now; undefined where it may. */
export function writeRefusal(state: AppState): string | undefined {
  const rights = rightsRefusal(state);
  if (rights !== undefined) return rights;
  const owner = ownerNotOverridden(state);
  if (owner) {
    return ownerRefusal(owner, 'w');
  }
  return undefined;
}

/** Why no write may leave the process whatever is confirmed: the command line, or a right that is missing. */
export function rightsRefusal(state: AppState): string | undefined {
  return readOnlyRefusal(state) ?? accessRefusal(state);
}

/** Why nothing at all may be changed. */
export function readOnlyRefusal({ connection }: Pick<AppState, 'connection'>): string | undefined {
  return connection.isReadOnly ? 'read-only: weighbridge was started with --read-only' : undefined;
}

export type RouteChoice = ReturnType<typeof shiftableRoutes>[number];

/**
 * The routes to choose from: while none is chosen, those of the VirtualService that the command line names and of those that it
 * delegates to.
 */
export function routeChoices({ cluster, connection, target }: AppState): ReturnType<typeof shiftableRoutes> {
  const { items } = cluster.virtualServices;
  const { virtualService: wanted } = connection;
  if (wanted === undefined || target.kind === 'chosen') return shiftableRoutes(items);
  const named = items.filter(({ name }) => name === wanted);
  return shiftableRoutes([...named, ...named.flatMap(one => delegatesOf(one, items))]);
}
