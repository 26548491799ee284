import { describe, expect, test } from 'vitest';
import type { SampleOutcome } from '../../src/traffic/sample.ts';
import { TrafficObserver } from '../../src/traffic/traffic-observer.ts';
import {
  aChange,
  answeredBy,
  aSample,
  chartOf,
  MINUTE,
  observerOf,
  seededRandom,
  simulate,
  T0,
  v1v2,
} from './simulated-traffic.ts';

describe('with no shift', () => {
  test('nothing is said before the first sample', () => {
    const view = observerOf(v1v2(50)).view(T0 + 1000, MINUTE);
    expect(view.phase).toBe('no-samples');
    expect(view.verdict).toEqual({ kind: 'no-samples' });
    expect(view.versions[0]).toEqual({
      label: 'v1',
      applied: 0.5,
      count: 0,
      share: undefined,
      low: 0,
      high: 1,
    });
    expect(view.latency).toBeUndefined();
    expect(view.ratePerSecond).toBe(0);
  });

  test('more samples are asked for until the interval is narrow enough, then the split agrees', () => {
    const observer = observerOf(v1v2(50));
    for (let sample = 0; sample < 100; sample++) {
      observer.addSample(aSample(T0 + sample * 50, answeredBy(sample % 2 === 0 ? 'v1' : 'v2')));
    }
    expect(observer.view(T0 + 5000, MINUTE).verdict).toEqual({
      kind: 'needs-more',
      samples: 100,
      unattributed: 0,
      about: 290,
    });
    for (let sample = 100; sample < 381; sample++) {
      observer.addSample(aSample(T0 + sample * 50, answeredBy(sample % 2 === 0 ? 'v1' : 'v2')));
    }
    const view = observer.view(T0 + 20_000, MINUTE);
    expect(view.phase).toBe('settled');
    expect(view.verdict).toMatchObject({ kind: 'agrees', samples: 381 });
    expect(view.versions.map(({ count }) => count)).toEqual([191, 190]);
  });

  test('a wrong split does not agree, with the version that is furthest off', () => {
    const observer = observerOf(v1v2(10));
    simulate({ observer, random: seededRandom(3), fromMs: T0, toMs: T0 + MINUTE, weights: v1v2(40) });
    expect(observer.view(T0 + MINUTE, MINUTE).verdict).toMatchObject({
      kind: 'does-not-agree',
      because: 'test',
      samples: 1200,
      level: 0.005,
    });
  });

  test('one answer of a version with weight 0 is enough', () => {
    const observer = observerOf(v1v2(0));
    simulate({ observer, random: seededRandom(4), fromMs: T0, toMs: T0 + MINUTE, weights: v1v2(0) });
    expect(observer.view(T0 + MINUTE, MINUTE).verdict.kind).toBe('agrees');
    observer.addSample(aSample(T0 + MINUTE, answeredBy('v2')));
    expect(observer.view(T0 + MINUTE, MINUTE).verdict).toMatchObject({
      kind: 'does-not-agree',
      because: 'weight-zero',
      version: 'v2',
      applied: 0,
      count: 1,
      samples: 1201,
    });
  });

  test('three versions are judged together', () => {
    const weights = { stable: 60, canary: 30, next: 10 };
    const observer = observerOf(weights);
    simulate({ observer, random: seededRandom(5), fromMs: T0, toMs: T0 + MINUTE, weights });
    const { verdict, versions } = observer.view(T0 + MINUTE, MINUTE);
    expect(verdict).toMatchObject({ kind: 'agrees', samples: 1200 });
    for (const { applied = 0, low, high } of versions) expect(low <= applied && applied <= high).toBe(true);

    const wrong = observerOf(weights);
    simulate({
      observer: wrong,
      random: seededRandom(5),
      fromMs: T0,
      toMs: T0 + MINUTE,
      weights: { stable: 60, canary: 10, next: 30 },
    });
    expect(wrong.view(T0 + MINUTE, MINUTE).verdict.kind).toBe('does-not-agree');
  });

  test('weights are relative to their sum', () => {
    const observer = observerOf({ v1: 3, v2: 1 });
    simulate({
      observer,
      random: seededRandom(6),
      fromMs: T0,
      toMs: T0 + MINUTE,
      weights: { v1: 75, v2: 25 },
    });
    const { verdict, versions } = observer.view(T0 + MINUTE, MINUTE);
    expect(versions.map(({ applied }) => applied)).toEqual([0.75, 0.25]);
    expect(verdict.kind).toBe('agrees');
  });

  test('samples that show no version are said to, rather than judged', () => {
    const observer = observerOf(v1v2(50));
    for (let sample = 0; sample < 50; sample++)
      observer.addSample(aSample(T0 + sample * 50, { kind: 'unknown' }));
    expect(observer.view(T0 + 3000, MINUTE).verdict).toEqual({ kind: 'unattributed', unattributed: 50 });
  });

  test('an answer of a version that the route does not have is unknown', () => {
    const observer = observerOf(v1v2(50));
    observer.addSample(aSample(T0, answeredBy('v3')));
    const { versions } = observer.view(T0 + 500, MINUTE);
    const { series } = chartOf(observer, T0 + 500, MINUTE);
    expect(versions.map(({ count }) => count)).toEqual([0, 0]);
    expect(series.unknown.reduce((sum, count) => sum + count, 0)).toBe(1);
  });
});

