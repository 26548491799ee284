import { describe, expect, it, test } from 'vitest';
import { applyIntent } from '../../src/session/apply-intent.ts';
import { placeChosen, placeLeft } from '../../src/session/places.ts';
import {
  recordedShift,
  recordedShifts,
  routeObserved,
  shiftsRecorded,
} from '../../src/session/recorded-shifts.ts';
import { shiftSentences, shiftTimes, type Wording } from '../../src/session/shift-words.ts';
import type { AppState } from '../../src/session/state.ts';
import type { ShiftRecord } from '../../src/traffic/shift-record.ts';
import { afterShifts } from '../support/histories.ts';
import { NOW, stateOf } from '../support/states.ts';

const healthy = stateOf('healthy', [50, 50]);
const morning = afterShifts(healthy);
const wording: Wording = {
  name: label => label,
  arrow: '→',
  time: atMs => new Date(atMs).toISOString().slice(11, 19),
};
const sentencesOf = (number: number) => {
  const shift = recordedShift(morning, number);
  return shift ? shiftSentences(shift.record, wording).join('\n') : '';
};
/** The same route is observed anew, as after another gateway was named. */
const observedAnew = (state: AppState, now: number) => {
  const { applied } = state.weights;
  if (!applied) throw new Error('there is no route');
  return routeObserved(state, applied, now);
};

describe('the record of a shift in sentences', () => {
  it('that nothing failed in bounds what can have failed, and says what the gateway hides', () => {
    expect(sentencesOf(1)).toMatchInlineSnapshot(`
      "05:55:58 by you, until 05:56:58
      Weights: v1 100 → 90, v2 0 → 10.
      Accepted 18 ms after the key, first seen in traffic after 326 ms, settled after 326 ms.
      Agrees: 1194 samples, within 1.6 points.
      Answers since it settled: v1 1084 (90.8 %), v2 110 (9.2 %).
      0 of 1200 failed: below 0.25 % with 95 % confidence; the gateway retries twice by default and can hide failures.
      1200 samples, 6 of them in transition, which no verdict uses; the slowest answer took 10 ms."
    `);
  });

  it('with failures says of each kind how many, of which version and when', () => {
    expect(sentencesOf(2)).toMatchInlineSnapshot(`
      "05:56:58 by you, until 05:57:58
      Weights: v1 90 → 50, v2 10 → 50.
      Accepted 18 ms after the key, first seen in traffic after 470 ms, settled after 470 ms.
      Agrees: 1190 samples, within 2.8 points.
      Answers since it settled: v1 597 (50.2 %), v2 593 (49.8 %).
      13 of 1200 failed; the longest gap between answers was 650 ms.
        upstream connect error (UF/UC): 9 of unknown version, at 05:56:58.
          The gateway could not connect to a pod, or lost the connection, after its retries.
        application error: 3 of v2, 05:56:58 to 05:56:59.
          The application itself answered with a 5xx status.
        timeout: 1 of unknown version, at 05:56:59.
          The request was sent, and the answer was not complete within the deadline.
      1200 samples; the slowest answer took 10 ms."
    `);
  });

  it('by somebody else names them', () => {
    expect(sentencesOf(3)).toMatchInlineSnapshot(`
      "05:57:58 by argocd-controller, until 05:58:28
      Weights: v1 50 → 90, v2 50 → 10.
      Changed outside weighbridge, traffic followed, when exactly these samples cannot tell.
      Agrees: 597 samples, within 2.4 points.
      Answers since it settled: v1 539 (90.3 %), v2 58 (9.7 %).
      0 of 600 failed: below 0.5 % with 95 % confidence; the gateway retries twice by default and can hide failures.
      600 samples, 3 of them in transition, which no verdict uses; the slowest answer took 10 ms."
    `);
  });

  it('that traffic did not follow says so with the numbers', () => {
    expect(sentencesOf(4)).toMatchInlineSnapshot(`
      "05:58:28 by you, until 05:58:58
      Weights: v1 90 → 0, v2 10 → 100.
      Accepted 18 ms after the key, not seen in traffic within 10.0 s.
      Does not agree: v1 has weight 0 and answered 366 of 400.
      Answers since it settled: v1 366 (91.5 %), v2 34 (8.5 %).
      0 of 600 failed: below 0.5 % with 95 % confidence; the gateway retries twice by default and can hide failures.
      600 samples, 200 of them in transition, which no verdict uses; the slowest answer took 10 ms."
    `);
  });

  it('that is in force says so', () => {
    expect(sentencesOf(6)).toContain('by you, still in force');
  });

  test.each<[what: string, change: Partial<ShiftRecord>, says: string]>([
    ['not sampled', { samples: 0, failureBound: undefined }, 'Not observed.'],
    ['not sampled', { samples: 0, failureBound: undefined }, 'No samples were taken.'],
    [
      'ended too soon',
      { verdict: { kind: 'settling', untilMs: NOW }, outcome: { kind: 'settling' }, endedAtMs: NOW },
      'Not judged: it ended before traffic had settled.',
    ],
    [
      'not known well in time',
      { outcome: { kind: 'settled', afterMs: 900, changedAtMs: NOW }, timedWithinMs: 900 },
      'Accepted 18 ms after the key, traffic followed, when exactly these samples cannot tell.',
    ],
    ['never seen', { outcome: { kind: 'not-seen', withinMs: 10_000 } }, 'not seen in traffic within 10.0 s'],
    ['of several patches', { patches: 3 }, 'Weights: v1 100 → 90, v2 0 → 10, in 3 patches.'],
    ['to other versions', { to: { v1: 90, v3: 10 } }, 'v1 100 → 90, v2 0 → none, v3 none → 10'],
    ['with answers of no version', { unknown: 3 }, '; 3 answers show no version; '],
  ])('%s says: %s', (_what, change, says) => {
    const shift = recordedShift(morning, 1);
    if (!shift) throw new Error('there is no shift');
    expect(shiftSentences({ ...shift.record, ...change }, wording).join('\n')).toContain(says);
  });
});

