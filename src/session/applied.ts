import type { ClusterError } from '../kube/cluster-error.ts';
import { jsonEquals } from '../kube/json.ts';
import { routesWriter } from '../kube/owners.ts';
import { asSplit, sameWeights, weightsText } from '../kube/split.ts';
import {
  findRoute,
  type Route,
  rawWeights,
  sameRoute,
  shiftableRoutes,
  type VirtualService,
} from '../kube/virtual-service.ts';
import { productName } from '../version.ts';
import type { RefusedBecause } from './asked-weights.ts';
import { withNotice } from './notices.ts';
import { putBackBy, putBackWords, withPutBack } from './put-back.ts';
import { shiftAccepted, shiftArrived, withWeights } from './shifts.ts';
import type { Applied, AppliedSource, AppState, WeightsState } from './state.ts';
import { timeOfDay } from './time-of-day.ts';
import { withOverlay } from './ui-state.ts';

export function appliedFrom(virtualService: VirtualService, route: Route, source: AppliedSource): Applied {
  return { virtualService, route, weights: rawWeights(route), source };
}

/**
 * Begins with a route: its weights are requested as they are applied, and the last destination, the new version, is selected.
 * What was found about another VirtualService says nothing about this one.
 */
export function routeChosen(state: AppState, virtualService: VirtualService, route: Route): AppState {
  const applied = appliedFrom(virtualService, route, { kind: 'found' });
  const { namespace, name } = virtualService;
  const target = { kind: 'chosen', namespace, name } as const;
  const doctor = jsonEquals(target, state.target) ? state.doctor : { ...state.doctor, checks: undefined };
  return withWeights(
    { ...state, target, doctor },
    {
      applied,
      lost: undefined,
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
      putBack: [],
      areOwnersKnown: state.weights.areOwnersKnown && jsonEquals(target, state.target),
      lastGood: undefined,
    },
  );
}

export function patchSent(state: AppState, now: number): AppState {
  const { requested, askedAtMs, shiftCount } = state.weights;
  return withWeights(state, {
    patch: { kind: 'in-flight', wanted: requested, sentAtMs: now, keyAtMs: askedAtMs, shiftId: shiftCount },
  });
}

/**
 * The server took our patch: what it returned is applied. A server that stored something else, as a mutating webhook does, is
 * not asked again: requested returns to what it stored.
 */
export function patchAccepted(state: AppState, virtualService: VirtualService, now: number): AppState {
  const { applied: before, patch } = state.weights;
  // The answer may come after another VirtualService was chosen: then it says nothing about this one.
  if (!before || patch.kind !== 'in-flight' || !isSameObject(before.virtualService, virtualService)) {
    return withWeights(state, { patch: { kind: 'idle' } });
  }
  const { sentAtMs, keyAtMs, shiftId, wanted } = patch;
  const route = findRoute(virtualService, before.route);
  if (!route) return routeLost(state, virtualService, now);
  const goesOn = before.source.kind === 'shift' && before.source.shiftId === shiftId;
  const from = goesOn ? before.source.from : before.weights;
  const source = { kind: 'shift', shiftId, from, keyAtMs, sentAtMs, acceptedAtMs: now } as const;
  const applied = appliedFrom(virtualService, route, source);
  const accepted = withWeights(shiftAccepted(state, shiftId, applied.weights), {
    applied,
    patch: { kind: 'idle' },
    awaitedEcho: echoOf(virtualService, before.virtualService, now) ?? state.weights.awaitedEcho,
  });
  if (sameWeights(applied.weights, wanted)) return accepted;
  const text = `you asked ${weightsText(wanted)}; the API server stored ${weightsText(applied.weights)} instead`;
  const back = returnToApplied(accepted, applied, { kind: 'stored-otherwise', words: text });
  return withNotice(back, 'error', text, now);
}

/**
 * Our patch failed. `fresh` is the object read again, where that worked. Requested returns to applied; the ask is kept for
 * `ask-again`. Where the route was changed by somebody, the notice names them; else it gives the server's own words.
 *
 * @param sentTo the object that the patch was for, which may no longer be the chosen one.
 */
