import { Box } from 'ink';
import stringWidth from 'string-width';
import { isSplit } from '../kube/split.ts';
import type { Applied } from '../session/state.ts';
import { bigDigits, DIGIT_HEIGHT } from './big-digits.ts';
import { cutMiddle } from './cut-middle.ts';
import type { Colour } from './palette.ts';
import { Text } from './text.tsx';
import { versionColour } from './theme.ts';
import { useAppState, useGlyphs } from './use-app-state.tsx';

/** `100` in large digits. */
const NUMBER_COLUMNS = 11;
const MAX_LABEL_COLUMNS = 20;
/** Before a number, and between it and its label. */
const GAP_COLUMNS = 3;
const LABEL_GAP_COLUMNS = 1;
/** The words beside the numbers. */
const WORDS_COLUMNS = 30;

/** Columns that the split of these versions takes in large digits. */
export function bigSplitColumns(labels: readonly string[]): number {
  return labels.reduce((sum, label) => sum + numberColumns(label), 0);
}

function numberColumns(label: string): number {
  return GAP_COLUMNS + NUMBER_COLUMNS + LABEL_GAP_COLUMNS + Math.min(stringWidth(label), MAX_LABEL_COLUMNS);
}

/** The requested split in digits that are read from across a room, and the size of a step. */
export function BigSplit({ applied, columns }: { readonly applied: Applied; readonly columns: number }) {
  const requested = useAppState(state => state.weights.requested);
  const selected = useAppState(state => state.weights.selected);
  const { arrows, isUnicode } = useGlyphs();
  const labels = applied.route.destinations.map(({ label }) => label);
  const hasWords = bigSplitColumns(labels) + WORDS_COLUMNS <= columns;
  const step = `${arrows.left} ${arrows.right} 10 points, - + 1`;
  return (
    <Box height={DIGIT_HEIGHT + 1} flexShrink={0} justifyContent="space-between">
      <Box>
        {isSplit(requested)
          ? labels.map((label, index) => (
              <BigNumber
                key={label}
                label={label}
                lines={bigDigits(requested[index] ?? 0, isUnicode)}
                colour={versionColour(index)}
                isSelected={index === selected}
              />
            ))
          : null}
      </Box>
      {hasWords ? (
        <Box paddingRight={1}>
          <Text dimColor>{step}</Text>
        </Box>
      ) : null}
    </Box>
  );
}

type BigNumberProps = {
  readonly label: string;
  readonly lines: readonly string[];
  readonly colour: Colour;
  readonly isSelected: boolean;
};

function BigNumber({ label, lines, colour, isSelected }: BigNumberProps) {
  return (
    <Box width={numberColumns(label)} flexShrink={0} flexDirection="column">
      {lines.map((line, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of a digit has no other identity than its place
        <Text key={row} bold={isSelected}>
          {' '.repeat(GAP_COLUMNS)}
          <Text painted="shape" color={colour}>
            {line.padStart(NUMBER_COLUMNS)}
          </Text>
          {row === lines.length - 1 ? ` ${cutMiddle(label, MAX_LABEL_COLUMNS)}` : ''}
        </Text>
      ))}
    </Box>
  );
}
