import { currentNotice } from '../session/notices.ts';
import type { Notice } from '../session/state.ts';
import { CommandRow } from './command-row.tsx';
import type { Colour } from './palette.ts';
import { standing } from './standing.ts';
import { Text } from './text.tsx';
import { useAppState, useDerived, useGlyphs } from './use-app-state.tsx';

const COLOURS: Readonly<Record<Notice['level'], Colour | undefined>> = {
  info: undefined,
  warning: 'yellow',
  error: 'red',
};

/** One line: the command that is typed, else the newest notice while it is new, else what holds for as long as it holds. */
export function StatusLine() {
  const isTypingCommand = useAppState(state => state.ui.commandLine !== undefined);
  return isTypingCommand ? <CommandRow /> : <Said />;
}

function Said() {
  const { level, text } = useDerived(state => currentNotice(state) ?? standing(state));
  const { status } = useGlyphs();
  const icon = level === 'info' ? ' ' : status[level === 'error' ? 'failing' : 'warning'];
  return (
    <Text wrap="truncate-end" dimColor={level === 'info'} bold={level === 'error'}>
      <Text color={COLOURS[level]} bold>{` ${icon}`}</Text>
      {` ${text}`}
    </Text>
  );
}
