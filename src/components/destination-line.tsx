import { Box } from 'ink';
import stringWidth from 'string-width';
import { askedShares, isSplit, percentText, type RawWeights } from '../kube/split.ts';
import type { Applied } from '../session/state.ts';
import type { ObservedVersion } from '../traffic/observed-traffic.ts';
import type { Colour } from './palette.ts';
import { Text } from './text.tsx';
import { versionColour } from './theme.ts';
import { useAppState, useGlyphs } from './use-app-state.tsx';
import { type BarMarks, type BarPart, weightBar } from './weight-bar.ts';
import { leftColumns, NUMBER_COLUMNS, OBSERVED_COLUMNS } from './weight-columns.ts';

type LineColumns = { readonly columns: number; readonly labelColumns: number };

/** What the columns are, and the bar's signs where there is room for all of them. */
export function WeightsHeading({ columns, labelColumns }: LineColumns) {
  const { applied, requested, observed, intervalWithin, intervalBeside } = useGlyphs();
  const room = columns - leftColumns(labelColumns);
  const few = `${applied} applied ${requested} asked ${observed} seen`;
  const all = `${few} ${intervalWithin}${intervalBeside} its 95 % interval`;
  const signs = [all, few].find(words => stringWidth(words) <= room) ?? '';
  return (
    <Text dimColor wrap="truncate-end">
      {'  version'.padEnd(labelColumns)}
      {'requested'.padStart(NUMBER_COLUMNS - 2).padEnd(NUMBER_COLUMNS)}
      {'applied'.padStart(NUMBER_COLUMNS - 2).padEnd(NUMBER_COLUMNS)}
      {'observed'.padEnd(OBSERVED_COLUMNS)}
      {signs}
    </Text>
  );
}

type DestinationLineProps = LineColumns & { readonly applied: Applied; readonly index: number };

/** One destination: what is requested, applied and observed of it, in numbers and as a bar. */
export function DestinationLine({ applied, index, columns, labelColumns }: DestinationLineProps) {
  const requested = useAppState(state => state.weights.requested);
  const isSelected = useAppState(state => state.weights.selected === index);
  const isLocked = useAppState(state => state.weights.locked.includes(index));
  const observed = useAppState(state => state.traffic.observed);
  const glyphs = useGlyphs();
  const label = applied.route.destinations[index]?.label ?? '';
  const colour = versionColour(index);
  const seen = observed?.versions.find(version => version.label === label);
  const marks = {
    requested: percentOf(requested, index),
    applied: percentOf(applied.weights, index),
    observed: seen && percents(seen),
  };
  const barColumns = Math.max(4, columns - leftColumns(labelColumns) - 1);
  const isAsked = requested[index] !== applied.weights[index];
  return (
    <Box>
      <Box width={labelColumns} flexShrink={0}>
        <Text wrap="truncate-middle" bold={isSelected}>
          {isSelected ? `${glyphs.cursor} ` : '  '}
          <Text color={colour}>{label}</Text>
          {isLocked ? ` ${glyphs.locked}` : ''}
        </Text>
      </Box>
      <WeightCell weights={requested} index={index} isStrong={isAsked} />
      <WeightCell weights={applied.weights} index={index} isStrong={!isAsked} />
      <Box width={OBSERVED_COLUMNS} flexShrink={0}>
        <Text wrap="truncate-end">{seen ? shareWords(seen) : ''}</Text>
      </Box>
      <Bar parts={weightBar(marks, barColumns, glyphs)} colour={colour} />
    </Box>
  );
}

function percents({ share, low, high }: ObservedVersion): BarMarks['observed'] {
  return share === undefined ? undefined : { share: share * 100, low: low * 100, high: high * 100 };
}

/** What weights ask for, in percent; nothing where Envoy refuses them. */
function percentOf(weights: RawWeights, index: number): number {
  return (askedShares(weights)?.[index] ?? 0) * 100;
}

type WeightCellProps = { readonly weights: RawWeights; readonly index: number; readonly isStrong: boolean };

/** A weight, or the share that it comes to where the weights are no split; as written where Envoy refuses them. */
function WeightCell({ weights, index, isStrong }: WeightCellProps) {
  const share = isSplit(weights) ? undefined : askedShares(weights)?.[index];
  const text = share === undefined ? String(weights[index] ?? 'none') : `${percentText(share)} %`;
  return (
    <Box width={NUMBER_COLUMNS} flexShrink={0}>
      <Text bold={isStrong} dimColor={!isStrong} wrap="truncate-end">
        {text.padStart(NUMBER_COLUMNS - 4)}
      </Text>
    </Box>
  );
}

function shareWords({ share, low, high }: ObservedVersion): string {
  if (share === undefined) return '';
  const percent = (value: number) => (value * 100).toFixed(0);
  return `${(share * 100).toFixed(1)} % ${percent(low)}-${percent(high)}`;
}

function Bar({ parts, colour }: { readonly parts: readonly BarPart[]; readonly colour: Colour }) {
  let at = 0;
  return (
    <Text wrap="truncate-end">
      {parts.map(({ kind, text }) => {
        at += text.length;
        return (
          <Text
            key={at}
            painted="shape"
            {...(kind === 'rest' ? { dimColor: true } : { color: colour })}
            bold={kind !== 'rest' && kind !== 'intervalBeside'}
          >
            {text}
          </Text>
        );
      })}
    </Text>
  );
}
