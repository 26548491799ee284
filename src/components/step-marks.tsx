import { Box } from 'ink';
import { Text } from './text.tsx';
import { type Glyphs, statusColour } from './theme.ts';
import type { StepMark } from './tutorial-lines.ts';
import { useGlyphs } from './use-app-state.tsx';

/** A row for each step. */
export function StepList({
  marks,
  columns,
}: {
  readonly marks: readonly StepMark[];
  readonly columns: number;
}) {
  const glyphs = useGlyphs();
  return (
    <Box flexDirection="column" flexShrink={0} marginBottom={1}>
      {marks.map(({ number, title, status, words, isNext, isShown }) => {
        const colour = status ? statusColour[status] : undefined;
        const icon = status ? glyphs.status[status] : isNextIcon(isNext, glyphs);
        return (
          <Box key={number} width={columns} justifyContent="space-between">
            <Box flexShrink={1}>
              <Text wrap="truncate-end" bold={isShown} inverse={isShown}>
                <Text {...(colour && !isShown ? { color: colour } : {})}>{icon}</Text>
                {` ${number} ${title} `}
              </Text>
            </Box>
            <Text dimColor={!isNext}>{isNext && status === undefined ? 'next' : words}</Text>
          </Box>
        );
      })}
    </Box>
  );
}

function isNextIcon(isNext: boolean, { cursor }: Glyphs): string {
  return isNext ? cursor : ' ';
}

/** How all steps stand in one row: neighbours that stand alike are one group. */
export function StepSummary({ marks }: { readonly marks: readonly StepMark[] }) {
  const glyphs = useGlyphs();
  return (
    <Text wrap="truncate-end">
      {groupsOf(marks).map(({ first, last, mark: { status, words, isNext } }) => {
        const colour = status ? statusColour[status] : undefined;
        const icon = status ? glyphs.status[status] : isNextIcon(isNext, glyphs);
        return (
          <Text key={first} bold={isNext} dimColor={!isNext && status === undefined}>
            <Text {...(colour ? { color: colour } : {})}>{icon}</Text>
            {` ${numbersOf(first, last)} ${isNext && status === undefined ? 'next' : words} `}
          </Text>
        );
      })}
    </Text>
  );
}

function numbersOf(first: number, last: number): string {
  return first === last ? String(first) : `${first}-${last}`;
}

type Group = { readonly first: number; readonly last: number; readonly mark: StepMark };

function groupsOf(marks: readonly StepMark[]): readonly Group[] {
  const groups: Group[] = [];
  for (const mark of marks) {
    const before = groups.at(-1);
    // Where there is an icon, it says enough of the one that comes next.
    const isSameTurn = mark.status !== undefined || before?.mark.isNext === mark.isNext;
    const isAlike = before?.mark.words === mark.words && isSameTurn;
    if (before && isAlike) groups[groups.length - 1] = { ...before, last: mark.number };
    else groups.push({ first: mark.number, last: mark.number, mark });
  }
  return groups;
}
