import type { ClusterError } from '../kube/cluster-error.ts';
import { routesWriter } from '../kube/owners.ts';
import { asSplit, type RawWeights, sameWeights, weightsText } from '../kube/split.ts';
import { rawWeights, sameRoute, type VirtualService } from '../kube/virtual-service.ts';
import { productName } from '../version.ts';
import { withNotice } from './notices.ts';
import type { Applied, AppliedSource, AppState, Shift, WeightsState } from './state.ts';

/** Keys closer together than this are one shift. */
const SHIFT_GAP_MS = 1_000;
const MAX_UNDO = 100;

/** The route of `virtualService` that the session is about; undefined where it has none at that place. */
export function appliedFrom(
  virtualService: VirtualService,
  routeIndex: number,
  source: AppliedSource,
): Applied | undefined {
  const route = virtualService.http[routeIndex];
  return route && { virtualService, route, weights: rawWeights(route), source };
}

function withWeights(state: AppState, change: Partial<WeightsState>): AppState {
  return { ...state, weights: { ...state.weights, ...change } };
}

/** Begins with a route: its weights are requested as they are applied, and the last destination, the new version, is selected. */
export function routeChosen(state: AppState, applied: Applied): AppState {
  return withWeights(state, {
    applied,
    requested: applied.weights,
    basis: asSplit(applied.weights),
    basisIndex: -1,
    selected: applied.weights.length - 1,
    locked: [],
    awaitedEcho: undefined,
    undo: [],
    redo: [],
    refusedAsk: undefined,
    refusedRunAtMs: undefined,
    granted: [],
    lastGood: undefined,
  });
}

/**
 * Asks for `wanted`. Keys less than a second apart extend one shift; the first of a new one is what undo returns from.
 * A new shift makes what was undone before unreachable, unless `keepRedo`.
 */
export function requestWeights(state: AppState, wanted: RawWeights, now: number): AppState {
  const { undo, requested, shiftCount } = state.weights;
  const last = undo.at(-1);
  const continues =
    last !== undefined && now - last.lastKeyAtMs < SHIFT_GAP_MS && sameWeights(last.to, requested);
  const shift: Shift = continues
    ? { ...last, to: wanted, lastKeyAtMs: now }
    : {
        id: shiftCount + 1,
        from: requested,
        to: wanted,
        accepted: undefined,
        firstKeyAtMs: now,
        lastKeyAtMs: now,
      };
  const earlier = continues ? undo.slice(0, -1) : undo;
  return withWeights(state, {
    requested: wanted,
    undo: [...earlier, shift].slice(-MAX_UNDO),
    redo: [],
    shiftCount: shift.id,
    askedAtMs: now,
    refusedAsk: undefined,
  });
}

/** Takes back the last shift: requests exactly the weights before it, absent ones included. */
export function undoShift(state: AppState, now: number): AppState {
  const shift = state.weights.undo.at(-1);
  if (!shift) return state;
  return withWeights(state, {
    requested: shift.from,
    undo: state.weights.undo.slice(0, -1),
    redo: [...state.weights.redo, { ...shift, lastKeyAtMs: now }],
    shiftCount: state.weights.shiftCount + 1,
    askedAtMs: now,
    refusedAsk: undefined,
  });
}

/** Makes the shift that was undone last again. */
export function redoShift(state: AppState, now: number): AppState {
  const shift = state.weights.redo.at(-1);
  if (!shift) return state;
  const asked = requestWeights(state, shift.to, now);
  return withWeights(asked, { redo: state.weights.redo.slice(0, -1) });
}

/** Whether a key at `now` belongs to a run that was refused: whoever holds it has not seen the notice yet. */
export function continuesRefusedRun({ weights }: AppState, now: number): boolean {
  return weights.refusedRunAtMs !== undefined && now - weights.refusedRunAtMs < SHIFT_GAP_MS;
}

