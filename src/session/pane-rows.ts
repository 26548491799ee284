import type { Version } from '../kube/versions.ts';
import { type HealthRow, healthRows } from './health-rows.ts';
import { chosenIndex, type ListRow, matching, pageRows, rowAway } from './list.ts';
import { versions } from './selectors.ts';
import type { AppState } from './state.ts';
import { type RowsPane, type RowsState, type Subject, withOverlay } from './ui-state.ts';

/** A row of a pane, with what can be opened of it. */
export type PaneRow = ListRow & {
  /** What it is, in full. */
  readonly name: string;
  /** Absent for what is not there. */
  readonly subject: Subject | undefined;
};

/** What a pane shows of its rows. */
export type ShownRows = {
  /** Those that the filter leaves, by what they are. */
  readonly ids: readonly string[];
  readonly total: number;
  /** The highlighted one of them; -1 while the pane is not in focus, or where there is none. */
  readonly chosen: number;
};

/** A page of a pane that is not zoomed. */
const PAGE_ROWS = 5;

/** The pane whose rows keys move through; undefined where keys mean something else. */
export function focusedRowsPane({ ui }: Pick<AppState, 'ui'>): RowsPane | undefined {
  if (ui.overlay.kind !== 'none') return undefined;
  return ui.focus === 'health' || ui.focus === 'versions' ? ui.focus : undefined;
}

/** @param all the rows of the pane, where somebody has them already. */
export function shownRows(state: AppState, pane: RowsPane, all = rowsOf(state, pane)): ShownRows {
  const { filter, chosen } = state.ui.paneRows[pane];
  const rows = matching(all, filter);
  const isFocused = focusedRowsPane(state) === pane;
  return {
    ids: rows.map(({ id }) => id),
    total: all.length,
    chosen: isFocused ? chosenIndex(rows, chosen) : -1,
  };
}

/** The highlighted row of the pane in focus. */
export function focusedRow(state: AppState): PaneRow | undefined {
  const pane = focusedRowsPane(state);
  if (!pane) return undefined;
  const rows = matchingRows(state, pane);
  return rows[chosenIndex(rows, state.ui.paneRows[pane].chosen)];
}

/** Moves the highlight by rows. */
export function moveInPane(state: AppState, by: number): AppState {
  const pane = focusedRowsPane(state);
  if (!pane) return state;
  const row = rowAway(matchingRows(state, pane), state.ui.paneRows[pane].chosen, by);
  return row ? withRows(state, pane, { chosen: row.id }) : state;
}

export function movePageInPane(state: AppState, by: -1 | 1): AppState {
  return moveInPane(state, by * (state.ui.isZoomed ? pageRows(state.ui.rows) : PAGE_ROWS));
}

export function startPaneFilter(state: AppState): AppState {
  const pane = focusedRowsPane(state);
  return pane ? withRows(state, pane, { isFiltering: true }) : state;
}

/** Keys move through what the filter leaves again. */
export function endPaneFilter(state: AppState): AppState {
  const pane = focusedRowsPane(state);
  return pane ? withRows(state, pane, { isFiltering: false }) : state;
}

export function withPaneFilter(state: AppState, pane: RowsPane, filter: string): AppState {
  return withRows(state, pane, { filter });
}

/** First away with the filter of the pane in focus, then with its zoom. */
export function stepBack(state: AppState): AppState {
  const pane = focusedRowsPane(state);
  const rows = pane && state.ui.paneRows[pane];
  if (pane && rows && (rows.isFiltering || rows.filter !== '')) {
    return withRows(state, pane, { filter: '', isFiltering: false });
  }
  return state.ui.isZoomed ? { ...state, ui: { ...state.ui, isZoomed: false } } : state;
}

/** Shows the highlighted row in full. */
export function openRow(state: AppState): AppState {
  const subject = focusedRow(state)?.subject;
  return subject ? withOverlay(state, { kind: 'details', subject, index: 0 }) : state;
}

function matchingRows(state: AppState, pane: RowsPane): readonly PaneRow[] {
  return matching(rowsOf(state, pane), state.ui.paneRows[pane].filter);
}

function rowsOf(state: AppState, pane: RowsPane): readonly PaneRow[] {
  return pane === 'health'
    ? rowsOfHealth(healthRows(state.cluster, state.now))
    : rowsOfVersions(versions(state));
}

export function rowsOfVersions(all: readonly Version[]): readonly PaneRow[] {
  return all.map(({ label, namespace, deployment, image, words, why }) => ({
    id: label,
    mark: 'none',
    cells: [label, image, words, why],
    detail: '',
    name: `version ${label}${deployment === undefined ? '' : `: Deployment ${namespace}/${deployment}`}, ${image}`,
    subject: { kind: 'version', label },
  }));
}

export function rowsOfHealth(all: readonly HealthRow[]): readonly PaneRow[] {
  return all.map(({ key, subject, name, release, words, why }) => ({
    id: key,
    mark: 'none',
    cells: [key, name, release, words, why],
    detail: '',
    name: key,
    subject,
  }));
}

function withRows(state: AppState, pane: RowsPane, change: Partial<RowsState>): AppState {
  const { paneRows } = state.ui;
  return {
    ...state,
    ui: { ...state.ui, paneRows: { ...paneRows, [pane]: { ...paneRows[pane], ...change } } },
  };
}
