import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LatencyHistogram } from '../../src/traffic/latency-histogram.ts';
import { LatencyRing } from '../../src/traffic/latency-ring.ts';
import { TimeRing } from '../../src/traffic/time-ring.ts';

describe('counters over time', () => {
  test('hold the newest slots and forget older ones', () => {
    const ring = new TimeRing(500, 2000);
    for (let atMs = 0; atMs < 10_000; atMs += 250) ring.count('v1', atMs);
    expect(ring.read('v1', 16, 20)).toEqual([2, 2, 2, 2]);
    expect(ring.read('v1', 0, 4)).toEqual([0, 0, 0, 0]);
    ring.count('v1', 100);
    expect(ring.read('v1', 0, 1)).toEqual([0]);
  });

  test('add up slots where fewer are asked for', () => {
    const ring = new TimeRing(500, 10_000);
    for (let atMs = 0; atMs < 5000; atMs += 100) ring.count('v1', atMs);
    expect(ring.read('v1', 0, 10, 4)).toEqual([20, 20, 10]);
    expect(ring.total('v1', 0, 10)).toBe(50);
  });

  test('add a column to another', () => {
    const ring = new TimeRing(500, 10_000);
    ring.count('v1', 0);
    ring.count('others', 0);
    ring.merge('v1', 'others');
    expect(ring.read('v1', 0, 1)).toEqual([0]);
    expect(ring.read('others', 0, 1)).toEqual([2]);
  });
});

describe('latencies', () => {
  test('have quantiles within 3.2 percent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.2, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
        values => {
          const histogram = new LatencyHistogram();
          for (const value of values) histogram.record(value);
          const sorted = values.toSorted((a, b) => a - b);
          for (const q of [0.5, 0.9, 0.99]) {
            const exact = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
            expect(Math.abs(histogram.quantileMs(q) / exact - 1)).toBeLessThanOrEqual(0.0321);
          }
          expect(histogram.maxMs).toBe(sorted.at(-1));
        },
      ),
    );
  });

  test('outside the scale count at its ends', () => {
    const histogram = new LatencyHistogram();
    histogram.record(0);
    histogram.record(1e9);
    expect(histogram.quantileMs(0.5)).toBeLessThan(0.14);
    expect(histogram.maxMs).toBe(1e9);
    expect(new LatencyHistogram().quantileMs(0.5)).toBe(0);
  });

  test('of a window leave out what came before it', () => {
    const ring = new LatencyRing(60_000);
    ring.record(1_000, 500);
    ring.record(40_000, 4);
    expect(ring.over(41_000, 30_000)).toMatchObject({ maxMs: 4 });
    expect(ring.over(41_000, 60_000)).toMatchObject({ maxMs: 500 });
    expect(ring.over(200_000, 30_000)).toBeUndefined();
  });

  test('use their memory again after the span', () => {
    const ring = new LatencyRing(10_000);
    ring.record(0, 500);
    ring.record(20_000, 4);
    ring.record(40_000, 5);
    expect(ring.over(42_000, 60_000)).toMatchObject({ maxMs: 5 });
  });
});