export function patchFailed(
  state: AppState,
  error: ClusterError,
  sentTo: VirtualService,
  fresh: VirtualService | undefined,
  now: number,
): AppState {
  const { applied: before, requested, patch } = state.weights;
  if (!before || !isSameObject(before.virtualService, sentTo)) {
    return withNotice(withWeights(state, { patch: { kind: 'idle' } }), 'error', error.headline, now);
  }
  const after = fresh ? appliedOutside(fresh, before, now) : before;
  if (!after) return routeLost(state, fresh, now);
  const echo = fresh ? echoOf(fresh, before.virtualService, now) : undefined;
  const awaitedEcho = echo ?? state.weights.awaitedEcho;
  const hasArrived =
    fresh !== undefined && patch.kind === 'in-flight' && sameWeights(after.weights, patch.wanted);
  const known = hasArrived ? shiftAccepted(state, patch.shiftId, after.weights) : state;
  if (fresh && sameWeights(after.weights, requested)) {
    const done = { applied: after, requested: after.weights, awaitedEcho, refusedAsk: undefined } as const;
    return withWeights(known, { ...done, patch: { kind: 'idle' } });
  }
  const failed = { kind: 'failed', error, isReadAgain: fresh !== undefined } as const;
  const back = withWeights(returnToApplied(known, after, failed), { awaitedEcho });
  const ask = `you asked ${weightsText(requested)}`;
  if (sameRoute(before.route, after.route)) {
    return withNotice(back, 'error', `${error.headline} ${error.nextStep} (${ask}; r asks again)`, now);
  }
  if (hasArrived) {
    const text = `${ask}; the answer was lost, and your ${weightsText(patch.wanted)} is applied; r asks again`;
    return withNotice(back, 'warning', text, now);
  }
  const { words, noted } = whatHappened(back, before, after, now);
  const told = withWeights(noted, { refusedBecause: { kind: 'changed', words } });
  return withNotice(told, 'warning', `${ask}; meanwhile ${words}; r asks again`, now);
}

/** The object as somebody else left it. Where the weights are the same, so is what is known of how they came to be. */
function appliedOutside(read: VirtualService, before: Applied, now: number): Applied | undefined {
  const route = findRoute(read, before.route);
  if (!route) return undefined;
  const manager = managerOf(read, route);
  const next = appliedFrom(read, route, { kind: 'outside', manager, seenAtMs: now });
  return sameWeights(next.weights, before.weights) ? { ...next, source: before.source } : next;
}

/** The version that the watch has yet to show before its events are news again; none where it showed it already. */
function echoOf(read: VirtualService, before: VirtualService, now: number): WeightsState['awaitedEcho'] {
  return read.resourceVersion === before.resourceVersion
    ? undefined
    : { resourceVersion: read.resourceVersion, sinceMs: now };
}

