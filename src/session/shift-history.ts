import { jsonEquals } from '../kube/json.ts';
import { type RawWeights, sameWeights } from '../kube/split.ts';
import { type RecordedShift, recordedShifts } from './recorded-shifts.ts';
import { withWeights } from './shifts.ts';
import type { Applied, AppState, Shift } from './state.ts';

/** A shift that weighbridge made, as it is remembered from one run of the program to the next. */
export type RememberedShift = {
  /** Rises from shift to shift of a context, from 1 on. */
  readonly number: number;
  /** Shifts with the same one are one change to whoever made them, such as the steps of a canary: undo takes them back together. */
  readonly change: string;
  /** Which object it changed: one that was made anew under the same name is another. */
  readonly object: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly route: RememberedRouteOf;
  /** As they stood in the object, absent ones too. */
  readonly from: RawWeights;
  readonly to: RawWeights;
  /** Whether it took an earlier one back. */
  readonly isUndo: boolean;
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
export const MAX_SHIFTS = 100;

/** A run of the program that makes shifts. `isOneChange`: all that it does is one change, as without a screen. */
export type ShiftingRun = { readonly id: string; readonly isOneChange: boolean };

/**
 * The shift that the applied weights come from, as it is to be remembered; undefined where they come from no shift of ours, or
 * nothing is recorded of it yet. Its number is that of the run.
 */
export function shiftToRemember(
  state: AppState,
  { id, isOneChange }: ShiftingRun,
): RememberedShift | undefined {
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
    change: isOneChange ? id : `${id}/${shift.number}`,
    object: { namespace, name, uid },
    route: routeOf(applied),
    from,
    to: applied.weights,
    isUndo: !undo.some(({ id }) => id === shiftId),
    lookedAtMs: state.now,
    shift,
  };
}

/** The same shift with what is recorded of it by now. */
export function withNewestRecord(remembered: RememberedShift, state: AppState): RememberedShift {
  const shift = recordedShifts(state).find(({ number }) => number === remembered.shift.number);
  return shift ? { ...remembered, shift, lookedAtMs: state.now } : remembered;
}

/**
 * What several runs remember of a context as one list, the oldest first. The oldest are forgotten. Clocks are set back now and then,
 * so that the time decides only between runs that gave the same number.
 */
export function withShiftsOfRuns(runs: readonly (readonly RememberedShift[])[]): readonly RememberedShift[] {
  const inOrder = runs
    .flat()
    .toSorted(
      (left, right) =>
        left.number - right.number || left.shift.record.acceptedAtMs - right.shift.record.acceptedAtMs,
    );
  let number = 0;
  return inOrder
    .map(shift => {
      // Runs at once have given the same number.
      number = Math.max(number + 1, shift.number);
      return { ...shift, number };
    })
    .slice(-MAX_SHIFTS);
}

type WhichRoute = Pick<RememberedShift, 'object' | 'route'>;

function isOfSameRoute(left: WhichRoute, right: WhichRoute): boolean {
  return left.object.uid === right.object.uid && jsonEquals(left.route, right.route);
}

function routeOf({ route: { protocol, name, destinations } }: Applied): RememberedRouteOf {
  return { protocol, name, labels: destinations.map(({ label }) => label) };
}

/** What undo takes back: from which weights to which, and when it was asked for. */
type Change = Pick<RememberedShift, 'from' | 'to' | 'isUndo'> & { readonly keyAtMs: number };

/**
 * The change of the chosen route that undo takes back: the newest that was neither taken back nor an undo itself, nor came to
 * nothing, as a shift that was rolled back.
 */
export function changeToUndo(
  shifts: readonly RememberedShift[],
  { weights: { applied } }: AppState,
): Change | undefined {
  if (!applied) return undefined;
  const { namespace, name, uid } = applied.virtualService;
  const chosen = { object: { namespace, name, uid }, route: routeOf(applied) };
  const standing: Change[] = [];
  for (const change of changesOf(shifts.filter(shift => isOfSameRoute(shift, chosen)))) {
    if (sameWeights(change.from, change.to)) continue;
    const undone = change.isUndo ? standing.findLastIndex(({ from }) => sameWeights(from, change.to)) : -1;
    if (undone >= 0) standing.splice(undone, 1);
    if (!change.isUndo) standing.push(change);
  }
  return standing.at(-1);
}

function changesOf(shifts: readonly RememberedShift[]): readonly Change[] {
  const changes = new Map<string, Change>();
  for (const { change, from, to, isUndo, shift } of shifts) {
    const begun = changes.get(change);
    const keyAtMs = shift.record.keyAtMs ?? shift.record.acceptedAtMs;
    changes.set(change, begun ? { ...begun, to } : { from, to, isUndo, keyAtMs });
  }
  return [...changes.values()];
}

/** The state in which undo takes back a change that another run of the program made. */
export function withChangeToUndo(state: AppState, { from, to, keyAtMs }: Change): AppState {
  const { shiftCount, undo } = state.weights;
  const id = shiftCount + 1;
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
