import { describe, expect, test } from 'vitest';
import { KeyToTrafficTimes } from '../../src/traffic/key-to-traffic.ts';
import { isTimed } from '../../src/traffic/shift-record.ts';
import { TrafficObserver } from '../../src/traffic/traffic-observer.ts';
import {
  aChange,
  answeredBy,
  aSample,
  MINUTE,
  observeShift,
  seededRandom,
  simulate,
  T0,
  v1v2,
} from './simulated-traffic.ts';

describe('from a key to the traffic', () => {
  test('has the last, the median and the 95th percentile of the session, the shift under way included', () => {
    const times = new KeyToTrafficTimes();
    expect(times.summary(undefined)).toBeUndefined();
    for (let ms = 100; ms < 200; ms++) times.add(ms);
    expect(times.summary(undefined)).toEqual({ shifts: 100, lastMs: 199, p50Ms: 149, p95Ms: 194 });
    expect(times.summary(50)).toEqual({ shifts: 101, lastMs: 50, p50Ms: 149, p95Ms: 194 });
  });

  test('remembers the last thousand, and counts all', () => {
    const times = new KeyToTrafficTimes();
    for (let ms = 0; ms < 5000; ms++) times.add(ms);
    expect(times.summary(undefined)).toEqual({ shifts: 5000, lastMs: 4999, p50Ms: 4499, p95Ms: 4949 });
  });

  test('is measured for each shift, step by step, and goes on when the route is left', () => {
    const keyTimes = new KeyToTrafficTimes();
    const random = seededRandom(8);
    const shiftOn = (observer: TrafficObserver, fromMs: number) => {
      observer.setVersions(['v1', 'v2']);
      observer.startFrom(v1v2(0), fromMs);
      const acceptedAtMs = fromMs + 10_000;
      simulate({ observer, random, fromMs, toMs: acceptedAtMs, weights: v1v2(0) });
      observer.weightsApplied(aChange(v1v2(0), v1v2(100), acceptedAtMs));
      simulate({ observer, random, fromMs: acceptedAtMs, toMs: acceptedAtMs + 131, weights: v1v2(0) });
      simulate({
        observer,
        random,
        fromMs: acceptedAtMs + 150,
        toMs: acceptedAtMs + MINUTE,
        weights: v1v2(100),
      });
      return observer.view(acceptedAtMs + MINUTE, MINUTE);
    };
    const first = new TrafficObserver({ keyTimes });
    const { shift, keyToTraffic } = shiftOn(first, T0);
    expect(shift).toMatchObject({
      sentAfterMs: 8,
      acceptedAfterMs: 20,
      firstSeenAfterMs: 154,
      keyToTrafficMs: 174,
      keyToSettledMs: 174,
    });
    expect(keyToTraffic).toEqual({ shifts: 1, lastMs: 174, p50Ms: 174, p95Ms: 174 });
    first.close(T0 + 2 * MINUTE);
    const second = shiftOn(new TrafficObserver({ keyTimes }), T0 + 3 * MINUTE);
    expect(second.keyToTraffic).toMatchObject({ shifts: 2, lastMs: 174 });
  });
});

test('a shift between splits that are alike is not timed better than its samples tell', () => {
  const wrong: number[] = [];
  let timed = 0;
  for (let seed = 1; seed <= 100; seed++) {
    for (const [from, to] of [
      [70, 80],
      [50, 100],
      [50, 90],
      [20, 80],
    ] as const) {
      const { view } = observeShift(v1v2(from), v1v2(to), { seed });
      if (view.shift === undefined || !isTimed(view.shift)) continue;
      timed += 1;
      // The key was pressed 20 ms before the acceptance; traffic changed 131 ms after it, first sampled 19 ms later.
      wrong.push(Math.abs((view.shift.keyToTrafficMs ?? 0) - 170));
    }
    expect(observeShift(v1v2(70), v1v2(80), { seed }).view.keyToTraffic).toBeUndefined();
  }
  expect(timed).toBeGreaterThan(150);
  wrong.sort((a, b) => a - b);
  expect(wrong[Math.floor(0.5 * wrong.length)]).toBeLessThanOrEqual(100);
  expect(wrong[Math.floor(0.95 * wrong.length)]).toBeLessThanOrEqual(500);
});

test('a failure that was under way when the first patch was sent is in the record of the shift', () => {
  const observer = new TrafficObserver();
  observer.setVersions(['v1', 'v2']);
  observer.startFrom(v1v2(0), T0);
  const acceptedAtMs = T0 + 1000;
  const failed = { kind: 'failed', failure: { kind: 'reset', detail: '' } } as const;
  // The patch is sent 12 ms before it is accepted: one sample ended before that, one did not, one began in between.
  observer.addSample(aSample(acceptedAtMs - 100, failed, 50));
  observer.addSample(aSample(acceptedAtMs - 30, failed, 25));
  observer.addSample(aSample(acceptedAtMs - 5, failed, 2));
  observer.weightsApplied(aChange(v1v2(0), v1v2(100), acceptedAtMs));
  observer.addSample(aSample(acceptedAtMs + 50, answeredBy('v2')));
  const { shift } = observer.view(acceptedAtMs + 1000, MINUTE);
  expect(shift).toMatchObject({ samples: 3, failed: 2, failures: [{ kind: 'reset', count: 2 }] });
});
