import { Box } from 'ink';
import { knownDetails } from '../session/details.ts';
import type { AppState } from '../session/state.ts';
import { timeOfDay } from '../session/time-of-day.ts';
import type { Subject } from '../session/ui-state.ts';
import { type DetailLine, detailLines, STATUS_COLUMNS } from './detail-lines.ts';
import { scrolledLines } from './scrolled-lines.ts';
import { Text } from './text.tsx';
import { statusColour } from './theme.ts';
import { useDerived, useGlyphs } from './use-app-state.tsx';

type DetailsBoxProps = {
  readonly subject: Subject;
  readonly index: number;
  readonly columns: number;
  readonly rows: number;
};

/** One node, pod or version in full, from one of its lines on. */
export function DetailsBox({ subject, index, columns, rows }: DetailsBoxProps) {
  const { lines, asOf } = useDerived(state => shownDetails(state, columns));
  const visible = Math.max(1, rows - 1);
  const { first, below } = scrolledLines(index, lines.length, visible);
  return (
    <>
      <Box height={1} justifyContent="space-between">
        <Box flexShrink={1}>
          <Text bold wrap="truncate-middle">
            {subjectWords(subject)}
          </Text>
        </Box>
        <Box flexShrink={0}>
          <Text dimColor>{`  ${below > 0 ? `${below} lines below, ` : ''}${asOf}`}</Text>
        </Box>
      </Box>
      {lines.slice(first, first + visible).map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other identity than its place
        <LineOfDetails key={first + at} line={line} />
      ))}
    </>
  );
}

function shownDetails(state: AppState, columns: number) {
  const read = knownDetails(state);
  const { problem } = state.details;
  const said: readonly DetailLine[] =
    problem === undefined
      ? []
      : [{ text: `${problem.headline} ${problem.nextStep}`, look: 'plain', status: 'failing' }];
  if (!read) return { lines: problem ? said : [{ text: 'reading…', look: 'dim' } as const], asOf: '' };
  const lines = [...said, ...detailLines(read.sections, columns, state.now)];
  return { lines, asOf: `as of ${timeOfDay(read.atMs)}` };
}

function subjectWords(subject: Subject): string {
  switch (subject.kind) {
    case 'node':
      return `Node ${subject.name}`;
    case 'pod':
      return `Pod ${subject.namespace}/${subject.name}`;
    case 'version':
      return `Version ${subject.label}`;
  }
}

function LineOfDetails({ line }: { readonly line: DetailLine }) {
  const { status } = useGlyphs();
  const { text, look } = line;
  const colour = line.status && statusColour[line.status];
  if (look === 'heading') {
    return (
      <Text bold wrap="truncate-end">
        {text}
      </Text>
    );
  }
  return (
    <Text wrap="truncate-end" dimColor={look === 'dim'}>
      <Text {...(colour ? { color: colour } : {})}>
        {(line.status ? status[line.status] : '').padEnd(STATUS_COLUMNS)}
      </Text>
      {text}
    </Text>
  );
}
