import type { Overlay } from '../session/ui-state.ts';
import { Buttons } from './buttons.tsx';
import { scrolledLines } from './scrolled-lines.ts';
import { Text } from './text.tsx';
import { wrappedLines } from './wrapped-lines.ts';

type PlanBoxProps = {
  readonly overlay: Extract<Overlay, { kind: 'plan' }>;
  readonly columns: number;
  readonly rows: number;
};

/** The question, what is around the commands, the buttons and the line above them. */
const OTHER_ROWS = 4;

/** What a step of the tutorial would run, every line of it, before it is run. */
export function PlanBox({ overlay: { plan, question, notes, focus, index }, columns, rows }: PlanBoxProps) {
  const lines = [
    ...plan.changes.flatMap(line => wrappedLines(line, columns, 4)),
    ...notes.flatMap(note => wrappedLines(note, columns)),
  ];
  const visible = Math.max(1, rows - OTHER_ROWS);
  const { first, below } = scrolledLines(index, lines.length, visible);
  const shown = lines.slice(first, first + visible);
  return (
    <>
      <Text bold wrap="truncate-end">
        {question}
      </Text>
      <Text dimColor wrap="truncate-end">
        {`It runs, in this order${below > 0 ? `; PgDn shows ${below} more lines` : ''}:`}
      </Text>
      <Text wrap="truncate-end">{shown.join('\n')}</Text>
      <Buttons focus={focus} accept="Run it" />
    </>
  );
}
