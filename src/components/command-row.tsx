import { type Completion, completion } from '../session/command-line.ts';
import { openLine } from '../session/open-line.ts';
import type { AppState } from '../session/state.ts';
import { commandNamed, commandWords, partsOf, TYPED_COMMANDS } from '../session/typed-commands.ts';
import { Text } from './text.tsx';
import { TypedLine } from './typed-line.tsx';
import { useDerived, useGlyphs } from './use-app-state.tsx';

/**
 * The command line: what is typed, in brackets what is proposed behind it, and what that does. A problem takes the place of the
 * latter.
 */
export function CommandRow() {
  const { before, after, ghost, problem, aside } = useDerived(commandRow);
  return (
    <Text wrap="truncate-end">
      {' :'}
      <TypedLine before={before} after={after} />
      {ghost === '' ? null : <Text dimColor>{`[${ghost}]`}</Text>}
      {problem === '' ? <Text dimColor>{`  ${aside}`}</Text> : <Problem text={problem} />}
    </Text>
  );
}

function Problem({ text }: { readonly text: string }) {
  const { status } = useGlyphs();
  return (
    <Text>
      {'  '}
      <Text color="yellow">{status.warning}</Text>
      {` ${text}`}
    </Text>
  );
}

function commandRow(state: AppState) {
  const { before = '', after = '' } = openLine(state) ?? {};
  const known = completion(state);
  const problem = state.ui.commandLine?.problem ?? '';
  return {
    before,
    after,
    ghost: problem === '' ? known.ghost : '',
    problem,
    aside: asideOf(before + after, known),
  };
}

/** What the line would do, and which of several names is proposed. */
function asideOf(text: string, { lines, at }: Completion): string {
  const { name } = partsOf(lines[at ?? -1] ?? text);
  const command = commandNamed(name);
  if (!command) return text === '' ? TYPED_COMMANDS.map(({ name }) => name).join(' ') : 'nothing begins so';
  const place = at === undefined || lines.length < 2 ? '' : `${at + 1} of ${lines.length}: `;
  return `${place}${commandWords(command)} ${command.sentence}`;
}
