import asciichart from 'asciichart';

/** A weight change under the chart: a column of the plot, counted from 0, and what was set. */
export type ChartMark = { readonly column: number; readonly text: string };

/** Columns that the axis and its labels take: `100 ┤`. */
export const AXIS_COLUMNS = 5;
const LABEL_COLUMNS = 3;

/**
 * Draws shares over time on a scale fixed at 0 to 100 %, one line of text per row, `AXIS_COLUMNS` wider than there are
 * values. A gap in the values is a gap in the line, never a zero.
 *
 * @param shares 0..1, oldest first; undefined where nothing was measured.
 * @param rows at least 2.
 * @param symbols asciichart's ten glyphs, or its own where absent.
 */
export function drawShares(
  shares: readonly (number | undefined)[],
  rows: number,
  symbols: readonly string[] | undefined,
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
    format: label,
    ...(symbols ? { symbols: [...symbols] } : {}),
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

/** Only the ends and the middle are named; rows between them would repeat rounded numbers. */
function label(value: number): string {
  const isNamed = value < 0.5 || Math.abs(value - 50) < 0.5 || value > 99.5;
  return (isNamed ? value.toFixed(0) : '').padStart(LABEL_COLUMNS);
}

function eraseGaps(line: string, shares: readonly (number | undefined)[]): string {
  const cells = Array.from(line);
  shares.forEach((share, column) => {
    if (share === undefined) cells[AXIS_COLUMNS + column] = ' ';
  });
  return cells.join('');
}

/** The line of marks under the chart: `▲ 50/50` where weights changed; a mark that would run into the next is only its sign. */
export function drawMarks(marks: readonly ChartMark[], columns: number, sign: string): string {
  const cells = new Array<string>(columns).fill(' ');
  const sorted = marks
    .filter(({ column }) => column >= 0 && column < columns)
    .toSorted((a, b) => a.column - b.column);
  sorted.forEach(({ column, text }, index) => {
    const end = sorted[index + 1]?.column ?? columns;
    const words = `${sign} ${text}`;
    const fits =
      column + words.length < end || (index === sorted.length - 1 && column + words.length <= columns);
    Array.from(fits ? words : sign).forEach((character, at) => {
      cells[column + at] = character;
    });
  });
  return cells.join('');
}
