import { Box } from 'ink';
import stringWidth from 'string-width';
import { chosenIndex, detailRows, type ListRow, pageRows } from '../session/list.ts';
import { listedRows, listSource } from '../session/list-overlay.ts';
import { openLine } from '../session/open-line.ts';
import type { AppState } from '../session/state.ts';
import type { Overlay } from '../session/ui-state.ts';
import { columnWidth, fittingWidths, padded } from './list-columns.ts';
import { Text } from './text.tsx';
import type { Glyphs } from './theme.ts';
import { statusColour } from './theme.ts';
import { TypedLine } from './typed-line.tsx';
import { useAppState, useDerived, useGlyphs } from './use-app-state.tsx';

type OpenList = Extract<Overlay, { kind: 'list' }>;

const GAP_CELLS = 2;
/** Cursor and mark, and the spaces behind them. */
const ROW_START_COLUMNS = 4;

/** A list to choose from: what it asks, how many rows its filter leaves, the rows around the highlighted one. */
export function ListBox({ list, columns }: { readonly list: OpenList; readonly columns: number }) {
  const { title, rows, count, empty } = useDerived(state => listWords(state, list));
  const screenRows = useAppState(state => state.ui.rows);
  const visible = pageRows(screenRows);
  const index = chosenIndex(rows, list.chosen);
  const first = Math.max(0, Math.min(index - Math.floor(visible / 2), rows.length - visible));
  const { headings, gap = GAP_CELLS } = listSource(list.list);
  const between = ' '.repeat(gap);
  const chosen = rows[index];
  const natural = headings.map((_, at) => columnWidth(headings, rows, at));
  const widths = fittingWidths(natural, columns - ROW_START_COLUMNS - gap * (headings.length - 1));
  return (
    <>
      <Box height={1} justifyContent="space-between">
        <Box flexShrink={1}>
          <Text bold wrap="truncate-end">{`${title} `}</Text>
          <Filter list={list} />
        </Box>
        <Text dimColor>{` ${count}`}</Text>
      </Box>
      <Text dimColor wrap="truncate-end">
        {`    ${headings.map((heading, at) => padded(heading, widths[at] ?? 0)).join(between)}`.trimEnd()}
      </Text>
      {rows.length === 0 ? <Text wrap="wrap">{empty}</Text> : null}
      {rows.slice(first, first + visible).map((row, at) => (
        <RowLine
          key={row.id}
          row={row}
          text={row.cells
            .map((cell, column) =>
              column === headings.length - 1 ? cell : padded(cell, widths[column] ?? 0),
            )
            .join(between)}
          isChosen={first + at === index}
          columns={columns}
        />
      ))}
      <Box flexGrow={1} />
      <Box maxHeight={detailRows(screenRows)} flexShrink={0} overflow="hidden">
        <Text dimColor wrap="wrap">
          {chosen ? detailOf(chosen, widths, gap, columns) : ''}
        </Text>
      </Box>
    </>
  );
}

function listWords(state: AppState, list: OpenList) {
  const source = listSource(list.list);
  const { rows, total } = listedRows(state, list);
  return {
    title: source.title(state),
    rows,
    count: list.filter === '' ? String(total) : `${rows.length} of ${total}`,
    empty: total === 0 ? source.empty(state) : `Nothing here holds "${list.filter}"; esc clears the filter.`,
  };
}

/** The filter as it is typed; once it is left, it still says why rows are missing. */
function Filter({ list }: { readonly list: OpenList }) {
  const line = useDerived(state => openLine(state) ?? null);
  if (line === null) return list.filter === '' ? null : <Text bold>{`/${list.filter}`}</Text>;
  return (
    <Text bold>
      /
      <TypedLine before={line.before} after={line.after} />
    </Text>
  );
}

/** What the row has no room for, in full, and what there is to know of it. */
function detailOf({ cells, detail }: ListRow, widths: readonly number[], gap: number, columns: number) {
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + gap, ROW_START_COLUMNS);
  const cut = cells.filter((cell, at) => {
    const room = at === cells.length - 1 ? columns - before : (widths[at] ?? 0);
    return stringWidth(cell) > room;
  });
  return [...cut, detail].filter(text => text !== '').join('  ');
}

type RowLineProps = {
  readonly row: ListRow;
  /** Its cells, in their columns. */
  readonly text: string;
  readonly isChosen: boolean;
  readonly columns: number;
};

function RowLine({ row, text, isChosen, columns }: RowLineProps) {
  const glyphs = useGlyphs();
  const colour = row.mark === 'none' || row.mark === 'current' ? undefined : statusColour[row.mark];
  const mark = markGlyph(row.mark, glyphs);
  if (isChosen) {
    return (
      <Text inverse bold={row.mark === 'current'} wrap="truncate-end">
        {padded(`${glyphs.cursor} ${mark} ${text}`, columns)}
      </Text>
    );
  }
  return (
    <Text bold={row.mark === 'current'} wrap="truncate-end">
      {'  '}
      <Text color={colour}>{mark}</Text>
      {` ${text}`}
    </Text>
  );
}

function markGlyph(mark: ListRow['mark'], { status, current }: Glyphs): string {
  if (mark === 'none') return ' ';
  return mark === 'current' ? current : status[mark];
}
