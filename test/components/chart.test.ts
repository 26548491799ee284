import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AXIS_COLUMNS, drawChart, drawFailures, drawMarks, drawShares } from '../../src/components/chart.ts';
import { glyphs } from '../../src/components/theme.ts';

const picture = (lines: readonly string[]) => `\n${lines.map(line => line.trimEnd()).join('\n')}\n`;

describe('the chart', () => {
  it('draws a shift as a step on a fixed scale', () => {
    const shares = [...new Array(6).fill(0.5), ...new Array(6).fill(1)];
    expect(picture(drawShares(shares, 5, undefined))).toBe(`
100 ┤     ╭──────
 75 ┤     │
 50 ┤─────╯
 25 ┤
  0 ┤
`);
  });

  it('leaves a gap where nothing was measured, and draws no zero there', () => {
    const shares = [undefined, undefined, 0.5, 0.5, undefined, undefined, 1, 1];
    expect(picture(drawShares(shares, 3, undefined))).toBe(`
100 ┤      ──
 50 ┤  ──
  0 ┤
`);
  });

  it('draws one point, and no point at all', () => {
    expect(picture(drawShares([0.5], 3, undefined))).toBe('\n100 ┤\n 50 ┤─\n  0 ┤\n');
    expect(picture(drawShares([undefined], 3, undefined))).toBe('\n100 ┤\n 50 ┤\n  0 ┤\n');
  });

  it('is drawn in ASCII where the locale has no more', () => {
    const lines = drawShares([0, 0, 1, 1], 3, glyphs(false).chart);
    expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/);
  });

  it('always has the size that was asked for', () => {
    const share = fc.option(fc.double({ min: -1, max: 2, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.array(share, { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 2, max: 40 }),
        (shares, rows) => {
          const lines = drawShares(shares, rows, undefined);
          expect(lines).toHaveLength(rows);
          for (const line of lines) expect(Array.from(line)).toHaveLength(AXIS_COLUMNS + shares.length);
        },
      ),
    );
  });
});

describe('the applied weight beside the observed share', () => {
  const both = (observed: readonly (number | undefined)[], applied: readonly (number | undefined)[]) =>
    drawChart(observed, applied, 5, glyphs(true));

  it('is a line of its own, hidden where the observed one lies on it', () => {
    const lines = both([0.5, 0.5, 0.5, 0.5, 1, 1], [0.5, 0.5, 1, 1, 1, 1]);
    expect(picture(lines.map(runs => runs.map(({ text }) => text).join('')))).toBe(`
100 ┤  ╌╭──
 75 ┤   │
 50 ┤───╯
 25 ┤
  0 ┤
`);
    expect(lines[0]?.filter(({ of }) => of === 'applied')).toEqual([{ of: 'applied', text: '╌' }]);
  });

  it('goes on where nothing was sampled, and is absent where nothing was applied', () => {
    const lines = both([undefined, undefined, undefined], [undefined, 0.5, 0]);
    expect(picture(lines.map(runs => runs.map(({ text }) => text).join('')))).toBe(`
100 ┤
 75 ┤
 50 ┤ ╌
 25 ┤
  0 ┤  ╌
`);
  });
});

describe('failures under the axis', () => {
  it('are counted in their columns', () => {
    expect(drawFailures([0, 1, 0, 9, 10, 0])).toBe('fail  1 9+ ');
  });
});

describe('marks under the chart', () => {
  it('name the weights where there is room, behind the sign or before it', () => {
    expect(drawMarks([{ column: 2, text: '50/50' }], 20, '▲')).toBe('  ▲ 50/50           ');
    expect(drawMarks([{ column: 18, text: '0/100' }], 20, '▲')).toBe('            0/100 ▲ ');
  });

  it('are only signs where they are too near to one another', () => {
    const marks = [
      { column: 2, text: '50/50' },
      { column: 5, text: '40/60' },
    ];
    expect(drawMarks(marks, 20, '▲')).toBe('  ▲  ▲ 40/60        ');
  });

  it('never run out of the chart', () => {
    const mark = fc.record({ column: fc.integer({ min: -5, max: 60 }), text: fc.string({ maxLength: 12 }) });
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 12 }), fc.integer({ min: 1, max: 50 }), (marks, columns) => {
        expect(drawMarks(marks, columns, '^')).toHaveLength(columns);
      }),
    );
  });
});
