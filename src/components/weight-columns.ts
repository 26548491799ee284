import stringWidth from 'string-width';

/** Cells of the requested and of the applied weight, and of what was observed. */
export const NUMBER_COLUMNS = 11;
export const OBSERVED_COLUMNS = 16;

/** Cursor before a label, and lock behind it. */
const CURSOR_COLUMNS = 2;
const LOCK_COLUMNS = 2;
const MIN_LABEL_COLUMNS = 14;
/** Of the whole line: on a wide screen long labels are whole, and the bar keeps most of it. */
const MAX_LABEL_PART = 1 / 6;

/** How many cells labels get in a line of so many: what the longest needs, as far as there is room. */
export function labelColumns(labels: readonly string[], columns: number): number {
  const longest = Math.max(0, ...labels.map(label => stringWidth(label)));
  const most = Math.max(MIN_LABEL_COLUMNS, Math.floor(columns * MAX_LABEL_PART));
  return Math.max(MIN_LABEL_COLUMNS, Math.min(longest + CURSOR_COLUMNS + LOCK_COLUMNS + 1, most));
}

/** Whether a label has no room for all of it. */
export function isLabelCut(label: string, isLocked: boolean, labelColumns: number): boolean {
  return stringWidth(label) + CURSOR_COLUMNS + (isLocked ? LOCK_COLUMNS : 0) > labelColumns;
}

/** All that stands left of the bar. */
export function leftColumns(labelColumns: number): number {
  return labelColumns + 2 * NUMBER_COLUMNS + OBSERVED_COLUMNS;
}
