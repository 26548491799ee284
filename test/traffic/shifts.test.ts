import { describe, expect, test } from 'vitest';
import { OngoingShift } from '../../src/traffic/shift-record.ts';
import {
  aChange,
  answeredBy,
  aSample,
  chartOf,
  MINUTE,
  observerOf,
  observeShift,
  seededRandom,
  simulate,
  T0,
  v1v2,
} from './simulated-traffic.ts';

describe('a shift that traffic follows', () => {
  test('settles where the traffic changed, and then agrees', () => {
    const { view, shiftMs } = observeShift(v1v2(50), v1v2(100));
    expect(view.phase).toBe('settled');
    expect(view.verdict.kind).toBe('agrees');
    expect(view.versions[0]).toMatchObject({ label: 'v1', count: 0, share: 0, applied: 0 });
    expect(view.shift).toMatchObject({
      id: 1,
      by: 'you',
      from: v1v2(50),
      to: v1v2(100),
      patches: 1,
      acceptedAfterMs: 20,
      acceptedAtMs: shiftMs,
      verdict: { kind: 'agrees' },
      failed: 0,
      unknown: 0,
      endedAtMs: undefined,
    });
    const { outcome, samples = 0, inTransition = 0, firstSeenAfterMs = -1 } = view.shift ?? {};
    expect(outcome?.kind === 'settled' && outcome.afterMs).toBeLessThanOrEqual(154);
    expect(firstSeenAfterMs).toBeLessThanOrEqual(154);
    expect(samples).toBe(1200);
    expect(inTransition).toBeLessThanOrEqual(3);
    expect(view.versions[1]?.count).toBe(samples - inTransition);
  });

  test('from nothing is seen with the first answer of the new version', () => {
    const { view, shiftMs } = observeShift(v1v2(0), v1v2(100));
    expect(view.shift).toMatchObject({
      firstSeenAfterMs: 154,
      inTransition: 3,
      outcome: { kind: 'settled', afterMs: 154, changedAtMs: shiftMs + 150 },
    });
  });

  test('is seen when the answer is there, however long before it the sample was to be sent', () => {
    const observer = observerOf(v1v2(0));
    observer.weightsApplied(aChange(v1v2(0), v1v2(100), T0));
    for (let sample = 0; sample < 40; sample++)
      observer.addSample(aSample(T0 + 10 + sample * 50, answeredBy('v2'), 130));
    const { shift } = observer.view(T0 + 3000, MINUTE);
    expect(shift).toMatchObject({
      firstSeenAfterMs: 140,
      keyToTrafficMs: 160,
      outcome: { kind: 'settled', afterMs: 140, changedAtMs: T0 + 10 },
    });
    expect(chartOf(observer, T0 + 3000, MINUTE).marks[0]).toMatchObject({ changedAtMs: T0 + 10 });
  });

  test('is settling until samples show it, with the shares of the moment', () => {
    const { view, shiftMs } = observeShift(v1v2(50), v1v2(90), { afterMs: 600 });
    expect(view.phase).toBe('settling');
    expect(view.verdict).toEqual({ kind: 'settling', untilMs: shiftMs + 10_000 });
    expect(view.shift).toMatchObject({ outcome: { kind: 'settling' }, verdict: { kind: 'settling' } });
    expect(view.shift?.inTransition).toBe(view.shift?.samples);
    const counted = view.versions.reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBeGreaterThan(0);
    expect(counted).toBeLessThanOrEqual(12);
  });

  test('too small to be seen is not timed, and counts after ten seconds', () => {
    const early = observeShift(v1v2(50), v1v2(52), { afterMs: 5000 });
    expect(early.view.phase).toBe('settling');
    expect(early.view.verdict).toEqual({ kind: 'cannot-be-timed', untilMs: early.shiftMs + 10_000 });
    const { view } = observeShift(v1v2(50), v1v2(52));
    expect(view.phase).toBe('settled');
    expect(view.shift).toMatchObject({ outcome: { kind: 'cannot-be-timed' }, inTransition: 200 });
    expect(view.verdict.kind).toBe('agrees');
  });

  test('is settled after ten seconds without samples, and then needs some', () => {
    const observer = observerOf(v1v2(50));
    simulate({ observer, random: seededRandom(1), fromMs: T0, toMs: T0 + 10_000, weights: v1v2(50) });
    observer.weightsApplied(aChange(v1v2(50), v1v2(100), T0 + 10_000));
    expect(observer.view(T0 + 15_000, MINUTE).phase).toBe('settling');
    const { phase, verdict } = observer.view(T0 + 25_000, MINUTE);
    expect(phase).toBe('settled');
    expect(verdict).toMatchObject({ kind: 'needs-more', samples: 0, about: 35 });
  });

  test('that agreed is recorded so while chance puts its share outside the interval', () => {
    const { observer, endMs, view } = observeShift(v1v2(0), v1v2(50));
    expect(view.shift?.verdict.kind).toBe('agrees');
    for (let sample = 0; sample < 80; sample++)
      observer.addSample(aSample(endMs + sample * 50, answeredBy('v2')));
    const later = observer.view(endMs + 4000, MINUTE);
    expect(later.verdict.kind).toBe('needs-more');
    expect(later.shift?.verdict.kind).toBe('agrees');
  });

  test('leaves a mark, with where traffic followed', () => {
    const { observer, shiftMs, endMs } = observeShift(v1v2(0), v1v2(100));
    const mark = { atMs: shiftMs, changedAtMs: shiftMs + 150, from: v1v2(0), to: v1v2(100), by: 'you' };
    expect(chartOf(observer, endMs, 2 * MINUTE).marks).toEqual([mark]);
    expect(chartOf(observer, endMs, 30_000).marks).toEqual([mark]);
    expect(chartOf(observer, shiftMs - 1, 30_000).marks).toEqual([]);
  });
});