export function patchSent(state: AppState, now: number): AppState {
  const { requested, askedAtMs } = state.weights;
  return withWeights(state, {
    patch: { kind: 'in-flight', wanted: requested, sentAtMs: now, keyAtMs: askedAtMs },
  });
}

/** The server accepted our patch: what it returned is applied. */
export function patchAccepted(state: AppState, virtualService: VirtualService, now: number): AppState {
  const { applied: before, patch, undo, shiftCount } = state.weights;
  // The answer may come after another VirtualService was chosen: then it says nothing about this one.
  if (!before || patch.kind !== 'in-flight' || !isSameObject(before.virtualService, virtualService)) {
    return withWeights(state, { patch: { kind: 'idle' } });
  }
  const { sentAtMs, keyAtMs } = patch;
  const source = { kind: 'shift', shiftId: shiftCount, keyAtMs, sentAtMs, acceptedAtMs: now } as const;
  const applied = appliedFrom(virtualService, before.route.index, source);
  if (!applied) return withWeights(state, { patch: { kind: 'idle' } });
  const last = undo.at(-1);
  return withWeights(state, {
    applied,
    patch: { kind: 'idle' },
    awaitedEcho: echoOf(virtualService, before.virtualService, now),
    undo: last ? [...undo.slice(0, -1), { ...last, accepted: applied.weights }] : undo,
  });
}

/**
 * Our patch failed. `fresh` is the object read again, where that worked. Requested returns to applied; the ask is kept for
 * `ask-again`. Where the route was changed by somebody, the notice names them; else it gives the server's own words.
 */
export function patchFailed(
  state: AppState,
  error: ClusterError,
  sentTo: VirtualService,
  fresh: VirtualService | undefined,
  now: number,
): AppState {
  const { applied: before, requested } = state.weights;
  if (before && !isSameObject(before.virtualService, sentTo)) {
    return withNotice(withWeights(state, { patch: { kind: 'idle' } }), 'error', error.headline, now);
  }
  const after = before && fresh ? appliedOutside(fresh, before, now) : undefined;
  const isApplied = after !== undefined && sameWeights(after.weights, requested);
  const returned = returnToApplied(state, after ?? before);
  const echo = before && fresh ? echoOf(fresh, before.virtualService, now) : undefined;
  const back = withWeights(returned, { awaitedEcho: echo });
  if (isApplied) return withWeights(back, { refusedAsk: undefined });
  const isConflict = before && after && !sameRoute(before.route, after.route);
  const ask = `you asked ${weightsText(requested)}`;
  if (isConflict) {
    const text = `${ask}; ${whoSet(after)} ${weightsText(after.weights)} meanwhile; r asks again`;
    return withNotice(back, 'warning', text, now);
  }
  return withNotice(back, 'error', `${error.headline} ${error.nextStep} (${ask}; r asks again)`, now);
}

/** The object as somebody else left it. Where the weights are the same, so is what is known of how they came to be. */
function appliedOutside(read: VirtualService, before: Applied, now: number): Applied | undefined {
  const next = appliedFrom(read, before.route.index, {
    kind: 'outside',
    manager: managerOf(read),
    seenAtMs: now,
  });
  return next && sameWeights(next.weights, before.weights) ? { ...next, source: before.source } : next;
}

/** The version that the watch has yet to show before its events are news again; none where it showed it already. */
function echoOf(read: VirtualService, before: VirtualService, now: number): WeightsState['awaitedEcho'] {
  return read.resourceVersion === before.resourceVersion
    ? undefined
    : { resourceVersion: read.resourceVersion, sinceMs: now };
}

