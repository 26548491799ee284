import { describe, expect, it } from 'vitest';
import { createDebounce } from '../../src/demo/gateway/debounce.ts';
import { createTimers } from '../../src/demo/timers.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** When istiod pushes, given when things change; all in milliseconds. */
function pushesFor(changes: readonly number[]): readonly number[] {
  const clock = new ManualClock(0);
  const pushes: number[] = [];
  const noteChange = createDebounce(createTimers(clock), () => pushes.push(clock.now()));
  for (const change of changes) clock.after(change, noteChange);
  clock.advance(60_000);
  return pushes;
}

const every = (intervalMs: number, forMs: number) =>
  Array.from({ length: Math.floor(forMs / intervalMs) + 1 }, (_, index) => index * intervalMs);

describe('istiod', () => {
  it('tells of one change after 100 ms', () => {
    expect(pushesFor([0])).toEqual([100]);
  });

  it('waits for changes 50 ms apart to stop, and tells of them together', () => {
    expect(pushesFor(every(50, 3_000))).toEqual([3_100]);
  });

  it('tells of changes 200 ms apart one by one', () => {
    expect(pushesFor(every(200, 600))).toEqual([100, 300, 500, 700]);
  });

  it('waits no longer than 10 s for things to go quiet', () => {
    const [first = 0, ...others] = pushesFor(every(50, 13_000));
    expect(first).toBeGreaterThanOrEqual(10_000);
    expect(first).toBeLessThan(10_101);
    expect(others).toEqual([13_100]);
  });

  it('says nothing when nothing changes', () => {
    expect(pushesFor([])).toEqual([]);
  });
});
