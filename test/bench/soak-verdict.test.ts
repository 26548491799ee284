import { describe, expect, it } from 'vitest';
import { judgeSoak, type Reading } from '../../bench/soak-verdict.ts';
import { seededRandom } from '../traffic/simulated-traffic.ts';

/** Six readings a minute of a heap that is collected in waves of 20 MB. */
function readings(minutes: number, residentMb: (atMinutes: number) => number): readonly Reading[] {
  const random = seededRandom(1);
  return Array.from({ length: minutes * 6 }, (_, index) => {
    const atMinutes = (index + 1) / 6;
    return { atMinutes, residentMb: residentMb(atMinutes) + random() * 20 };
  });
}

describe('an hour of memory', () => {
  it.each([
    ['stays where it is', () => 150, true],
    ['grows only while it warms up', (at: number) => 150 + Math.min(at, 10) * 5, true],
    ['falls', (at: number) => 250 - at, true],
    ['gains a hundred bytes for each of 100 samples a second', (at: number) => 150 + at * 0.6, false],
    ['doubles in its last quarter', (at: number) => (at > 47 ? 300 : 150), false],
  ])('that %s: flat is %s', (_, residentMb, isFlat) => {
    expect(judgeSoak(readings(60, residentMb), 10)?.isFlat).toBe(isFlat);
  });

  it('is told by medians, a slope and the peak', () => {
    const verdict = judgeSoak(
      readings(60, at => 100 + at),
      10,
    );
    expect(verdict?.slopeMbPerHour).toBeGreaterThan(55);
    expect(verdict?.slopeMbPerHour).toBeLessThan(65);
    expect((verdict?.lastQuarterMb ?? 0) - (verdict?.firstQuarterMb ?? 0)).toBeGreaterThan(30);
    expect(verdict?.peakMb).toBeGreaterThan(160);
  });

  it('is not judged by a handful of readings', () => {
    expect(
      judgeSoak(
        readings(2, () => 100),
        1,
      ),
    ).toBeUndefined();
  });
});