/** Requested becomes what is applied. Of a shift under way what was accepted is kept; an undo under way was none. */
function returnToApplied(state: AppState, applied: Applied, refusedBecause: RefusedBecause): AppState {
  const { undo, redo, requested } = state.weights;
  const last = undo.at(-1);
  const back = {
    applied,
    requested: applied.weights,
    basisIndex: -1,
    patch: { kind: 'idle' },
    refusedAsk: requested,
    refusedBecause,
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

/**
 * The watch shows the VirtualService. Held back by the caller while a patch is in flight; here, what comes before the echo of
 * our last accepted patch is passed over, because a watch shows changes in their order.
 */
export function virtualServiceSeen(state: AppState, seen: VirtualService, now: number): AppState {
  const { applied, awaitedEcho } = state.weights;
  if (!applied) return awaitedEcho ? withWeights(state, { awaitedEcho: undefined }) : state;
  if (seen.resourceVersion !== applied.virtualService.resourceVersion) {
    return awaitedEcho ? state : followed(state, applied, seen, now);
  }
  const isReadOtherwise = seen.apiVersion !== applied.virtualService.apiVersion;
  if (!awaitedEcho && !isReadOtherwise) return state;
  // The same object in another API version: patches go where it is served.
  return withWeights(state, {
    awaitedEcho: undefined,
    applied: isReadOtherwise ? { ...applied, virtualService: seen } : applied,
  });
}

/**
 * The VirtualService as just read from the server, because the watch owes an echo. It is newer than whatever the watch has shown,
 * unless the echo came meanwhile: then the watch shows what there is. A watch that began anew with a list may have skipped it.
 */
export function virtualServiceRead(state: AppState, read: VirtualService, now: number): AppState {
  const { applied, awaitedEcho: owed } = state.weights;
  if (!applied || !owed || !isSameObject(applied.virtualService, read)) return state;
  const shown = state.cluster.virtualServices.items.find(item => isSameObject(item, read));
  const { resourceVersion } = read;
  const awaitedEcho =
    shown?.resourceVersion === resourceVersion ? undefined : { resourceVersion, sinceMs: now };
  if (resourceVersion === applied.virtualService.resourceVersion) return withWeights(state, { awaitedEcho });
  return withWeights(followed(state, applied, read, now), { awaitedEcho });
}

function followed(state: AppState, applied: Applied, seen: VirtualService, now: number): AppState {
  const next = appliedOutside(seen, applied, now);
  if (!next) return routeLost(state, seen, now);
  if (sameWeights(next.weights, applied.weights)) return withWeights(state, { applied: next });
  return changedOutside(state, applied, next, now);
}

/** Somebody else changed the weights: that is applied, and the notice names them. */
function changedOutside(state: AppState, before: Applied, next: Applied, now: number): AppState {
  const { requested, refusedAsk } = state.weights;
  const taken = { applied: next, requested: next.weights, basisIndex: -1 };
  if (refusedAsk && sameWeights(next.weights, refusedAsk)) {
    const arrived = withWeights(shiftArrived(state, before.weights, next.weights, now), {
      ...taken,
      refusedAsk: undefined,
    });
    return withNotice(arrived, 'info', `your ${weightsText(next.weights)} is applied after all`, now);
  }
  const { words, noted } = whatHappened(state, before, next, now);
  if (sameWeights(requested, before.weights))
    return withNotice(
      withWeights(noted, { ...taken, refusedBecause: { kind: 'changed', words } }),
      'warning',
      words,
      now,
    );
  const text = `you asked ${weightsText(requested)}; meanwhile ${words}; r asks again`;
  const back = returnToApplied(noted, next, { kind: 'changed', words });
  return withNotice(back, 'warning', text, now);
}

/** Who changed the weights, in words; where that takes our shift back, it is said so and counted. */
function whatHappened(
  state: AppState,
  before: Applied,
  next: Applied,
  now: number,
): { readonly words: string; readonly noted: AppState } {
  const { putBack } = state.weights;
  const latest = putBackBy(before, next.weights, managerOf(next.virtualService, next.route), putBack, now);
  if (!latest) return { words: whoSet(next), noted: state };
  return {
    words: putBackWords(before, next.weights, latest, now),
    noted: withWeights(state, { putBack: withPutBack(putBack, latest) }),
  };
}

/**
 * The chosen route is gone. The session stays with the VirtualService of that name and never turns to another one by itself.
 * Where the object is still there with one route to shift, that is the one.
 */
function routeLost(state: AppState, seen: VirtualService | undefined, now: number): AppState {
  const { applied, lost } = state.weights;
  const name = applied?.virtualService.name ?? '';
  const text = seen
    ? `VirtualService ${name} has other routes or destinations now`
    : `VirtualService ${name} was deleted; waiting for it to come back`;
  const { overlay } = state.ui;
  const isAboutTheRoute = overlay.kind === 'confirm' || overlay.kind === 'prompt';
  const without = withWeights(isAboutTheRoute ? withOverlay(state, { kind: 'none' }) : state, {
    applied: undefined,
    lost: applied?.route ?? lost,
    requested: [],
    undo: [],
    redo: [],
    refusedAsk: undefined,
    refusedBecause: { kind: 'changed', words: text },
    lastGood: undefined,
    patch: { kind: 'idle' },
    awaitedEcho: undefined,
  });
  const told = withNotice(without, 'warning', text, now);
  return seen ? routeBack(told, seen, now) : told;
}

/** The VirtualService was deleted: there is nothing to shift until it is there again. */
export function virtualServiceGone(state: AppState, now: number): AppState {
  return state.weights.applied ? routeLost(state, undefined, now) : state;
}

/** The VirtualService of a lost route is seen: goes on with the same route, else with its only one, else asks. */
export function routeBack(state: AppState, seen: VirtualService, now: number): AppState {
  const { lost } = state.weights;
  const choices = shiftableRoutes([seen]);
  const route = (lost && findRoute(seen, lost)) ?? (choices.length === 1 ? choices[0]?.route : undefined);
  if (!route) return choices.length > 1 ? { ...state, target: { kind: 'choosing' } } : state;
  const labels = route.destinations.map(({ label }) => label).join(', ');
  const text = `shifting ${labels} of VirtualService ${seen.name}, applied ${weightsText(rawWeights(route))}`;
  return withNotice(routeChosen(state, seen, route), 'info', text, now);
}

/** Whether two readings are of the object with the same name. */
export function isSameObject(left: VirtualService, right: VirtualService): boolean {
  return left.namespace === right.namespace && left.name === right.name;
}

/** `argocd-controller set 20/80 at 06:00:00`. */
function whoSet({ virtualService, route, weights }: Applied): string {
  const atMs = routesWriter(virtualService.writers, route.protocol)?.atMs ?? 0;
  const time = atMs > 0 ? ` at ${timeOfDay(atMs)}` : '';
  return `${managerOf(virtualService, route)} set ${weightsText(weights)}${time}`;
}

/** Who wrote the routes, for a change that is not ours. */
function managerOf({ writers }: VirtualService, { protocol }: Route): string {
  const manager = routesWriter(writers, protocol)?.manager ?? 'somebody';
  return manager === productName ? 'another weighbridge' : manager;
}