/** Requested becomes what is applied. Of a shift under way what was accepted is kept; an undo under way was none. */
function returnToApplied(state: AppState, applied: Applied | undefined): AppState {
  const { undo, redo, requested } = state.weights;
  const last = undo.at(-1);
  const back = {
    applied,
    requested: applied?.weights ?? [],
    patch: { kind: 'idle' },
    refusedAsk: requested,
    refusedRunAtMs: last?.lastKeyAtMs,
  } as const;
  if (last && sameWeights(last.to, requested) && !sameWeights(last.to, last.accepted ?? [])) {
    const kept = last.accepted ? [{ ...last, to: last.accepted }] : [];
    return withWeights(state, { ...back, undo: [...undo.slice(0, -1), ...kept] });
  }
  const undone = redo.at(-1);
  if (undone && sameWeights(undone.from, requested)) {
    return withWeights(state, { ...back, undo: [...undo, undone], redo: redo.slice(0, -1) });
  }
  return withWeights(state, back);
}

/** Our patches are shown by the watch within this time; later, what it shows is believed again. */
const ECHO_MS = 5_000;

/**
 * The watch shows the VirtualService. Held back by the caller while a patch is in flight; here, what is older than our last
 * accepted patch is passed over, because a watch shows changes in their order.
 */
export function virtualServiceSeen(state: AppState, seen: VirtualService, now: number): AppState {
  const { applied, awaitedEcho } = state.weights;
  if (!applied || seen.resourceVersion === applied.virtualService.resourceVersion) {
    return awaitedEcho ? withWeights(state, { awaitedEcho: undefined }) : state;
  }
  if (awaitedEcho && now - awaitedEcho.sinceMs < ECHO_MS) return state;
  const current = awaitedEcho ? withWeights(state, { awaitedEcho: undefined }) : state;
  const next = appliedOutside(seen, applied, now);
  if (!next || !haveSameDestinations(next, applied)) return routeGone(current, now);
  if (sameWeights(next.weights, applied.weights)) return withWeights(current, { applied: next });
  return changedOutside(current, applied, next, now);
}

/** Somebody else changed the weights: that is applied, and the notice names them. */
function changedOutside(state: AppState, before: Applied, next: Applied, now: number): AppState {
  const { requested, refusedAsk } = state.weights;
  if (refusedAsk && sameWeights(next.weights, refusedAsk)) {
    const arrived = withWeights(state, { applied: next, requested: next.weights, refusedAsk: undefined });
    return withNotice(arrived, 'info', `your ${weightsText(next.weights)} is applied after all`, now);
  }
  const said = `${whoSet(next)} ${weightsText(next.weights)}`;
  if (sameWeights(requested, before.weights)) {
    return withNotice(withWeights(state, { applied: next, requested: next.weights }), 'warning', said, now);
  }
  const back = returnToApplied(state, next);
  return withNotice(
    back,
    'warning',
    `you asked ${weightsText(requested)}; ${said} meanwhile; r asks again`,
    now,
  );
}

function routeGone(state: AppState, now: number): AppState {
  const name = state.weights.applied?.virtualService.name ?? '';
  const none = withWeights(state, {
    applied: undefined,
    requested: [],
    undo: [],
    redo: [],
    patch: { kind: 'idle' },
    awaitedEcho: undefined,
  });
  const text = `VirtualService ${name} has other destinations now, or none`;
  return withNotice({ ...none, target: { kind: 'finding' } }, 'warning', text, now);
}

/** The VirtualService was deleted: there is nothing to shift until one is there again. */
export function virtualServiceGone(state: AppState, now: number): AppState {
  return state.weights.applied ? routeGone(state, now) : state;
}

function whoSet({ virtualService }: Applied): string {
  return `${managerOf(virtualService)} set`;
}

function isSameObject(left: VirtualService, right: VirtualService): boolean {
  return left.namespace === right.namespace && left.name === right.name;
}

/** Weights and undo steps go by position, so they mean something only while the destinations stay what they are. */
function haveSameDestinations(left: Applied, right: Applied): boolean {
  const labels = ({ route }: Applied) => JSON.stringify(route.destinations.map(({ label }) => label));
  return labels(left) === labels(right);
}

/** Who wrote the routes, for a change that is not ours. */
function managerOf({ writers }: VirtualService): string {
  const manager = routesWriter(writers)?.manager ?? 'somebody';
  return manager === productName ? 'another weighbridge' : manager;
}
