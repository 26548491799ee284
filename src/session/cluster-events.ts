import type { ClusterError } from '../kube/cluster-error.ts';
import type { Metadata } from '../kube/metadata.ts';
import { routeBack, routeChosen, virtualServiceGone, virtualServiceSeen } from './applied.ts';
import { unchanged } from './collection-parts.ts';
import { noReadyGrant } from './guards.ts';
import { openList } from './list-overlay.ts';
import { noRoute } from './no-route.ts';
import { withNotice } from './notices.ts';
import { rememberedChoice, routeLabel } from './remembered.ts';
import { type RouteChoice, routeChoices, versions } from './selectors.ts';
import type { AppState, ClusterState, Collected } from './state.ts';

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
    case 'listed': {
      const items = foldList(collected.items, report.items);
      const isSame = items === collected.items && collected.freshness.kind === 'live';
      return isSame ? collected : { items, freshness: { kind: 'live' } };
    }
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

/** A new list in which the objects that stayed the same are the very ones of before: nothing is drawn again for them. */
function foldList<Item extends Metadata>(before: readonly Item[], listed: readonly Item[]): readonly Item[] {
  const known = new Map(before.map(item => [keyOf(item), item]));
  const items = listed.map(item => {
    const same = known.get(keyOf(item));
    return same && isSameVersion(same, item) ? same : item;
  });
  return unchanged(before, items);
}

function foldChanges<Item extends Metadata>(
  items: readonly Item[],
  changes: Extract<CollectionReport<Item>, { kind: 'changed' }>['changes'],
): readonly Item[] {
  const byName = new Map(items.map(item => [keyOf(item), item]));
  for (const { type, item } of changes) {
    if (type === 'DELETED') byName.delete(keyOf(item));
    else byName.set(keyOf(item), item);
  }
  return unchanged(items, [...byName.values()]);
}

function keyOf({ namespace, name }: Metadata): string {
  return `${namespace}/${name}`;
}

function isSameVersion(left: Metadata, right: Metadata): boolean {
  return (
    left.uid === right.uid && left.resourceVersion !== '' && left.resourceVersion === right.resourceVersion
  );
}

/**
 * The state once the cluster's slices have changed: the route is chosen where there is one candidate, asked for where there
 * are several, and its weights follow the VirtualService.
 */
export function clusterChanged(state: AppState, before: ClusterState, now: number): AppState {
  const isNews = state.cluster.virtualServices !== before.virtualServices;
  return endGrants(isNews ? followVirtualService(state, now) : state, before);
}

function followVirtualService(state: AppState, now: number): AppState {
  const { virtualServices } = state.cluster;
  if (state.target.kind !== 'chosen') {
    return virtualServices.freshness.kind === 'live' ? findTarget(state, now) : explainMissing(state);
  }
  const { namespace, name } = state.target;
  const seen = virtualServices.items.find(item => item.namespace === namespace && item.name === name);
  if (!seen) return virtualServiceGone(state, now);
  return state.weights.applied ? virtualServiceSeen(state, seen, now) : routeBack(state, seen, now);
}

function findTarget(state: AppState, now: number): AppState {
  const choices = routeChoices(state);
  const [only, ...others] = choices;
  if (!only) return { ...state, target: noRoute(state) };
  if (others.length > 0) {
    const chosenBefore = rememberedChoice(state.places.remembered, state.connection.namespace, choices);
    if (chosenBefore && state.target.kind !== 'choosing') return asBefore(state, chosenBefore, now);
    // Asked once: whoever closes the list opens it again with its key.
    const isAsked = state.target.kind === 'choosing' || state.ui.overlay.kind !== 'none';
    const asking = isAsked ? state : openList(state, 'routes');
    return { ...asking, target: { kind: 'choosing' } };
  }
  const isAsking = state.ui.overlay.kind === 'list' && state.ui.overlay.list === 'routes';
  const ui = isAsking ? { ...state.ui, overlay: { kind: 'none' } as const } : state.ui;
  return routeChosen({ ...state, ui }, only.virtualService, only.route);
}

/** Of several routes the one that was chosen last time. */
function asBefore(state: AppState, { virtualService, route }: RouteChoice, now: number): AppState {
  const text = `shifting ${virtualService.name}, ${routeLabel(route)}, as you chose last time; v chooses another`;
  return withNotice(routeChosen(state, virtualService, route), 'info', text, now);
}

/** What is known of the namespace has changed: where no route is chosen, what is said of that may differ. */
export function namespaceKnown(state: AppState): AppState {
  return state.target.kind === 'none' && state.cluster.virtualServices.freshness.kind === 'live'
    ? { ...state, target: noRoute(state) }
    : state;
}

function explainMissing(state: AppState): AppState {
  const { freshness } = state.cluster.virtualServices;
  if (freshness.kind !== 'stale' || freshness.error.kind === 'unreachable') return state;
  const { headline, reason = headline, nextStep } = freshness.error;
  return { ...state, target: { kind: 'none', reason, nextStep } };
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

/** Our patches are shown by the watch within this time; later, the object is read instead of waited for. */
const ECHO_MS = 5_000;

/** Whether the watch has owed the echo of our patch for so long that the object has to be read. */
export function isEchoOverdue({ weights, target }: AppState, now: number): boolean {
  const { awaitedEcho, patch } = weights;
  return (
    target.kind === 'chosen' &&
    patch.kind === 'idle' &&
    awaitedEcho !== undefined &&
    now - awaitedEcho.sinceMs > ECHO_MS
  );
}
