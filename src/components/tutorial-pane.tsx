import { Box } from 'ink';
import stringWidth from 'string-width';
import { shownStep } from '../session/tutorial-panel.ts';
import type { Colour } from './palette.ts';
import { asideColumns, Pane } from './pane.tsx';
import { scrolledLines } from './scrolled-lines.ts';
import { StepList, StepSummary } from './step-marks.tsx';
import { Text } from './text.tsx';
import { type Glyphs, statusColour } from './theme.ts';
import { followsOutput, stepKeys, stepLines, stepMarks, type TutorialLine } from './tutorial-lines.ts';
import { useAppState, useDerived, useGlyphs } from './use-app-state.tsx';
import { wrappedLines } from './wrapped-lines.ts';

/** From so many rows on every step has a row of its own. */
const TALL_ROWS = 22;
/** Below so many rows how the steps stand shows in the title alone. */
const LOW_ROWS = 5;
const ICON_COLUMNS = 2;

/** The tutorial: how its steps stand, what there is to know of one of them, and what its keys do. */
export function TutorialPane({ columns, rows }: { readonly columns: number; readonly rows: number }) {
  const marks = useDerived(stepMarks);
  const lines = useDerived(stepLines);
  const keys = useDerived(stepKeys);
  const step = useDerived(state => shownStep(state)?.number ?? 0);
  const scrolled = useAppState(state => state.tutorial.scrolled);
  const isFollowing = useAppState(followsOutput);
  const isZoomed = useAppState(state => state.ui.isZoomed);
  const glyphs = useGlyphs();
  const inner = columns - 4;
  const drawn = lines.flatMap(line => drawnLines(line, inner, glyphs));
  const isTall = rows >= TALL_ROWS;
  const foot = wrappedLines(keys, inner).slice(0, Math.max(1, rows - 4));
  const head = headRows(rows, marks.length);
  const visible = Math.max(0, rows - 2 - head - foot.length);
  const { first, below } = scrolledLines(isFollowing ? scrolled - 1 : scrolled, drawn.length, visible);
  const mark = marks.find(({ number }) => number === step);
  const words = mark ? `${mark.number} ${mark.title}, ${mark.words}` : '';
  const title = isTall || words === '' ? 'Tutorial' : `Tutorial: ${words}`;
  const more = below > 0 ? `PgDn ${below} more` : '';
  const aside = stringWidth(more) <= asideColumns(columns, title, isZoomed) ? more : '';
  const frame = { id: 'tutorial', columns, rows, title, aside, isStale: false } as const;
  return (
    <Pane frame={frame}>
      <Box flexDirection="column" paddingX={1} height={rows - 2} overflow="hidden">
        {isTall ? <StepList marks={marks} columns={inner} /> : null}
        {isTall || head === 0 ? null : <StepSummary marks={marks} />}
        {isTall ? (
          <Text bold wrap="truncate-end">
            {words}
          </Text>
        ) : null}
        {drawn.slice(first, first + visible).map(({ key, icon, text, look, colour }) => (
          <Text key={key} wrap="truncate-end" bold={look === 'heading'} dimColor={look === 'dim'}>
            <Text {...(colour ? { color: colour } : {})}>{icon}</Text>
            {text}
          </Text>
        ))}
        <Box flexGrow={1} />
        {foot.map(line => (
          <Text key={line} bold wrap="truncate-end">
            {line}
          </Text>
        ))}
      </Box>
    </Pane>
  );
}

/** Where there is least room the keys come first, then the text of the step. */
function headRows(rows: number, steps: number): number {
  if (rows >= TALL_ROWS) return steps + 2;
  return rows >= LOW_ROWS ? 1 : 0;
}

type DrawnLine = {
  readonly key: string;
  readonly icon: string;
  readonly text: string;
  readonly look: TutorialLine['look'];
  readonly colour: Colour | undefined;
};

function drawnLines(
  { text, status, look, colour }: TutorialLine,
  columns: number,
  glyphs: Glyphs,
): readonly DrawnLine[] {
  const icon = status ? `${glyphs.status[status]} ` : '';
  const indent = look === 'command' ? '  ' : '';
  const room = columns - (status ? ICON_COLUMNS : 0) - indent.length;
  return wrappedLines(text, room, look === 'command' ? ICON_COLUMNS : 0).map((line, at) => ({
    key: `${status ?? ''} ${text} ${at}`,
    icon: at === 0 ? icon : ' '.repeat(icon.length),
    text: indent + line,
    look,
    colour: colour ?? (status ? statusColour[status] : undefined),
  }));
}
