import stringWidth from 'string-width';
import { openLine } from '../session/open-line.ts';
import type { AppState } from '../session/state.ts';
import type { PaneId } from '../session/ui-state.ts';
import { Text } from './text.tsx';
import { TypedLine } from './typed-line.tsx';

/** The filter of a pane's rows as its border shows it. */
export type PaneFilter = {
  readonly before: string;
  readonly after: string;
  /** Whether it is typed now, so that it has a cursor. */
  readonly isTyped: boolean;
};

/** Null where all rows are shown. */
export function paneFilter(state: AppState, pane: PaneId): PaneFilter | null {
  if (pane !== 'health' && pane !== 'versions') return null;
  const line = openLine(state);
  if (line?.of === pane) return { before: line.before, after: line.after, isTyped: true };
  const { filter } = state.ui.paneRows[pane];
  return filter === '' ? null : { before: filter, after: '', isTyped: false };
}

/** Cells of ` /words`, and of the cursor behind it. */
export function filterColumns(filter: PaneFilter | null): number {
  if (filter === null) return 0;
  const cursor = filter.isTyped && filter.after === '' ? 1 : 0;
  return 2 + stringWidth(filter.before + filter.after) + cursor;
}

/** The filter with as much of its beginning left out as has no room. */
export function shortenedFilter(filter: PaneFilter | null, columns: number): PaneFilter | null {
  if (filter === null) return null;
  let { before, after } = filter;
  while (filterColumns({ ...filter, before, after }) > columns && before + after !== '') {
    if (before !== '') before = Array.from(before).slice(1).join('');
    else after = Array.from(after).slice(0, -1).join('');
  }
  return { ...filter, before, after };
}

export function PaneFilterText({ filter }: { readonly filter: PaneFilter }) {
  const { before, after, isTyped } = filter;
  return (
    <Text bold>
      {' /'}
      {isTyped ? <TypedLine before={before} after={after} /> : before}
    </Text>
  );
}
