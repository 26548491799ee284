import { Box } from 'ink';
import { plainText } from '../plain-text.ts';
import { recordedShift } from '../session/recorded-shifts.ts';
import { shiftSentences } from '../session/shift-words.ts';
import type { AppState } from '../session/state.ts';
import { timeOfDay } from '../session/time-of-day.ts';
import { scrolledLines } from './scrolled-lines.ts';
import { Text } from './text.tsx';
import { useDerived } from './use-app-state.tsx';

type ShiftBoxProps = { readonly number: number; readonly index: number };

/** One shift in full, from one of its lines on: a record with many kinds of failures is longer than a screen. */
export function ShiftBox({ number, index }: ShiftBoxProps) {
  const [title = '', ...lines] = useDerived(state => shiftLines(state, number));
  const { first } = scrolledLines(index, lines.length, 1);
  return (
    <>
      <Text bold wrap="truncate-end">
        {title}
      </Text>
      <Box flexShrink={1} overflow="hidden">
        <Text wrap="wrap">{lines.slice(first).join('\n')}</Text>
      </Box>
    </>
  );
}

function shiftLines(state: AppState, number: number): readonly string[] {
  const shift = recordedShift(state, number);
  if (!shift) return ['This shift is no longer remembered. esc goes back to the list.'];
  const { context, isDemo, namespace, virtualService, route } = shift.place;
  const where = isDemo ? 'the demo cluster' : context;
  const wording = {
    name: (label: string) => plainText(label, 63),
    arrow: state.ui.isUnicode ? '→' : '>',
    time: timeOfDay,
  };
  return [
    `Shift ${number} of VirtualService ${namespace}/${virtualService}, ${route}, on ${where}`,
    ...shiftSentences(shift.record, wording),
  ];
}
