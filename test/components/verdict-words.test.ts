import { describe, expect, it } from 'vitest';
import { failedBeside, shiftWords, verdictWords } from '../../src/components/verdict-words.ts';
import type { ObservedTraffic } from '../../src/traffic/observed-traffic.ts';
import { TrafficObserver } from '../../src/traffic/traffic-observer.ts';
import { observeShift, T0, v1v2 } from '../traffic/simulated-traffic.ts';

describe('the verdict in words', () => {
  it('says that every sample fails, rather than that answers show no version', () => {
    const verdict = { kind: 'unattributed', unattributed: 40 } as const;
    expect(verdictWords(verdict, T0, 40)).toEqual({
      status: 'failing',
      text: 'every sample fails: 40 so far',
    });
    expect(verdictWords(verdict, T0, 3)).toEqual({
      status: 'warning',
      text: '40 answers, none shows its version; 3 failed',
    });
  });

  it('names the method where several shares are judged at once', () => {
    const verdict = { kind: 'agrees', samples: 900, unattributed: 0, halfWidth: 0.041 } as const;
    expect(verdictWords({ ...verdict, intervals: 'Wilson' }, T0, 0).text).toBe(
      'agrees: 900 samples, within 4.1 points',
    );
    expect(verdictWords({ ...verdict, intervals: 'Goodman' }, T0, 0).text).toBe(
      'agrees: 900 samples, within 4.1 points for all at once (Goodman)',
    );
  });
});

describe('the last shift in words', () => {
  const nothing = new TrafficObserver().view(T0, 60_000);
  const timed: ObservedTraffic = {
    ...observeShift(v1v2(0), v1v2(100)).view,
    keyToTraffic: { shifts: 12, lastMs: 170, p50Ms: 160, p95Ms: 243 },
  };

  it('are none before one was made', () => {
    expect(shiftWords(nothing, 100)).toBe('');
  });

  it.each([
    [
      100,
      'last shift: key to traffic 174 ms (p50 160 ms, p95 243 ms of 12), 0 of 1200 failed (below 0.25 %)',
    ],
    [80, 'last shift: key to traffic 174 ms, 0 of 1200 failed (below 0.25 %)'],
    [54, 'last shift: key to traffic 174 ms, 0 of 1200 failed'],
    [47, 'last: key to traffic 174 ms, 0 of 1200 failed'],
    [30, 'last: key to traffic 174 ms'],
    [20, ''],
  ])('take no more than %i columns', (columns, words) => {
    expect(shiftWords(timed, columns)).toBe(words);
  });

  it('name no time for a change that is too small to time', () => {
    const { view } = observeShift(v1v2(70), v1v2(80));
    expect(shiftWords(view, 100)).toBe(
      'last shift: traffic followed, too small a change to time, 0 of 1200 failed (below 0.25 %)',
    );
  });
});

it.each([
  ['before and after the weights changed, the ones after', 30_000, 10],
  ['while no weights changed, all of the window', undefined, 20],
])('names beside the verdict, of what failed %s', (_when, changedAfterMs, expected) => {
  const observer = new TrafficObserver();
  observer.setVersions(['v1', 'v2']);
  observer.startFrom({ v1: 50, v2: 50 }, T0);
  for (let sample = 0; sample < 60; sample += 1) {
    const startedAtMs = T0 + sample * 1_000;
    if (sample * 1_000 === changedAfterMs) {
      const change = { atMs: startedAtMs, acceptedAtMs: startedAtMs, by: 'you', sameShift: false };
      observer.weightsApplied({ ...change, from: { v1: 50, v2: 50 }, to: { v1: 0, v2: 100 } });
    }
    const isFailed = sample % 30 >= 10 && sample % 30 < 20;
    observer.addSample({
      startedAtMs,
      latencyMs: 5,
      completeBeforeMs: startedAtMs,
      outcome: isFailed
        ? { kind: 'failed', failure: { kind: 'refused', detail: '' } }
        : { kind: 'version', version: 'v2' },
    });
  }
  expect(failedBeside(observer.view(T0 + 60_000, 120_000))).toBe(expected);
});
