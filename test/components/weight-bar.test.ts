import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glyphs } from '../../src/components/theme.ts';
import { type BarMarks, weightBar } from '../../src/components/weight-bar.ts';

const draw = (marks: BarMarks, columns: number, isUnicode = true) =>
  weightBar(marks, columns, glyphs(isUnicode))
    .map(({ text }) => text)
    .join('');
const seen = (share: number, halfWidth: number) => ({
  share,
  low: Math.max(0, share - halfWidth),
  high: Math.min(100, share + halfWidth),
});

describe('the bar of a weight', () => {
  it.each([
    [
      'is filled up to what is applied',
      { requested: 30, applied: 30, observed: undefined },
      '━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌',
    ],
    [
      'marks what is asked for',
      { requested: 60, applied: 30, observed: undefined },
      '━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌┃╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌',
    ],
    [
      'shows the observed share in its interval, and where the applied weight is in that',
      { requested: 50, applied: 50, observed: seen(55, 10) },
      '━━━━━━━━━━━━━━━━━═══─◆────╌╌╌╌╌╌╌╌╌╌╌╌╌╌',
    ],
    [
      'shows an interval that the applied weight is not in',
      { requested: 90, applied: 90, observed: seen(20, 10) },
      '━━━════◆════━━━━━━━━━━━━━━━━━━━━━━━━╌╌╌╌',
    ],
    [
      'has all three where they differ',
      { requested: 80, applied: 50, observed: seen(25, 5) },
      '━━━━━━━══◆══━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌┃╌╌╌╌╌╌╌╌',
    ],
  ] as const)('%s', (_what, marks, bar) => {
    expect(draw(marks, 40)).toBe(bar);
  });

  it('has the same in ASCII', () => {
    expect(draw({ requested: 80, applied: 50, observed: seen(45, 15) }, 40, false)).toBe(
      '===========######o##~~~~-------|--------',
    );
  });

  it('is as wide as it should be, and holds each mark', () => {
    const percent = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(
        percent,
        percent,
        percent,
        percent,
        fc.integer({ min: 4, max: 200 }),
        (requested, applied, share, half, columns) => {
          const parts = weightBar({ requested, applied, observed: seen(share, half) }, columns, glyphs(true));
          const cells = parts.flatMap(({ kind, text }) => Array.from(text, () => kind));
          expect(cells).toHaveLength(columns);
          if (requested === applied) expect(cells).toContain('observed');
          else expect(cells).toContain('requested');
        },
      ),
    );
  });
});
