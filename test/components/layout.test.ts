import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOut } from '../../src/components/layout.ts';

describe('the layout', () => {
  it('is the one of the design at 80x24', () => {
    expect(layOut(80, 24, 2, 0, 7)).toEqual({
      kind: 'panes',
      columns: 80,
      healthColumns: 37,
      versionsColumns: 43,
      topRows: 7,
      weightsRows: 6,
      responsesRows: 8,
    });
  });

  it('gives more room to the chart, and to health as far as it has something to show', () => {
    expect(layOut(120, 40, 2, 0, 7)).toMatchObject({ topRows: 7, weightsRows: 6, responsesRows: 24 });
    expect(layOut(120, 40, 2, 0, 30)).toMatchObject({ topRows: 10, responsesRows: 21 });
  });

  it('gives notes on the route a line, and up to three where there is room', () => {
    expect(layOut(80, 24, 2, 4, 7)).toMatchObject({ weightsRows: 7, responsesRows: 7 });
    expect(layOut(120, 40, 2, 4, 7)).toMatchObject({ weightsRows: 9, responsesRows: 21 });
  });

  it('says what it needs where there is too little room', () => {
    expect(layOut(59, 24, 2, 0, 7)).toEqual({
      kind: 'too-small',
      sentence: 'weighbridge needs 60x16 cells; this terminal has 59x24.',
    });
  });

  it('uses every row and column, and leaves each pane its title and a line, and Weights two versions', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 400 }),
        fc.integer({ min: 16, max: 200 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 0, max: 100 }),
        (columns, rows, destinations, notes, wanted) => {
          const layout = layOut(columns, rows, destinations, notes, wanted);
          if (layout.kind !== 'panes') throw new Error(layout.sentence);
          expect(layout.topRows + layout.weightsRows + layout.responsesRows + 3).toBe(rows);
          expect(layout.healthColumns + layout.versionsColumns).toBe(columns);
          expect(layout.topRows).toBeGreaterThanOrEqual(3);
          expect(layout.weightsRows).toBeGreaterThanOrEqual(6);
          expect(layout.responsesRows).toBeGreaterThanOrEqual(4);
        },
      ),
    );
  });
});