describe('the times of a shift', () => {
  const timesOf = (number: number) => {
    const shift = recordedShift(morning, number);
    return shift && shiftTimes(shift.record);
  };

  it('count from the key', () => {
    expect(timesOf(1)).toEqual({ from: 'ask', acceptedMs: 18, trafficMs: 326, settledMs: 326 });
  });

  it('count from when it was noticed where others made it', () => {
    const record = recordedShift(morning, 3)?.record;
    if (!record) throw new Error('there is no shift');
    const times = shiftTimes({ ...record, firstSeenAfterMs: 140, timedWithinMs: 50 });
    expect(times).toMatchObject({ from: 'change', acceptedMs: undefined, trafficMs: 140 });
  });

  it('are not named where the samples cannot tell', () => {
    expect(timesOf(6)).toEqual({ from: 'ask', acceptedMs: 18, trafficMs: undefined, settledMs: undefined });
  });
});

describe('the history of a session', () => {
  it('has the newest first, and goes on over routes with numbers of its own', () => {
    const more = afterShifts(morning, [{ to: { v1: 40, v2: 60 }, forMs: 5_000 }]);
    expect(recordedShifts(more).map(({ number }) => number)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(recordedShift(more, 7)?.record.endedAtMs).toBeUndefined();
    // What was in force is not any more, once another route is observed.
    expect(recordedShift(more, 6)?.record.endedAtMs).toBe(NOW);
  });

  it('keeps what was recorded while nothing was shifted on another route', () => {
    const twice = observedAnew(observedAnew(morning, NOW), NOW + 1);
    const unchanged = shiftsRecorded(twice, { shift: undefined, history: [] });
    expect(recordedShifts(unchanged).map(({ number }) => number)).toEqual([6, 5, 4, 3, 2, 1]);
    const next = afterShifts(unchanged, [{ to: { v1: 40, v2: 60 }, forMs: 5_000 }]);
    expect(recordedShifts(next)[0]?.number).toBe(7);
  });

  it('is kept when the screen moves to another cluster', () => {
    const leaving = placeChosen(morning, { kind: 'demo', namespace: undefined }, NOW);
    const left = placeLeft(leaving, NOW);
    expect(left.weights.applied).toBeUndefined();
    expect(recordedShifts(left)).toEqual(recordedShifts(morning));
  });

  it('is bounded', () => {
    const many = new Array(60).fill(0).flatMap(() => [
      { to: { v1: 50, v2: 50 }, forMs: 100 },
      { to: { v1: 90, v2: 10 }, forMs: 100 },
    ]);
    const state = afterShifts(morning, many);
    expect(recordedShifts(state).map(({ number }) => number)).toEqual(
      Array.from({ length: 100 }, (_, at) => 126 - at),
    );
    const { current, past } = observedAnew(state, NOW).history;
    expect([current.length, past.length]).toEqual([0, 100]);
  });

  it('is nothing to export while there is no shift', () => {
    const asked = applyIntent(healthy, { kind: 'export-shifts' }, NOW);
    expect(asked.history.exportsAsked).toBe(0);
    expect(asked.notices.at(-1)?.text).toBe('there is no shift to export yet');
    expect(applyIntent(morning, { kind: 'export-shifts' }, NOW).history.exportsAsked).toBe(1);
  });

  it('opens a shift from its list, and goes back to that row', () => {
    const list = applyIntent(morning, { kind: 'open-list', list: 'shifts' }, NOW);
    const below = applyIntent(list, { kind: 'move-choice', by: 1 }, NOW);
    const opened = applyIntent(below, { kind: 'accept' }, NOW);
    expect(opened.ui.overlay).toEqual({ kind: 'shift', number: 5, index: 0 });
    const back = applyIntent(opened, { kind: 'close-overlay' }, NOW);
    expect(back.ui.overlay).toMatchObject({ kind: 'list', list: 'shifts', chosen: '5' });
  });
});
