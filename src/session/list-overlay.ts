import { contextList } from './context-list.ts';
import { copyList } from './copy-list.ts';
import { findingsList } from './findings-list.ts';
import { chosenIndex, type ListRow, type ListSource, matching, pageRows, rowAway } from './list.ts';
import { messageList } from './message-list.ts';
import { namespaceList } from './namespace-list.ts';
import { routeList } from './route-list.ts';
import { shiftList } from './shift-list.ts';
import type { AppState } from './state.ts';
import { type ListId, type Overlay, withOverlay } from './ui-state.ts';

type OpenList = Extract<Overlay, { kind: 'list' }>;

/** Every list of the screen. */
const SOURCES: Readonly<Record<ListId, ListSource>> = {
  routes: routeList,
  contexts: contextList,
  namespaces: namespaceList,
  findings: findingsList,
  shifts: shiftList,
  messages: messageList,
  copies: copyList,
};

export function listSource(list: ListId): ListSource {
  return SOURCES[list];
}

/** The rows of an open list: those that its filter leaves, and how many there are without it. */
export function listedRows(
  state: AppState,
  { list, filter }: OpenList,
): { readonly rows: readonly ListRow[]; readonly total: number } {
  const all = listSource(list).rows(state, filter);
  return { rows: matching(all, filter), total: all.length };
}

export function openList(state: AppState, list: ListId, chosen?: string): AppState {
  return withOverlay(state, { kind: 'list', list, filter: '', isFiltering: false, chosen });
}

/** Moves the highlight by rows. */
export function moveInList(state: AppState, by: number): AppState {
  const { overlay } = state.ui;
  if (overlay.kind !== 'list') return state;
  const row = rowAway(listedRows(state, overlay).rows, overlay.chosen, by);
  return row ? withOverlay(state, { ...overlay, chosen: row.id }) : state;
}

export function movePageInList(state: AppState, by: -1 | 1): AppState {
  return moveInList(state, by * pageRows(state.ui.rows));
}

export function startFilter(state: AppState): AppState {
  const { overlay } = state.ui;
  return overlay.kind === 'list' ? withOverlay(state, { ...overlay, isFiltering: true }) : state;
}

/** Takes the highlighted row; a list that shows none stays as it is. */
export function takeRow(state: AppState, now: number): AppState {
  const { overlay } = state.ui;
  if (overlay.kind !== 'list') return state;
  const { rows } = listedRows(state, overlay);
  const row = rows[chosenIndex(rows, overlay.chosen)];
  return row ? listSource(overlay.list).choose(closed(state), row.id, now) : state;
}

/** First away with the filter, then with the list. */
export function leaveList(state: AppState): AppState {
  const { overlay } = state.ui;
  if (overlay.kind !== 'list') return state;
  const hasFilter = overlay.isFiltering || overlay.filter !== '';
  return hasFilter ? withOverlay(state, { ...overlay, isFiltering: false, filter: '' }) : closed(state);
}

function closed(state: AppState): AppState {
  return withOverlay(state, { kind: 'none' });
}