describe('failures', () => {
  const failed = (kind: 'refused' | 'application-error', version?: string): SampleOutcome => ({
    kind: 'failed',
    failure: { kind, detail: kind === 'refused' ? 'ECONN\u001b[31mREFUSED' : 'HTTP 500' },
    ...(version === undefined ? {} : { version }),
  });

  test('are counted by kind and explained, the newest with its time', () => {
    const observer = observerOf(v1v2(50));
    observer.addSample(aSample(T0, failed('refused')));
    observer.addSample(aSample(T0 + 50, failed('refused')));
    observer.addSample(aSample(T0 + 100, failed('application-error', 'v2')));
    const { failures, versions } = observer.view(T0 + 1000, MINUTE);
    const { series } = chartOf(observer, T0 + 1000, MINUTE);
    expect(failures.map(({ kind, count, newestAtMs, detail }) => [kind, count, newestAtMs, detail])).toEqual([
      ['refused', 2, T0 + 50, 'ECONNREFUSED'],
      ['application-error', 1, T0 + 100, 'HTTP 500'],
    ]);
    expect(failures[0]).toMatchObject({ meaning: 'Nothing listens at the gateway address.' });
    expect(series.failed.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(versions.map(({ count }) => count)).toEqual([0, 1]);
    expect(observer.view(T0 + 10 * MINUTE, MINUTE).failures).toEqual([]);
  });

  test('of a shift say which kinds, when, from which version, and for how long nothing answered', () => {
    const observer = observerOf(v1v2(100));
    observer.weightsApplied(aChange(v1v2(100), v1v2(0), T0));
    const outcomes = [
      answeredBy('v1'),
      failed('refused'),
      failed('refused'),
      failed('application-error', 'v2'),
      answeredBy('v1'),
    ];
    outcomes.forEach((outcome, index) => {
      observer.addSample(aSample(T0 + 1000 + index * 50, outcome, 10 * (index + 1)));
    });
    expect(observer.view(T0 + 2000, MINUTE).shift).toMatchObject({
      samples: 5,
      failed: 3,
      failures: [
        { kind: 'refused', version: undefined, count: 2, firstAtMs: T0 + 1050, newestAtMs: T0 + 1100 },
        { kind: 'application-error', version: 'v2', count: 1, firstAtMs: T0 + 1150, newestAtMs: T0 + 1150 },
      ],
      slowestMs: 50,
      longestGapMs: 200,
      failureBound: undefined,
    });
  });

  test('that were not seen have a bound', () => {
    const observer = observerOf(v1v2(100));
    observer.weightsApplied(aChange(v1v2(100), v1v2(0), T0));
    for (let sample = 0; sample < 412; sample++)
      observer.addSample(aSample(T0 + sample * 50, answeredBy('v1')));
    const { shift } = observer.view(T0 + MINUTE, MINUTE);
    expect(shift?.failureBound).toBeCloseTo(0.0072, 4);
    expect(shift?.longestGapMs).toBe(0);
  });
});

describe('the window', () => {
  test('holds the samples in the buckets in which they were sent; what was not sampled is empty', () => {
    const observer = new TrafficObserver({ bucketMs: 500 });
    observer.setVersions(['v1', 'v2']);
    observer.startFrom(v1v2(50), T0);
    observer.addSample(aSample(T0 + 100, answeredBy('v1')));
    observer.addSample(aSample(T0 + 1600, answeredBy('v2')));
    observer.addSample(aSample(T0 + 1700, answeredBy('v2')));
    const { series } = chartOf(observer, T0 + 1999, 1999);
    expect(series).toEqual({
      startMs: T0,
      bucketMs: 500,
      labels: ['v1', 'v2'],
      counts: [
        [1, 0, 0, 0],
        [0, 0, 0, 2],
      ],
      others: [0, 0, 0, 0],
      unknown: [0, 0, 0, 0],
      failed: [0, 0, 0, 0],
    });
  });

  test('of an hour has wider buckets, not more', () => {
    const observer = observerOf(v1v2(50));
    const endMs = T0 + 60 * MINUTE;
    simulate({ observer, random: seededRandom(4), fromMs: T0, toMs: endMs, weights: v1v2(50) });
    const { series } = chartOf(observer, endMs, 60 * MINUTE);
    expect(series.bucketMs).toBe(3000);
    expect(series.unknown.length).toBeLessThanOrEqual(1201);
    const total = series.counts.flat().reduce((sum, count) => sum + count, 0);
    expect(total).toBe(60 * 60 * 20);
  });

  test('begins where the weights were first known, and ends where it was asked to', () => {
    const observer = observerOf(v1v2(50));
    simulate({ observer, random: seededRandom(4), fromMs: T0, toMs: T0 + MINUTE, weights: v1v2(50) });
    const { fromMs, toMs, series, latency } = chartOf(observer, T0 + 10_000, MINUTE);
    expect([fromMs, toMs]).toEqual([T0, T0 + 10_000]);
    expect(series.counts.flat().reduce((sum, count) => sum + count, 0)).toBeCloseTo(200, -2);
    expect(latency?.p90Ms).toBeCloseTo(4, 0);
    expect(
      chartOf(observer, T0 - MINUTE, MINUTE)
        .series.counts.flat()
        .every(count => count === 0),
    ).toBe(true);
  });

  test('has the rate and the latencies of its answers', () => {
    const observer = observerOf(v1v2(50));
    for (let sample = 0; sample < 200; sample++) {
      observer.addSample(aSample(T0 + sample * 50, answeredBy('v1'), sample === 100 ? 500 : 4));
    }
    const { ratePerSecond, latency } = observer.view(T0 + 10_000, MINUTE);
    expect(ratePerSecond).toBe(20);
    expect(latency?.p50Ms).toBeCloseTo(4, 0);
    expect(latency?.maxMs).toBe(500);
  });

  test('keeps answers of a version that has left the route apart', () => {
    const observer = observerOf({ v1: 50, v2: 50 });
    observer.addSample(aSample(T0, answeredBy('v1')));
    observer.addSample(aSample(T0 + 1, answeredBy('v2')));
    observer.setVersions(['v2', 'v3']);
    const { series } = chartOf(observer, T0 + 2, 1000);
    expect(series.labels).toEqual(['v2', 'v3']);
    expect(series.others.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(series.counts.flat().reduce((sum, count) => sum + count, 0)).toBe(1);
  });
});

test('a view is plain data, and holds no text that could harm a terminal', () => {
  const observer = observerOf(v1v2(50));
  observer.weightsApplied({
    ...aChange(v1v2(50), v1v2(100), T0),
    by: 'evil\u001b]0;title\u0007\n\u202emanager',
  });
  simulate({ observer, random: seededRandom(1), fromMs: T0, toMs: T0 + 5000, weights: v1v2(100) });
  observer.addSample(
    aSample(T0 + 5000, { kind: 'failed', failure: { kind: 'other', detail: 'x\u001b[2J\u0000y' } }),
  );
  const view = observer.view(T0 + 6000, MINUTE);
  expect(structuredClone(view)).toEqual(view);
  expect(JSON.stringify(view)).not.toMatch(/\\u00|\u202e/);
});
