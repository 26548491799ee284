import { Box } from 'ink';
import { openLine } from '../session/open-line.ts';
import type { Overlay } from '../session/ui-state.ts';
import { type HelpRow, helpRows } from './help-rows.ts';
import { scrolledLines } from './scrolled-lines.ts';
import { Text } from './text.tsx';
import { TypedLine } from './typed-line.tsx';
import { useAppState, useDerived } from './use-app-state.tsx';

type HelpProps = { readonly help: Extract<Overlay, { kind: 'help' }>; readonly rows: number };

const KEY_COLUMNS = 15;

/** Every key and every command, from one of the lines on. */
export function HelpBox({ help, rows }: HelpProps) {
  const server = useAppState(state => state.connection.server);
  const lines = useDerived(state => helpRows(state, help));
  const visible = Math.max(1, rows - 1);
  const { first, below } = scrolledLines(help.index, lines.length, visible);
  return (
    <>
      <Box height={1} justifyContent="space-between">
        <Box flexShrink={1}>
          <Text bold wrap="truncate-end">
            {'Every key and command '}
          </Text>
          <HelpFilter help={help} />
        </Box>
        <Text dimColor wrap="truncate-end">
          {below > 0 ? ` ${below} more below` : ` API server ${server}`}
        </Text>
      </Box>
      {lines.length === 0 ? (
        <Text>{`No key and no command holds "${help.filter}"; esc clears the filter.`}</Text>
      ) : null}
      {lines.slice(first, first + visible).map((line, at) => (
        // Lines move through the same few places, and none has a state of its own.
        // biome-ignore lint/suspicious/noArrayIndexKey: as said above
        <HelpLine key={at} line={line} />
      ))}
    </>
  );
}

function HelpFilter({ help: { filter } }: Pick<HelpProps, 'help'>) {
  const line = useDerived(state => openLine(state) ?? null);
  if (line?.of !== 'help') return filter === '' ? null : <Text bold>{`/${filter}`}</Text>;
  return (
    <Text bold>
      /
      <TypedLine before={line.before} after={line.after} />
    </Text>
  );
}

/** What can do nothing now is dim, and says why first: the end of a line is what a narrow screen cuts. */
function HelpLine({ line }: { readonly line: HelpRow }) {
  if (line.kind === 'heading') return <Text bold>{line.text}</Text>;
  const { keys, sentence, where, refusal } = line;
  const aside = [refusal === '' ? '' : sentence, where].filter(words => words !== '').join('; ');
  return (
    <Text wrap="truncate-end" dimColor={refusal !== ''}>
      {'  '}
      <Text bold={refusal === ''}>{`${keys} `.padEnd(KEY_COLUMNS)}</Text>
      {refusal === '' ? sentence : `not now: ${refusal}`}
      <Text dimColor>{aside === '' ? '' : ` (${aside})`}</Text>
    </Text>
  );
}
