import type { ClusterError } from '../kube/cluster-error.ts';
import type { Metadata } from '../kube/metadata.ts';
import { shiftableRoutes, type VirtualService } from '../kube/virtual-service.ts';
import { noReadyGrant } from './guards.ts';
import { withNotice } from './notices.ts';
import { versions } from './selectors.ts';
import type { AppState, ClusterState, Collected } from './state.ts';
import { appliedFrom, routeChosen, virtualServiceGone, virtualServiceSeen } from './weights.ts';

export type CollectionName = keyof ClusterState;

export type ItemOf<Name extends CollectionName> = ClusterState[Name]['items'][number];

/** What a watch reported of one collection, its objects already read. */
export type CollectionReport<Item> =
  | { readonly kind: 'listed'; readonly items: readonly Item[] }
  | {
      readonly kind: 'changed';
      readonly changes: readonly { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly item: Item }[];
    }
  | { readonly kind: 'live' }
  | { readonly kind: 'interrupted'; readonly error: ClusterError };

/** A collection after a report. Rows stay when the connection is lost; only a new list or an event removes one. */
export function foldReport<Item extends Metadata>(
  collected: Collected<Item>,
  report: CollectionReport<Item>,
  now: number,
): Collected<Item> {
  switch (report.kind) {
    case 'listed':
      return { items: report.items, freshness: { kind: 'live' } };
    case 'changed':
      return { items: foldChanges(collected.items, report.changes), freshness: { kind: 'live' } };
    case 'live':
      return collected.freshness.kind === 'live' ? collected : { ...collected, freshness: { kind: 'live' } };
    case 'interrupted': {
      const sinceMs = collected.freshness.kind === 'stale' ? collected.freshness.sinceMs : now;
      return { ...collected, freshness: { kind: 'stale', sinceMs, error: report.error } };
    }
  }
}

function foldChanges<Item extends Metadata>(
  items: readonly Item[],
  changes: Extract<CollectionReport<Item>, { kind: 'changed' }>['changes'],
): readonly Item[] {
  const byName = new Map(items.map(item => [`${item.namespace}/${item.name}`, item]));
  for (const { type, item } of changes) {
    const key = `${item.namespace}/${item.name}`;
    if (type === 'DELETED') byName.delete(key);
    else byName.set(key, item);
  }
  return [...byName.values()];
}

/** Which VirtualService the command line named; absent where any will do. */
export type Wanted = { readonly name: string | undefined };

/**
 * The state once the cluster's slices have changed: the route is chosen where there is one candidate, asked for where there
 * are several, and its weights follow the VirtualService.
 */
export function clusterChanged(state: AppState, before: ClusterState, wanted: Wanted, now: number): AppState {
  const followed =
    state.cluster.virtualServices === before.virtualServices
      ? state
      : followVirtualService(state, wanted, now);
  return endGrants(followed, before);
}

function followVirtualService(state: AppState, wanted: Wanted, now: number): AppState {
  const { virtualServices } = state.cluster;
  if (state.target.kind !== 'chosen') {
    return virtualServices.freshness.kind === 'live' ? findRoute(state, wanted) : explainMissing(state);
  }
  const { namespace, name } = state.target;
  const seen = virtualServices.items.find(item => item.namespace === namespace && item.name === name);
  const followed = seen ? virtualServiceSeen(state, seen, now) : virtualServiceGone(state, now);
  return followed.target.kind === 'finding' ? findRoute(followed, wanted) : followed;
}

function findRoute(state: AppState, wanted: Wanted): AppState {
  const routes = shiftableRoutes(named(state.cluster.virtualServices.items, wanted));
  const [only, ...others] = routes;
  if (!only) return { ...state, target: noRoute(state, wanted) };
  if (others.length > 0) {
    const overlay =
      state.ui.overlay.kind === 'none' ? ({ kind: 'picker', index: 0 } as const) : state.ui.overlay;
    return { ...state, target: { kind: 'choosing' }, ui: { ...state.ui, overlay } };
  }
  const { virtualService, route } = only;
  const applied = appliedFrom(virtualService, route.index, { kind: 'found' });
  if (!applied) return state;
  const { namespace, name } = virtualService;
  const ui =
    state.ui.overlay.kind === 'picker' ? { ...state.ui, overlay: { kind: 'none' } as const } : state.ui;
  return routeChosen(
    { ...state, ui, target: { kind: 'chosen', namespace, name, routeIndex: route.index } },
    applied,
  );
}

function named(items: readonly VirtualService[], wanted: Wanted): readonly VirtualService[] {
  return wanted.name === undefined ? items : items.filter(({ name }) => name === wanted.name);
}

function noRoute(state: AppState, wanted: Wanted): Extract<AppState['target'], { kind: 'none' }> {
  const { namespace } = state.connection;
  const candidates = named(state.cluster.virtualServices.items, wanted);
  const first = candidates[0];
  if (first) {
    return {
      kind: 'none',
      reason: `VirtualService ${first.name} has no HTTP route with two or more destinations.`,
      nextStep: 'Name another one: weighbridge [VIRTUALSERVICE].',
    };
  }
  return {
    kind: 'none',
    reason: wanted.name
      ? `There is no VirtualService ${wanted.name} in namespace ${namespace}.`
      : `There is no VirtualService in namespace ${namespace}.`,
    nextStep:
      'Apply one (kubectl apply -f manifests/), or name a namespace with -n. It appears here by itself.',
  };
}

function explainMissing(state: AppState): AppState {
  const { freshness } = state.cluster.virtualServices;
  if (freshness.kind !== 'stale' || freshness.error.kind === 'unreachable') return state;
  const { headline, nextStep } = freshness.error;
  return { ...state, target: { kind: 'none', reason: headline, nextStep } };
}

/** Grants to send weight to a version without a ready pod end when it has one again. */
function endGrants(state: AppState, before: ClusterState): AppState {
  const { granted } = state.weights;
  if (granted.length === 0 || state.cluster.pods === before.pods) return state;
  const ended = new Set(
    versions(state)
      .filter(({ readyPods }) => readyPods > 0)
      .map(({ label }) => noReadyGrant(label)),
  );
  if (!granted.some(grant => ended.has(grant))) return state;
  return { ...state, weights: { ...state.weights, granted: granted.filter(grant => !ended.has(grant)) } };
}

/** Once a second: ages and expiries, and a look at the VirtualService where an echo of our own patch never came. */
export function ticked(state: AppState, now: number): AppState {
  const current = { ...state, now };
  if (!state.weights.awaitedEcho || state.target.kind !== 'chosen' || state.weights.patch.kind !== 'idle')
    return current;
  const { namespace, name } = state.target;
  const seen = state.cluster.virtualServices.items.find(
    item => item.namespace === namespace && item.name === name,
  );
  return seen ? virtualServiceSeen(current, seen, now) : current;
}

/** One warning for an owner that does not put weights back but writes its own with its next upgrade. */
export function warnOfOwner(state: AppState, now: number): AppState {
  const owner = state.weights.applied?.virtualService.owners.find(({ reverts }) => !reverts);
  if (!owner) return state;
  const text = `${owner.name} manages this VirtualService: its next change may set other weights`;
  return withNotice(state, 'warning', text, now);
}