describe('a shift that traffic does not follow', () => {
  test.each([
    ['istiod is down', v1v2(50), v1v2(90), v1v2(50)],
    ['Envoy refuses weights of 0', v1v2(50), { v1: 0, v2: 0 }, v1v2(50)],
    ['Envoy refuses a negative weight', v1v2(50), { v1: -5, v2: 100 }, v1v2(50)],
    ['another version gets it', v1v2(10), v1v2(90), v1v2(10)],
  ])('does not agree, and never did: %s', (_, from, to, real) => {
    for (let seed = 1; seed <= 20; seed++) {
      const { observer, shiftMs, view } = observeShift(from, to, { real, seed });
      expect(view.verdict.kind).toBe('does-not-agree');
      expect(view.shift).toMatchObject({
        outcome: { kind: 'not-seen', withinMs: 10_000 },
        firstSeenAfterMs: undefined,
      });
      const [mark] = chartOf(observer, shiftMs + MINUTE, MINUTE).marks;
      expect(mark).toMatchObject({ atMs: shiftMs, changedAtMs: undefined });
    }
  });

  test('agrees once traffic comes round, and says after how long', () => {
    const { observer, random, endMs } = observeShift(v1v2(50), v1v2(90), { real: v1v2(50) });
    simulate({ observer, random, fromMs: endMs, toMs: endMs + MINUTE, weights: v1v2(90) });
    const { verdict, shift } = observer.view(endMs + MINUTE, 2 * MINUTE);
    expect(verdict.kind).toBe('agrees');
    expect(shift?.outcome.kind === 'settled' && shift.outcome.afterMs).toBeGreaterThan(MINUTE - 500);
    expect(shift?.outcome.kind === 'settled' && shift.outcome.afterMs).toBeLessThan(MINUTE + 2000);
  });

  test('as asked does not agree even where traffic moved', () => {
    const { view } = observeShift(v1v2(50), v1v2(90), { real: v1v2(70) });
    expect(view.verdict.kind).toBe('does-not-agree');
  });
});

