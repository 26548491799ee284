import asciichart from 'asciichart';
import type { Glyphs } from './theme.ts';

/** A weight change under the chart: a column of the plot, counted from 0, and what was set. */
export type ChartMark = { readonly column: number; readonly text: string };

/** Columns that the axis and its labels take: `100 ┤`. */
export const AXIS_COLUMNS = 5;
const LABEL_COLUMNS = 3;

/** asciichart's own glyphs, but for the first: it would mark one row of the axis, and the wrong one where labels run downwards. */
const SYMBOLS = ['┤', '┤', '╶', '╴', '─', '╰', '╭', '╮', '╯', '│'];

/** Cells of one row that belong to one thing. */
export type ChartRun = { readonly of: 'axis' | 'observed' | 'applied'; readonly text: string };

/**
 * Draws the observed shares of a version over its applied ones: where both lines meet, the observed one is seen. The lengths of
 * both are the width of the plot.
 */
export function drawChart(
  observed: readonly (number | undefined)[],
  applied: readonly (number | undefined)[],
  rows: number,
  { chart, rest }: Pick<Glyphs, 'chart' | 'rest'>,
): readonly (readonly ChartRun[])[] {
  const appliedRows = applied.map(share =>
    share === undefined ? -1 : rows - 1 - Math.round(share * (rows - 1)),
  );
  return drawShares(observed, rows, chart).map((line, row) => {
    const cells = Array.from(line);
    const plot = cells.slice(AXIS_COLUMNS).map((cell, column): ChartRun => {
      const isApplied = cell === ' ' && appliedRows[column] === row;
      return isApplied ? { of: 'applied', text: rest } : { of: 'observed', text: cell };
    });
    return joined([{ of: 'axis', text: cells.slice(0, AXIS_COLUMNS).join('') }, ...plot]);
  });
}

/** Neighbours of one kind as one run. */
function joined(runs: readonly ChartRun[]): readonly ChartRun[] {
  const whole: ChartRun[] = [];
  for (const run of runs) {
    const last = whole.at(-1);
    if (last?.of === run.of) whole[whole.length - 1] = { of: run.of, text: last.text + run.text };
    else whole.push(run);
  }
  return whole;
}

/** Failures under the axis: how many in each column, `+` for ten and more. */
export function drawFailures(failed: readonly number[]): string {
  const digit = (count: number) => (count > 9 ? '+' : String(count));
  return 'fail '.padEnd(AXIS_COLUMNS) + failed.map(count => (count === 0 ? ' ' : digit(count))).join('');
}

/**
 * Draws shares over time on a scale fixed at 0 to 100 %, one line of text per row, `AXIS_COLUMNS` wider than there are
 * values. A gap in the values is a gap in the line, never a zero.
 *
 * @param shares 0..1, oldest first; undefined where nothing was measured.
 * @param rows at least 2.
 * @param symbols ten glyphs in asciichart's order: two for the axis, two unused, line, and its corners.
 */
export function drawShares(
  shares: readonly (number | undefined)[],
  rows: number,
  symbols: readonly string[] = SYMBOLS,
): readonly string[] {
  const width = shares.length;
  // asciichart draws from each value to the next, so the last value is drawn twice to fill the last column. It cannot leave
  // gaps out either: they are drawn at the value before them and erased.
  const known = carried(shares).map(share => Math.min(Math.max(share, 0), 1) * 100);
  const series = [...known, known.at(-1) ?? 0];
  const text = asciichart.plot(series, {
    min: 0,
    max: 100,
    height: rows - 1,
    // The label takes one of its cells, however long it is.
    offset: AXIS_COLUMNS - LABEL_COLUMNS + 1,
    format: labelFor(rows),
    symbols: [...symbols],
  });
  return text.split('\n').map(line => eraseGaps(line, shares).slice(0, AXIS_COLUMNS + width));
}

function carried(shares: readonly (number | undefined)[]): readonly number[] {
  let last = shares.find(share => share !== undefined) ?? 0;
  return shares.map(share => {
    last = share ?? last;
    return last;
  });
}

/** Names the rows nearest to the quarters, by the share that they stand for. */
function labelFor(rows: number): (value: number) => string {
  const stepPercent = 100 / (rows - 1);
  return value => {
    const isNamed = Math.abs(value - Math.round(value / 25) * 25) < stepPercent / 2;
    return (isNamed ? value.toFixed(0) : '').padStart(LABEL_COLUMNS);
  };
}

function eraseGaps(line: string, shares: readonly (number | undefined)[]): string {
  const cells = Array.from(line);
  shares.forEach((share, column) => {
    if (share === undefined) cells[AXIS_COLUMNS + column] = ' ';
  });
  return cells.join('');
}

/**
 * The line of marks under the chart: `▲ 50/50` where weights changed. The words stand after the sign, before it where the
 * chart ends, or are left out where the next mark is too near.
 */
export function drawMarks(marks: readonly ChartMark[], columns: number, sign: string): string {
  let line = '';
  const inside = marks.filter(({ column }) => column >= 0 && column < columns);
  // Of several marks in one column the last says what holds.
  const sorted = [...new Map(inside.map(mark => [mark.column, mark])).values()].toSorted(
    (left, right) => left.column - right.column,
  );
  sorted.forEach(({ column, text }, index) => {
    const next = sorted[index + 1]?.column;
    const before = `${text} ${sign}`;
    const after = `${sign} ${text}`;
    if (column + after.length < (next ?? columns + 1)) {
      line = line.padEnd(column) + after;
    } else if (next === undefined && column + 1 - before.length > line.length) {
      line = line.padEnd(column + 1 - before.length) + before;
    } else {
      line = line.padEnd(column) + sign;
    }
  });
  return line.padEnd(columns);
}
