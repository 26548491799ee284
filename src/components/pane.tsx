import { Box } from 'ink';
import type { ReactNode } from 'react';
import stringWidth from 'string-width';
import type { PaneId } from '../session/ui-state.ts';
import { type Look, paintOf } from './palette.ts';
import { filterColumns, PaneFilterText, paneFilter, shortenedFilter } from './pane-filter.tsx';
import { Text } from './text.tsx';
import { useAppState, useDerived, useGlyphs, useLook } from './use-app-state.tsx';

const FOCUSED_COLOUR = 'cyan';
/** The key that focuses a pane or, for the tutorial, opens it. */
const PANE_KEYS: Readonly<Record<PaneId, string>> = {
  health: '1',
  versions: '2',
  weights: '3',
  responses: '4',
  tutorial: 't',
};

export type PaneFrame = {
  readonly id: PaneId;
  readonly columns: number;
  readonly rows: number;
  readonly title: string;
  /** Set into the right end of the top border; the first to go where there is no room. */
  readonly aside: string;
  /** Rows are as they were some time ago. */
  readonly isStale: boolean;
};

/** A bordered box with its number and title in the border; a cursor before them, and bold letters, mark the focused one. */
export function Pane({ frame, children }: { readonly frame: PaneFrame; readonly children: ReactNode }) {
  const { id, columns, rows } = frame;
  const isFocused = useAppState(state => state.ui.focus === id && state.ui.overlay.kind === 'none');
  const { borderStyle } = useGlyphs();
  const look = useLook();
  return (
    <Box flexDirection="column" width={columns} height={rows} flexShrink={0}>
      <TopBorder frame={frame} isFocused={isFocused} />
      <Box
        {...borderPaint(look, isFocused)}
        flexDirection="column"
        borderStyle={borderStyle}
        borderTop={false}
        width={columns}
        height={rows - 1}
        overflow="hidden"
      >
        {children}
      </Box>
    </Box>
  );
}

/** The same paint for Ink's Box, which has its own names for it. */
export function borderPaint(look: Look, isFocused: boolean) {
  const { color, backgroundColor, dimColor } = isFocused
    ? paintOf(look, FOCUSED_COLOUR, false, 'shape')
    : paintOf(look, undefined, true);
  return {
    ...(color === undefined ? {} : { borderColor: color }),
    ...(backgroundColor === undefined ? {} : { borderBackgroundColor: backgroundColor }),
    ...(dimColor === undefined ? {} : { borderDimColor: dimColor }),
  };
}

/** Said behind the title of a pane that has the whole screen. */
const ZOOMED = ' (z: back)';

/** How many columns title and aside have together, in a pane of so many. */
export function titleColumns(columns: number, isZoomed: boolean): number {
  return columns - 4 - 2 - '1 '.length - (isZoomed ? ZOOMED.length : 0);
}

/** How many columns an aside has beside a title. */
export function asideColumns(columns: number, title: string, isZoomed: boolean): number {
  return titleColumns(columns, isZoomed) - stringWidth(title);
}

function TopBorder({ frame, isFocused }: { readonly frame: PaneFrame; readonly isFocused: boolean }) {
  const { border, cursor } = useGlyphs();
  const isZoomed = useAppState(state => state.ui.isZoomed);
  const title = `${PANE_KEYS[frame.id]} ${frame.title}${isZoomed ? ZOOMED : ''}`;
  const whole = useDerived(state => paneFilter(state, frame.id));
  const filter = shortenedFilter(whole, frame.columns - 4 - stringWidth(title));
  const room = frame.columns - 4 - stringWidth(title) - filterColumns(filter);
  const aside = frame.aside !== '' && stringWidth(frame.aside) + 2 <= room ? ` ${frame.aside} ` : '';
  const line = border.line.repeat(Math.max(0, room - stringWidth(aside)));
  const paint = isFocused ? ({ painted: 'shape', color: FOCUSED_COLOUR } as const) : { dimColor: true };
  return (
    <Text wrap="truncate-end">
      <Text {...paint}>{border.topLeft + (isFocused ? cursor : border.line)}</Text>
      <Text bold={isFocused} dimColor={frame.isStale}>
        {title}
      </Text>
      {filter ? <PaneFilterText filter={filter} /> : null}
      <Text {...paint}>{line}</Text>
      <Text dimColor={!frame.isStale}>{aside}</Text>
      <Text {...paint}>{border.line + border.topRight}</Text>
    </Text>
  );
}
