import stringWidth from 'string-width';
import type { ListRow } from '../session/list.ts';

/** No column but the last is wider, so that one long name leaves room for the others. */
const MAX_COLUMN = 34;
/** None is made narrower than this for the sake of the last, which gets so much if it needs it. */
const MIN_COLUMN = 12;
const MIN_LAST_COLUMN = 20;

/** How wide a column would be without a limit, but for the last of them. */
export function columnWidth(headings: readonly string[], rows: readonly ListRow[], column: number): number {
  const heading = headings[column] ?? '';
  const widest = Math.max(...rows.map(({ cells }) => stringWidth(cells[column] ?? '')), stringWidth(heading));
  return column === headings.length - 1 ? widest : Math.min(widest, MAX_COLUMN);
}

/** The widths with the widest columns made narrower, as far as the last one needs room. */
export function fittingWidths(natural: readonly number[], columns: number): readonly number[] {
  const widths = natural.slice(0, -1);
  const last = natural.at(-1) ?? 0;
  const room = columns - Math.min(last, MIN_LAST_COLUMN);
  while (widths.reduce((sum, width) => sum + width, 0) > room && Math.max(...widths) > MIN_COLUMN) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return [...widths, last];
}

/** The text in exactly so many cells, cut where it is wider. */
export function padded(text: string, width: number): string {
  const over = stringWidth(text) - width;
  if (over <= 0) return text + ' '.repeat(-over);
  const kept = Array.from(text);
  while (stringWidth(kept.join('')) > width - 1) kept.pop();
  return padded(`${kept.join('')}…`, width);
}