describe('a run of keys', () => {
  test('is one shift with one mark, however many patches it took, and settles after the last', () => {
    const observer = observerOf(v1v2(50));
    const random = seededRandom(9);
    simulate({ observer, random, fromMs: T0, toMs: T0 + 10_000, weights: v1v2(50) });
    const steps = [50, 60, 70, 80, 90, 100];
    steps.slice(1).forEach((weight, index) => {
      const acceptedAtMs = T0 + 10_000 + index * 200;
      observer.weightsApplied(aChange(v1v2(steps[index] ?? 0), v1v2(weight), acceptedAtMs, index > 0));
      simulate({
        observer,
        random,
        fromMs: acceptedAtMs,
        toMs: acceptedAtMs + 200,
        weights: v1v2(steps[index] ?? 0),
      });
    });
    simulate({ observer, random, fromMs: T0 + 11_000, toMs: T0 + MINUTE, weights: v1v2(100) });
    const view = observer.view(T0 + MINUTE, MINUTE);
    expect(view.history).toEqual([]);
    expect(chartOf(observer, T0 + MINUTE, MINUTE).marks).toHaveLength(1);
    expect(view.shift).toMatchObject({
      patches: 5,
      from: v1v2(50),
      to: v1v2(100),
      acceptedAtMs: T0 + 10_000,
      lastAcceptedAtMs: T0 + 10_800,
      verdict: { kind: 'agrees' },
    });
    expect(view.shift?.outcome.kind === 'settled' && view.shift.outcome.afterMs).toBeLessThanOrEqual(250);
  });

  test('whose last step is too small to see settles by the run as a whole', () => {
    const observer = observerOf(v1v2(50));
    const random = seededRandom(10);
    simulate({ observer, random, fromMs: T0, toMs: T0 + 10_000, weights: v1v2(50) });
    observer.weightsApplied(aChange(v1v2(50), v1v2(88), T0 + 10_000));
    observer.weightsApplied(aChange(v1v2(88), v1v2(90), T0 + 10_200, true));
    simulate({ observer, random, fromMs: T0 + 10_200, toMs: T0 + 15_000, weights: v1v2(90) });
    expect(observer.view(T0 + 15_000, MINUTE).shift?.outcome.kind).toBe('settled');
  });

  test('that comes later is a shift of its own', () => {
    const { observer, endMs, shiftMs } = observeShift(v1v2(50), v1v2(100));
    observer.weightsApplied(aChange(v1v2(100), v1v2(0), endMs));
    const { shift, history } = observer.view(endMs, 2 * MINUTE);
    const { marks } = chartOf(observer, endMs, 2 * MINUTE);
    expect(shift).toMatchObject({ id: 2, from: v1v2(100), to: v1v2(0), samples: 0 });
    expect(history).toMatchObject([{ id: 1, endedAtMs: endMs, verdict: { kind: 'agrees' }, samples: 1200 }]);
    expect(marks.map(({ atMs }) => atMs)).toEqual([shiftMs, endMs]);
  });
});

describe('gateway replicas that change one after the other', () => {
  test.each([
    [5, 5],
    [20, 5],
    [200, 20],
  ])('settle when the last has, at %i samples a second', (ratePerSecond, oneOldIn) => {
    const observer = observerOf(v1v2(0));
    observer.weightsApplied(aChange(v1v2(0), v1v2(100), T0));
    const intervalMs = 1000 / ratePerSecond;
    for (let sample = 0; sample * intervalMs < 8000; sample++) {
      const atMs = T0 + sample * intervalMs;
      const isOld = atMs < T0 + 3000 && sample % oneOldIn === oneOldIn - 1;
      observer.addSample(aSample(atMs, answeredBy(isOld ? 'v1' : 'v2')));
      expect(observer.view(atMs, 1000).verdict.kind).not.toBe('does-not-agree');
    }
    const { shift } = observer.view(T0 + 8000, MINUTE);
    expect(shift?.firstSeenAfterMs).toBe(4);
    expect(shift?.outcome.kind === 'settled' && shift.outcome.afterMs).toBeGreaterThan(2000);
    expect(shift?.outcome.kind === 'settled' && shift.outcome.afterMs).toBeLessThanOrEqual(3004);
  });
});

describe('the first sample of a new split', () => {
  const split = { before: [0.5, 0.5], after: [0.1, 0.9] };

  function firstSeen(beginMs: number): number | undefined {
    const shift = new OngoingShift(1, aChange(v1v2(50), v1v2(90), T0));
    for (let sample = 0; sample < 60; sample++) {
      const startedAtMs = T0 + beginMs + sample * 50;
      shift.lookForTraffic({ startedAtMs, answeredAtMs: startedAtMs }, 1, split.before, split.after);
    }
    return shift.record(undefined).firstSeenAfterMs;
  }

  test('is looked for while the shift may take effect, not for ever', () => {
    expect(firstSeen(131)).toBe(131);
    expect(firstSeen(9900)).toBe(9900);
    expect(firstSeen(10_001)).toBeUndefined();
  });
});
