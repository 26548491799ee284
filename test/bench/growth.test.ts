import { describe, expect, it } from 'vitest';
import { growthResults } from '../../bench/growth.ts';

function grown(name: string, frameMs: number) {
  return { name, costs: [{ frameMs, liveMs: 500, cpuPercent: 5, residentMb: 100 }] };
}

describe('growth', () => {
  const stages = [grown('without a crowd', 100), grown('among 10 pods', 101), grown('among 1000 pods', 130)];
  const frames = (slack?: number) =>
    growthResults(stages, slack).filter(({ what }) => what.startsWith('start to first frame'));

  it('compares each cluster with the first, which is shown as well', () => {
    expect(frames().map(({ what, values, comparators }) => [what, values, comparators[0]?.name])).toEqual([
      ['start to first frame, without a crowd', [100], undefined],
      ['start to first frame, among 10 pods', [101], 'the same without a crowd'],
      ['start to first frame, among 1000 pods', [130], 'the same without a crowd'],
    ]);
  });

  it('has a budget only where something is promised, and none for the first', () => {
    expect(frames().map(({ budget }) => budget)).toEqual([undefined, undefined, undefined]);
    expect(frames(1.2).map(({ budget }) => budget)).toEqual([undefined, 120, 120]);
  });
});
