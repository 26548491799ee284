import { describe, expect, test } from 'vitest';
import { chartSeries } from '../../src/traffic/chart-series.ts';
import type { Mark, TrafficSeries } from '../../src/traffic/observed-traffic.ts';

const START_MS = 1_000_000;

/** Buckets of half a second, each with these many answers of v1 and of v2. */
function series(buckets: readonly (readonly [number, number])[]): TrafficSeries {
  const nothing = buckets.map(() => 0);
  return {
    startMs: START_MS,
    bucketMs: 500,
    labels: ['v1', 'v2'],
    counts: [buckets.map(([v1]) => v1), buckets.map(([, v2]) => v2)],
    others: nothing,
    unknown: nothing,
    failed: nothing,
  };
}

function repeat<Bucket>(count: number, bucket: Bucket): Bucket[] {
  return new Array<Bucket>(count).fill(bucket);
}

function mark(atMs: number, changedAtMs?: number): Mark {
  return { atMs, changedAtMs, from: { v1: 100, v2: 0 }, to: { v1: 0, v2: 100 }, by: 'somebody' };
}

function draw(buckets: readonly (readonly [number, number])[], columns: number, marks: readonly Mark[] = []) {
  const windowMs = buckets.length * 500;
  const nowMs = START_MS + windowMs - 1;
  return chartSeries({ series: series(buckets), marks, label: 'v2', applied: 0.2, columns, nowMs, windowMs });
}

describe('the line of a version', () => {
  test.each([1, 7, 38, 120, 200])('has exactly %i columns', columns => {
    expect(draw(repeat(240, [5, 5]), columns).shares).toHaveLength(columns);
  });

  test('is the share of its answers', () => {
    expect(draw(repeat(60, [8, 2]), 10).shares).toEqual(repeat(10, 0.2));
  });

  test('has a gap where nothing was sampled, and no zero', () => {
    const { shares } = draw(
      [...repeat(20, [5, 5] as const), ...repeat(20, [0, 0] as const), ...repeat(20, [5, 5] as const)],
      30,
    );
    expect(shares.slice(0, 10)).toEqual(repeat(10, 0.5));
    expect(shares.slice(10, 20)).toEqual(repeat(10, undefined));
    expect(shares.slice(20)).toEqual(repeat(10, 0.5));
  });

  test('is smooth where a column alone holds few samples', () => {
    const uneven = Array.from({ length: 60 }, (_, bucket) =>
      bucket % 2 === 0 ? ([10, 0] as const) : ([0, 10] as const),
    );
    const { shares } = draw(uneven, 60);
    for (const share of shares.slice(6)) expect(share).toBe(0.5);
  });

  test('steps where the weights changed, rather than climbing', () => {
    const { shares } = draw([...repeat(30, [10, 0] as const), ...repeat(30, [0, 10] as const)], 60, [
      mark(START_MS + 15_000),
    ]);
    expect(shares.slice(0, 30)).toEqual(repeat(30, 0));
    expect(shares.slice(30)).toEqual(repeat(30, 1));
  });

  test('steps where traffic followed, when that is known to be later', () => {
    const { shares } = draw([...repeat(32, [10, 0] as const), ...repeat(28, [0, 10] as const)], 60, [
      mark(START_MS + 15_000, START_MS + 16_000),
    ]);
    expect(shares.slice(0, 32)).toEqual(repeat(32, 0));
    expect(shares.slice(32)).toEqual(repeat(28, 1));
  });

  test('keeps its form while time goes on', () => {
    const buckets = Array.from({ length: 400 }, (_, bucket) => [bucket % 7, (bucket * 3) % 5] as const);
    const at = (nowMs: number) =>
      chartSeries({
        series: series(buckets),
        marks: [],
        label: 'v2',
        applied: 0.2,
        columns: 40,
        nowMs,
        windowMs: 120_000,
      }).shares;
    const now = START_MS + 180_000;
    expect(at(now + 3000).slice(0, -1)).toEqual(at(now).slice(1));
  });

  test('is empty where there is no room, and all gaps for a version that is not there', () => {
    expect(draw(repeat(60, [5, 5]), 0).shares).toEqual([]);
    const { shares } = chartSeries({
      series: series([]),
      marks: [],
      label: 'v9',
      applied: undefined,
      columns: 3,
      nowMs: START_MS,
      windowMs: 30_000,
    });
    expect(shares).toEqual([undefined, undefined, undefined]);
  });
});

describe('the line of the applied weights', () => {
  const buckets = repeat(60, [5, 5] as const);

  test('is what is applied now where nothing changed', () => {
    expect(draw(buckets, 10).applied).toEqual(repeat(10, 0.2));
  });

  test('steps with each change, and begins with what was applied before the first', () => {
    const { applied } = draw(buckets, 30, [mark(START_MS + 15_000)]);
    expect(applied).toEqual([...repeat(15, 0), ...repeat(15, 1)]);
  });

  test('goes on from a change before the chart begins', () => {
    expect(draw(buckets, 4, [mark(START_MS - 60_000)]).applied).toEqual(repeat(4, 1));
  });

  test('is absent before anything was known', () => {
    const { applied } = chartSeries({
      series: series(repeat(20, [5, 5])),
      marks: [],
      label: 'v2',
      applied: 0.5,
      columns: 4,
      nowMs: START_MS + 9_999,
      windowMs: 20_000,
    });
    expect(applied).toEqual([undefined, undefined, 0.5, 0.5]);
  });
});

test('marks stand in the column of their time; those out of sight are left out', () => {
  const shift = mark(START_MS + 15_000);
  const { marks } = draw(repeat(60, [5, 5]), 30, [mark(START_MS - 60_000), shift]);
  expect(marks).toEqual([{ column: 15, mark: shift }]);
});

test('failures stand in the column in which they were sent', () => {
  const failed = repeat(60, 0);
  failed[20] = 3;
  const { failures } = chartSeries({
    series: { ...series(repeat(60, [5, 5])), failed },
    marks: [],
    label: 'v2',
    applied: 0.2,
    columns: 30,
    nowMs: START_MS + 29_999,
    windowMs: 30_000,
  });
  expect(failures.map((count, column) => [count, column]).filter(([count]) => count !== 0)).toEqual([
    [3, 10],
  ]);
});
