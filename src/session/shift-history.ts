import { jsonEquals } from '../kube/json.ts';
import { type RawWeights, sameWeights } from '../kube/split.ts';
import { type RecordedShift, recordedShifts } from './recorded-shifts.ts';
import { withWeights } from './shifts.ts';
import type { Applied, AppState, Shift } from './state.ts';

/** A shift that weighbridge made, as it is remembered from one run of the program to the next. */
export type RememberedShift = {
  /** Rises from shift to shift of a context, from 1 on. */
  readonly number: number;
  /** The run of the program that made it. */
  readonly run: string;
  /** Which object it changed: one that was made anew under the same name is another. */
  readonly object: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly route: RememberedRouteOf;
  /** As they stood in the object, absent ones too. */
  readonly from: RawWeights;
  readonly to: RawWeights;
  /** Whether it took an earlier one back. */
  readonly isUndo: boolean;
  /** Whether a later one took it back. */
  readonly isUndone: boolean;
  /** When it was looked at last. */
  readonly lookedAtMs: number;
  /** What the run recorded of it, under the run's own number. */
  readonly shift: RecordedShift;
};

/** What tells a route of an object from its others, wherever it stands. */
type RememberedRouteOf = {
  readonly protocol: string;
  readonly name: string;
  readonly labels: readonly string[];
};

/** So many shifts of a context are remembered. */
const MAX_SHIFTS = 100;

/**
 * The shift that the applied weights come from, as it is to be remembered; undefined where they come from no shift of ours, or
 * nothing is recorded of it yet. Its number is that of the run.
 */
export function shiftToRemember(state: AppState, run: string): RememberedShift | undefined {
  const { applied, undo } = state.weights;
  if (applied?.source.kind !== 'shift') return undefined;
  const { acceptedAtMs, shiftId, from } = applied.source;
  const shift = state.history.current.find(
    ({ record }) => record.keyAtMs !== undefined && record.lastAcceptedAtMs === acceptedAtMs,
  );
  if (!shift) return undefined;
  const { namespace, name, uid } = applied.virtualService;
  return {
    number: shift.number,
    run,
    object: { namespace, name, uid },
    route: routeOf(applied),
    from,
    to: applied.weights,
    isUndo: !undo.some(({ id }) => id === shiftId),
    isUndone: false,
    lookedAtMs: state.now,
    shift,
  };
}

/** The same shift with what is recorded of it by now. */
export function withNewestRecord(remembered: RememberedShift, state: AppState): RememberedShift {
  const shift = recordedShifts(state).find(({ number }) => number === remembered.shift.number);
  return shift ? { ...remembered, shift, lookedAtMs: state.now } : remembered;
}

/** What is remembered of a context, the oldest first, with what a run knows of its own shifts. The oldest are forgotten. */
export function withShiftsOfRun(
  before: readonly RememberedShift[],
  ofRun: readonly RememberedShift[],
): readonly RememberedShift[] {
  return ofRun.reduce(withShift, before).slice(-MAX_SHIFTS);
}

function withShift(shifts: readonly RememberedShift[], one: RememberedShift): readonly RememberedShift[] {
  const at = shifts.findIndex(({ run, shift }) => run === one.run && shift.number === one.shift.number);
  const known = shifts[at];
  if (known) return shifts.with(at, { ...one, number: known.number, isUndone: known.isUndone });
  const number = Math.max(0, ...shifts.map(other => other.number)) + 1;
  return [...(one.isUndo ? withUndone(shifts, one) : shifts), { ...one, number }];
}

function withUndone(shifts: readonly RememberedShift[], undo: RememberedShift): readonly RememberedShift[] {
  const at = shifts.findLastIndex(
    shift => isOfSameRoute(shift, undo) && mayBeUndone(shift) && sameWeights(shift.from, undo.to),
  );
  const undone = shifts[at];
  return undone ? shifts.with(at, { ...undone, isUndone: true }) : shifts;
}

function mayBeUndone({ isUndo, isUndone }: RememberedShift): boolean {
  return !isUndo && !isUndone;
}

type WhichRoute = Pick<RememberedShift, 'object' | 'route'>;

function isOfSameRoute(left: WhichRoute, right: WhichRoute): boolean {
  return left.object.uid === right.object.uid && jsonEquals(left.route, right.route);
}

function routeOf({ route: { protocol, name, destinations } }: Applied): RememberedRouteOf {
  return { protocol, name, labels: destinations.map(({ label }) => label) };
}

/** The shift of the chosen route that undo takes back: the newest that was neither taken back nor an undo itself. */
export function shiftToUndo(
  shifts: readonly RememberedShift[],
  { weights: { applied } }: AppState,
): RememberedShift | undefined {
  if (!applied) return undefined;
  const { namespace, name, uid } = applied.virtualService;
  const chosen = { object: { namespace, name, uid }, route: routeOf(applied) };
  return shifts.findLast(shift => isOfSameRoute(shift, chosen) && mayBeUndone(shift));
}

/** The state in which undo takes back a shift that another run of the program made. */
export function withShiftToUndo(state: AppState, { from, to, shift }: RememberedShift): AppState {
  const { shiftCount, undo } = state.weights;
  const id = shiftCount + 1;
  const keyAtMs = shift.record.keyAtMs ?? shift.record.acceptedAtMs;
  const step: Shift = { id, from, to, accepted: to, firstKeyAtMs: keyAtMs, lastKeyAtMs: keyAtMs };
  return withWeights(state, { undo: [...undo, step], shiftCount: id });
}

/**
 * What is remembered as records for a report, the newest first, with the numbers of the context. Nobody looked on after the run that
 * made a shift had ended, or the next shift of its route had begun: that is when it ended.
 */
export function asRecordedShifts(shifts: readonly RememberedShift[]): readonly RecordedShift[] {
  return shifts
    .map((remembered, at) => {
      const { number, shift, lookedAtMs } = remembered;
      const next = shifts.slice(at + 1).find(later => isOfSameRoute(later, remembered));
      const endedAtMs = shift.record.endedAtMs ?? next?.shift.record.acceptedAtMs ?? lookedAtMs;
      return { ...shift, number, record: { ...shift.record, endedAtMs } };
    })
    .toReversed();
}
