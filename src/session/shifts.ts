import { type RawWeights, sameWeights } from '../kube/split.ts';
import type { AppState, Shift, WeightsState } from './state.ts';

/** Keys closer together than this are one shift. */
const SHIFT_GAP_MS = 1_000;
const MAX_UNDO = 100;

export function withWeights(state: AppState, change: Partial<WeightsState>): AppState {
  return { ...state, weights: { ...state.weights, ...change } };
}

/**
 * Asks for `wanted`. Keys less than a second apart extend one shift; what was requested before the first of them is what undo
 * returns to. What was undone before can no longer be redone.
 */
export function requestWeights(state: AppState, wanted: RawWeights, now: number): AppState {
  const { undo } = state.weights;
  const last = continuedShift(state, now);
  if (!last) return beginShift(state, wanted, now);
  const shift = { ...last, to: wanted, lastKeyAtMs: now };
  return withWeights(state, { ...asked(wanted, now), undo: [...undo.slice(0, -1), shift], redo: [] });
}

/** The shift that a weight key at `now` extends; undefined where it begins one. */
export function continuedShift({ weights: { undo, requested } }: AppState, now: number): Shift | undefined {
  const last = undo.at(-1);
  const continues =
    last !== undefined && now - last.lastKeyAtMs < SHIFT_GAP_MS && sameWeights(last.to, requested);
  return continues ? last : undefined;
}

/** Asks for `wanted` as a shift of its own. */
export function beginShift(state: AppState, wanted: RawWeights, now: number): AppState {
  const { undo, requested, shiftCount } = state.weights;
  const shift: Shift = {
    id: shiftCount + 1,
    from: requested,
    to: wanted,
    accepted: undefined,
    firstKeyAtMs: now,
    lastKeyAtMs: now,
  };
  const kept = [...undo, shift].slice(-MAX_UNDO);
  return withWeights(state, { ...asked(wanted, now), undo: kept, redo: [], shiftCount: shift.id });
}

function asked(wanted: RawWeights, now: number): Partial<WeightsState> {
  return {
    requested: wanted,
    askedAtMs: now,
    refusedAsk: undefined,
    refusedBecause: undefined,
    basisIndex: -1,
  };
}

/** Takes back the last shift: requests exactly the weights before it, absent ones included. */
export function undoShift(state: AppState, now: number): AppState {
  const { undo, redo, shiftCount } = state.weights;
  const shift = undo.at(-1);
  if (!shift) return state;
  return withWeights(state, {
    ...asked(shift.from, now),
    undo: undo.slice(0, -1),
    redo: [...redo, shift],
    // Its patches belong to no step of the undo list.
    shiftCount: shiftCount + 1,
  });
}

/** Makes the shift that was undone last again, as a step of its own. */
export function redoShift(state: AppState, now: number): AppState {
  const shift = state.weights.redo.at(-1);
  if (!shift) return state;
  const again = beginShift(state, shift.to, now);
  return withWeights(again, { redo: state.weights.redo.slice(0, -1) });
}

/** The server took `accepted` of the shift: that is what undo finds applied. */
export function shiftAccepted(state: AppState, id: number, accepted: RawWeights): AppState {
  const undo = state.weights.undo.map(shift => (shift.id === id ? { ...shift, accepted } : shift));
  return withWeights(state, { undo });
}

/** A shift that was given up as refused turns out to be applied: it is a step to undo again. */
export function shiftArrived(state: AppState, from: RawWeights, to: RawWeights, now: number): AppState {
  const { undo, shiftCount } = state.weights;
  const id = shiftCount + 1;
  // No key extends it: whoever holds one has been told that it was refused.
  const keyAtMs = now - SHIFT_GAP_MS;
  const shift: Shift = { id, from, to, accepted: to, firstKeyAtMs: keyAtMs, lastKeyAtMs: keyAtMs };
  return withWeights(state, { undo: [...undo, shift].slice(-MAX_UNDO), shiftCount: id });
}

/** Whether a key at `now` belongs to a run that was refused: whoever holds it has not seen the notice yet. */
export function continuesRefusedRun({ weights }: AppState, now: number): boolean {
  return weights.refusedRunAtMs !== undefined && now - weights.refusedRunAtMs < SHIFT_GAP_MS;
}
