import type { ClusterError } from '../kube/cluster-error.ts';
import { sameWeights } from '../kube/split.ts';
import { plainText } from '../plain-text.ts';
import { assertNever } from './assert-never.ts';
import { type Intent, isWrite } from './intents.ts';
import { withNotice } from './notices.ts';
import type { Place, PlacesState } from './place.ts';
import { type RememberedPlace, withChoice } from './remembered.ts';
import { type AppState, type Connection, initialState, type TrafficState } from './state.ts';
import { unfinishedWeights } from './summary.ts';
import { tutorialElsewhere } from './tutorial-panel.ts';

/** What a move brings to the place that it leads to. */
export type Arrival = {
  readonly connection: Connection;
  readonly remembered: readonly RememberedPlace[];
  /** What the command line says of sampling at this place. */
  readonly sampling: Partial<TrafficState>;
};

function withPlaces(state: AppState, change: Partial<PlacesState>): AppState {
  return { ...state, places: { ...state.places, ...change } };
}

/** How people call a place. */
export function placeWords(place: Place): string {
  switch (place.kind) {
    case 'demo':
      return 'the demo cluster';
    case 'context':
      return plainText(place.context, 120);
    default:
      return assertNever(place);
  }
}

/** Asks for another cluster or namespace. Weights that are still asked for are sent first; no key adds to them. */
export function placeChosen(state: AppState, to: Place, now: number): AppState {
  const isKeyHeld = now - state.places.weightKeyAtMs < HELD_GAP_MS;
  const ui = { ...state.ui, overlay: { kind: 'none' } } as const;
  return withPlaces({ ...state, ui }, { move: { kind: 'leaving', to, sinceMs: now }, isKeyHeld });
}

/**
 * The session at the old place has ended: its rows, its shifts, its grants and what was said of its gateway mean nothing
 * where we go. Weights that were not sent, or not answered, are told.
 */
export function placeLeft(state: AppState, now: number): AppState {
  const { move, contexts, weightKeyAtMs, isKeyHeld } = state.places;
  if (move.kind !== 'leaving') return state;
  const { to } = move;
  const told = unfinishedWeights(state.weights).reduce(
    (told, line) => withNotice(told, 'warning', `on ${state.connection.context}: ${line}`, now),
    state,
  );
  const fresh = initialState(now, state.ui);
  const connection: Connection = {
    ...state.connection,
    ...knownOf(state, to),
    server: '',
    isUnverified: false,
    kubeconfig: '',
    virtualService: undefined,
    overriddenOwners: [],
  };
  return {
    ...fresh,
    connection,
    places: { ...fresh.places, contexts, weightKeyAtMs, isKeyHeld, move: { kind: 'entering', to } },
    ui: { ...state.ui, overlay: { kind: 'none' }, paneRows: fresh.ui.paneRows },
    notices: told.notices,
    history: state.history,
    tutorial: tutorialElsewhere(state.tutorial),
    run: state.run,
  };
}

/** What the list that it was chosen from said of a place: shown until the kubeconfig is read again. */
function knownOf({ places, connection }: AppState, to: Place) {
  const { namespace } = to;
  if (to.kind === 'demo') {
    const names = { context: '', contextName: '', namespace: namespace ?? 'default' };
    return { ...names, isDemo: true, isProtected: false };
  }
  const listed = places.contexts.find(({ name }) => name === to.context);
  const isHere = !connection.isDemo && to.context === connection.contextName;
  return {
    context: plainText(to.context, 120),
    contextName: to.context,
    namespace: plainText(namespace ?? (listed?.namespace || 'default'), 63),
    isDemo: false,
    isProtected: listed?.isProtected ?? (isHere && connection.isProtected),
  };
}

/** The cluster is known and the session there begins. On a protected context sampling starts paused. */
export function placeEntered(state: AppState, arrival: Arrival): AppState {
  const { connection, remembered, sampling } = arrival;
  const entered = withPlaces(state, { move: { kind: 'staying' }, remembered });
  const traffic = { ...state.traffic, isPaused: connection.isProtected, ...sampling };
  return { ...entered, connection, traffic };
}

/**
 * What holds elsewhere of what the command line says of sampling: the pace; in the same cluster also the gateway. A header or
 * a host was given for one route, and must reach no other application.
 */
export function samplingElsewhere(
  { ratePerSecond, wantsFreshConnections, gatewayUrl, gatewayCa }: Partial<TrafficState>,
  isSameCluster: boolean,
): Partial<TrafficState> {
  return {
    ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
    ...(wantsFreshConnections === undefined ? {} : { wantsFreshConnections }),
    ...(isSameCluster ? { gatewayUrl, gatewayCa } : {}),
  };
}

/** There is no cluster to be found for the place that was chosen. The screen stays, and another one can be chosen. */
export function placeRefused(state: AppState, error: ClusterError, now: number): AppState {
  const freshness = { kind: 'stale', sinceMs: now, error } as const;
  const virtualServices = { items: [], freshness };
  const target = { kind: 'none', reason: error.headline, nextStep: error.nextStep } as const;
  const refused = { ...state, target, cluster: { ...state.cluster, virtualServices } };
  return withPlaces(refused, { move: { kind: 'staying' } });
}

/** The choice of a route or a namespace is kept for the next time. */
export function placeRemembered(state: AppState, choice: RememberedPlace): AppState {
  return withPlaces(state, { remembered: withChoice(state.places.remembered, choice) });
}

/** Whether no weights are under way: what is requested is applied. */
export function areWeightsSent({ weights }: AppState): boolean {
  return weights.patch.kind === 'idle' && sameWeights(weights.requested, weights.applied?.weights ?? []);
}

/** Longer than a keyboard waits between the repeats of a key that is held. */
const HELD_GAP_MS = 1_000;

/**
 * Whether a weight key was pressed before the move to this place and is still held: it was meant for the cluster that the
 * person saw then, and must change nothing here until it was let go.
 */
export function isHeldOver({ places }: AppState, intent: Intent, now: number): boolean {
  if (!isWrite(intent)) return false;
  return places.move.kind !== 'staying' || (places.isKeyHeld && now - places.weightKeyAtMs < HELD_GAP_MS);
}

/** The state with the time of a weight key noted. */
export function weightKeyPressed(state: AppState, isKeyHeld: boolean, now: number): AppState {
  return withPlaces(state, { weightKeyAtMs: now, isKeyHeld });
}
