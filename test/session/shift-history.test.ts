import { describe, expect, it } from 'vitest';
import { type RecordedShift, recordedShifts } from '../../src/session/recorded-shifts.ts';
import {
  changeToUndo,
  type RememberedShift,
  shiftToRemember,
  withShiftsOfRuns,
} from '../../src/session/shift-history.ts';
import { afterShifts } from '../support/histories.ts';
import { NOW, stateOf } from '../support/states.ts';

const state = stateOf('healthy', [50, 50]);
const recorded = recordedShifts(afterShifts(state)).at(-1) as RecordedShift;
const { applied } = state.weights;
if (!applied) throw new Error('there is no route');
const { namespace, name, uid } = applied.virtualService;

let atMs = NOW;
/** A shift of the chosen route, later than those before. */
function shiftOf(change: string, from: number, to: number, isUndo = false): RememberedShift {
  atMs += 1_000;
  return {
    number: 1,
    change,
    object: { namespace, name, uid },
    route: { protocol: 'http', name: '', labels: ['v1', 'v2'] },
    from: [100 - from, from],
    to: [100 - to, to],
    isUndo,
    lookedAtMs: atMs,
    shift: { ...recorded, record: { ...recorded.record, acceptedAtMs: atMs } },
  };
}

const undone = (...shifts: readonly RememberedShift[]) => changeToUndo(shifts, state)?.from[1];

describe('what undo takes back of what is remembered', () => {
  it('is the last change, then the one before it, then nothing', () => {
    const [first, second] = [shiftOf('a', 0, 10), shiftOf('b', 10, 20)];
    expect(undone(first, second)).toBe(10);
    const back = shiftOf('c', 20, 10, true);
    expect(undone(first, second, back)).toBe(0);
    expect(undone(first, second, back, shiftOf('d', 10, 0, true))).toBeUndefined();
  });

  it('is a canary as a whole', () => {
    expect(undone(shiftOf('a', 0, 5), shiftOf('a', 5, 25), shiftOf('a', 25, 50))).toBe(0);
  });

  it('is nothing that came to nothing', () => {
    const first = shiftOf('a', 0, 10);
    expect(undone(first, shiftOf('canary', 10, 25), shiftOf('canary', 25, 10))).toBe(0);
    expect(undone(first, shiftOf('b', 10, 0, true), shiftOf('b', 0, 10))).toBe(0);
  });

  it('is what was done again', () => {
    expect(undone(shiftOf('a', 0, 10), shiftOf('b', 10, 0, true), shiftOf('c', 0, 10))).toBe(0);
  });

  it('is none of an object that was made anew, or of another route', () => {
    const shift = shiftOf('a', 0, 10);
    expect(undone({ ...shift, object: { ...shift.object, uid: 'another' } })).toBeUndefined();
    expect(undone({ ...shift, route: { ...shift.route, name: 'another' } })).toBeUndefined();
  });
});

describe('what runs remember', () => {
  it('is one list in the order of time, with numbers that rise although runs at once gave the same', () => {
    const [a, b, c] = [shiftOf('a', 0, 10), shiftOf('b', 0, 10), shiftOf('c', 0, 10)];
    const list = withShiftsOfRuns([
      [
        { ...a, number: 4 },
        { ...c, number: 5 },
      ],
      [{ ...b, number: 4 }],
    ]);
    expect(list.map(({ change, number }) => [change, number])).toEqual([
      ['a', 4],
      ['b', 5],
      ['c', 6],
    ]);
  });

  it('is in the order of its numbers where a clock was set back', () => {
    const [c, b, a] = [shiftOf('c', 20, 10, true), shiftOf('b', 10, 20), shiftOf('a', 0, 10)];
    const runs = [[{ ...c, number: 3 }], [{ ...b, number: 2 }], [{ ...a, number: 1 }]];
    expect(withShiftsOfRuns(runs).map(({ change }) => change)).toEqual(['a', 'b', 'c']);
  });

  it('is at most a hundred shifts', () => {
    const many = new Array(120).fill(0).map((_, at) => ({ ...shiftOf('a', 0, 10), number: at + 1 }));
    const numbers = withShiftsOfRuns([many.slice(60), many.slice(0, 60)]).map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, at) => at + 21));
  });

  it('is a change of its own for each shift of the screen', () => {
    const { record, ...rest } = recorded;
    const acceptedAtMs = record.lastAcceptedAtMs;
    const source = {
      kind: 'shift',
      shiftId: 1,
      from: [100, 0],
      keyAtMs: 0,
      sentAtMs: 0,
      acceptedAtMs,
    } as const;
    const shifted = {
      ...state,
      weights: { ...state.weights, applied: { ...applied, source } },
      history: { ...state.history, current: [{ ...rest, record }] },
    };
    expect(shiftToRemember(shifted, { id: 'run', isOneChange: false })?.change).toBe(`run/${rest.number}`);
    expect(shiftToRemember(shifted, { id: 'run', isOneChange: true })?.change).toBe('run');
  });
});
