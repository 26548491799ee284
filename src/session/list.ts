import type { AppState } from './state.ts';

/** A line of a list. */
export type ListRow = {
  /** What it is, however the list around it changes. Unique in its list. */
  readonly id: string;
  /** `current` is the one in force now; the others are drawn as the panes draw a status. */
  readonly mark: 'none' | 'current' | 'well' | 'warning' | 'failing' | 'waiting';
  /** One text for each heading, safe to draw. */
  readonly cells: readonly string[];
  /** What to know of it while it is highlighted; empty where there is nothing to say. */
  readonly detail: string;
};

/** What a list shows, and what enter does there. Rows follow from the state, so that an open list is as live as a pane. */
export type ListSource = {
  readonly title: (state: AppState) => string;
  readonly headings: readonly string[];
  /** Cells between two columns. @default 2 */
  readonly gap?: number;
  /** @param filter as typed, for lists that offer the typed text itself; all others leave it to `matching`. */
  readonly rows: (state: AppState, filter: string) => readonly ListRow[];
  /** Said where there is no row at all: why, and what to do. */
  readonly empty: (state: AppState) => string;
  /** What taking the row does. The list is closed by then. */
  readonly choose: (state: AppState, id: string, now: number) => AppState;
};

/** The rows that hold every word of the filter, in any of their cells and in any case; all of them for an empty filter. */
export function matching<Row extends Pick<ListRow, 'cells'>>(
  rows: readonly Row[],
  filter: string,
): readonly Row[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '');
  if (words.length === 0) return rows;
  return rows.filter(({ cells }) => {
    const text = cells.join(' ').toLowerCase();
    return words.every(word => text.includes(word));
  });
}

/** Where the highlighted row is: the chosen one, else the one in force, else the first. -1 where there is no row. */
export function chosenIndex(rows: readonly ListRow[], chosen: string | undefined): number {
  const byId = rows.findIndex(({ id }) => id === chosen);
  if (byId >= 0) return byId;
  const current = rows.findIndex(({ mark }) => mark === 'current');
  return current >= 0 ? current : Math.min(0, rows.length - 1);
}

/** The row `by` rows away from the highlighted one, or the last one in that direction; undefined where there is no row. */
export function rowAway(
  rows: readonly ListRow[],
  chosen: string | undefined,
  by: number,
): ListRow | undefined {
  const wanted = chosenIndex(rows, chosen) + by;
  return rows[Math.max(0, Math.min(wanted, rows.length - 1))];
}

/** Header, status line and line of keys; the border; the title and the headings. */
const ROWS_AROUND = 3 + 2 + 2;
const MIN_DETAIL_ROWS = 2;
const MAX_DETAIL_ROWS = 4;
const USUAL_SCREEN_ROWS = 24;

/** How many rows below a list on a screen of that height are for what there is to know of the highlighted row. */
export function detailRows(screenRows: number): number {
  return screenRows < USUAL_SCREEN_ROWS ? MIN_DETAIL_ROWS : MAX_DETAIL_ROWS;
}

/** How many rows of a list a screen of that height shows: a page. */
export function pageRows(screenRows: number): number {
  return Math.max(1, screenRows - ROWS_AROUND - detailRows(screenRows));
}
