import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { briefRateWords, rateWords } from '../../src/components/rate-words.ts';
import { responsesTitle } from '../../src/components/responses-title.ts';
import { INITIAL_CHART } from '../../src/session/chart.ts';
import { stateOf } from '../support/states.ts';

const latency = { p50Ms: 6, p90Ms: 10, p99Ms: 804, maxMs: 950 };
const { traffic } = stateOf('healthy', [50, 50]);
const sampler = (missedStarts: number, isBackingOff = false) =>
  ({ ...traffic, ratePerSecond: 20, sampler: { missedStarts, isBackingOff } }) as typeof traffic;
const title = (columns: number, missed: number, failed: number, label = 'v2', isBackingOff = false) => {
  const seen = sampler(missed, isBackingOff);
  const facts = {
    label,
    chart: INITIAL_CHART,
    shown: { latency, failures: [{ count: failed }] } as never,
    rate: rateWords(seen),
    briefRate: briefRateWords(seen),
  };
  const { title, aside } = responsesTitle(facts, columns);
  return `${title} | ${aside}`;
};

describe('the title of Responses', () => {
  it.each([
    [
      'all of it where there is room',
      title(110, 0, 0),
      'Responses: share of v2, last 2 min | 0/s  0 failed  p50 6 ms  p90 10 ms  p99 804 ms  max 950 ms',
    ],
    [
      'p50 and p99 beside the rate and failures at 80 columns',
      title(72, 0, 0),
      'Responses: share of v2, last 2 min | 0/s  0 failed  p50 6 ms  p99 804 ms',
    ],
    [
      'the same beside many failures and starts that were missed',
      title(72, 123, 567),
      'Responses: v2, 2 min | 0/s  123 missed  567 failed  p50 6 ms  p99 804 ms',
    ],
    [
      'the same while there is no gateway',
      title(72, 12, 340, 'v2', true),
      'Responses: v2, 2 min | 340 failed  p50 6 ms  p99 804 ms',
    ],
    ['p50 and p99 alone at 60 columns', title(52, 12, 340), 'Responses: v2, 2 min | p50 6 ms  p99 804 ms'],
    [
      'the same for a long label',
      title(52, 0, 0, 'myapp-of-a-long-name-green'),
      'Responses: myapp-…green, 2 min | p50 6 ms  p99 804 ms',
    ],
  ])('has %s', (_what, shown, expected) => {
    expect(shown).toBe(expected);
  });

  it('keeps p50 and p99 at every size, whatever else there is to say', () => {
    const count = fc.integer({ min: 0, max: 999_999 });
    fc.assert(
      fc.property(
        count,
        count,
        fc.boolean(),
        fc.integer({ min: 52, max: 300 }),
        (missed, failed, isSeldom, columns) => {
          const shown = title(columns, missed, failed, 'v2', isSeldom);
          expect(shown).toMatch(/p50 6 ms .*p99 804 ms/);
          expect(shown.length - 3).toBeLessThanOrEqual(columns - 2);
        },
      ),
    );
  });
});
