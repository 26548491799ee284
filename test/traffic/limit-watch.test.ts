import { describe, expect, it } from 'vitest';
import { type BrokenLimit, LimitWatch, type TrafficLimits } from '../../src/traffic/limit-watch.ts';
import type { SampleFailureKind, SampleOutcome } from '../../src/traffic/sample.ts';
import { answeredBy, aSample } from './simulated-traffic.ts';

const noLimits: TrafficLimits = { maxFailures: undefined, maxFailureRate: undefined, maxP99Ms: undefined };

function failed(kind: SampleFailureKind): SampleOutcome {
  return { kind: 'failed', failure: { kind, detail: '' } };
}

/** A watch that has seen so many samples of each outcome, one after the other. */
function watched(
  limits: Partial<TrafficLimits>,
  ...runs: readonly (readonly [count: number, outcome: SampleOutcome, latencyMs?: number])[]
): LimitWatch {
  const watch = new LimitWatch({ ...noLimits, ...limits });
  let atMs = 0;
  for (const [count, outcome, latencyMs] of runs) {
    for (let sample = 0; sample < count; sample++) {
      watch.add(aSample(atMs, outcome, latencyMs));
      atMs += 50;
    }
  }
  return watch;
}

const answer = answeredBy('v2');
const lost = failed('upstream-connection');

describe('limits of a run', () => {
  it.each<readonly [string, LimitWatch, BrokenLimit | undefined, BrokenLimit | undefined]>([
    ['no limit, and everything fails', watched({}, [50, lost]), undefined, undefined],
    ['as many failures as may be', watched({ maxFailures: 2 }, [2, lost]), undefined, undefined],
    [
      'one failure more than may be',
      watched({ maxFailures: 2 }, [7, answer], [3, lost]),
      { kind: 'failures', limit: 2, failed: 3, samples: 10 },
      { kind: 'failures', limit: 2, failed: 3, samples: 10 },
    ],
    [
      'a burst of failures',
      watched({ maxFailureRate: 0.005 }, [900, answer], [5, lost]),
      { kind: 'failure-rate', because: 'burst', limit: 0.005, failed: 4, samples: 4 },
      { kind: 'failure-rate', because: 'burst', limit: 0.005, failed: 4, samples: 4 },
    ],
    [
      'a rate that only all samples show',
      watched(
        { maxFailureRate: 0.05 },
        ...Array.from(
          { length: 20 },
          () =>
            [
              [1, lost],
              [13, answer],
            ] as const,
        ).flat(),
      ),
      undefined,
      { kind: 'failure-rate', because: 'measured', limit: 0.05, failed: 20, samples: 280 },
    ],
    [
      'answers that all take too long',
      watched({ maxP99Ms: 800 }, [300, answer, 5], [10, answer, 900]),
      { kind: 'p99', because: 'burst', limitMs: 800, p99Ms: expect.closeTo(900, -2), slow: 4, samples: 4 },
      { kind: 'p99', because: 'burst', limitMs: 800, p99Ms: expect.closeTo(900, -2), slow: 4, samples: 4 },
    ],
    [
      'a percentile that only all answers show',
      watched(
        { maxP99Ms: 800 },
        ...Array.from(
          { length: 8 },
          () =>
            [
              [1, answer, 900],
              [49, answer, 5],
            ] as const,
        ).flat(),
      ),
      undefined,
      {
        kind: 'p99',
        because: 'measured',
        limitMs: 800,
        p99Ms: expect.closeTo(900, -2),
        slow: 8,
        samples: 400,
      },
    ],
  ])('are, with %s, broken as they are', (_, watch, now, onceHeld) => {
    expect(watch.broken(false)).toEqual(now);
    expect(watch.broken(true)).toEqual(onceHeld);
  });

  it('count nothing that met no gateway', () => {
    const watch = watched({ maxFailures: 0, maxFailureRate: 0.01 }, [10, answer], [500, failed('refused')]);
    expect(watch.broken(true)).toBeUndefined();
    expect(watch.tally()).toMatchObject({ samples: 10, failed: 0 });
  });

  it('need the samples of the limit that needs the most', () => {
    expect(watched({}).missing).toBe(0);
    expect(watched({ maxFailures: 3 }).missing).toBe(0);
    expect(watched({ maxP99Ms: 800 }, [100, answer]).missing).toBe(199);
    expect(watched({ maxP99Ms: 800, maxFailureRate: 0.005 }, [100, answer]).missing).toBe(498);
    expect(watched({ maxP99Ms: 800, maxFailureRate: 0.005 }, [598, answer]).missing).toBe(0);
  });

  it('begin anew with each step, but for the failures of the whole run', () => {
    const watch = watched({ maxFailures: 2, maxFailureRate: 0.1 }, [100, answer], [2, lost]);
    watch.beginStep();
    expect(watch.tally()).toEqual({ samples: 0, failed: 0, failureBound: 1, p99Ms: undefined });
    expect(watch.missing).toBe(29);
    watch.add(aSample(1, lost));
    expect(watch.broken(false)).toEqual({ kind: 'failures', limit: 2, failed: 3, samples: 103 });
  });
});
