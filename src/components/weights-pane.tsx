import { Box } from 'ink';
import { askedShares, isSplit, percentText, type RawWeights } from '../kube/split.ts';
import { routeWords } from '../kube/virtual-service.ts';
import { connectionPhase } from '../session/selectors.ts';
import type { Applied, Sampling } from '../session/state.ts';
import type { ObservedVersion } from '../traffic/observed-traffic.ts';
import { asideColumns, Pane } from './pane.tsx';
import { RouteNotes, useRouteNotes } from './route-notes.tsx';
import { staleAside } from './stale-aside.ts';
import { Text } from './text.tsx';
import { statusColour, versionColour } from './theme.ts';
import { useAppState, useDerived, useGlyphs } from './use-app-state.tsx';
import { gatewayPodsWords, shiftWords, verdictWords } from './verdict-words.ts';
import { type BarPart, weightBar } from './weight-bar.ts';

/** Cells left of the bar: cursor, label, requested, applied, observed. */
const LABEL_COLUMNS = 14;
const NUMBER_COLUMNS = 11;
const OBSERVED_COLUMNS = 16;
/** Borders, heading and verdict. */
const FRAME_ROWS = 4;
const LEFT_COLUMNS = LABEL_COLUMNS + 2 * NUMBER_COLUMNS + OBSERVED_COLUMNS;

/** The one idea: requested, applied and observed, side by side, with the verdict on them. */
export function WeightsPane({ columns, rows }: { readonly columns: number; readonly rows: number }) {
  const applied = useAppState(state => state.weights.applied);
  const selected = useAppState(state => state.weights.selected);
  const observed = useAppState(state => state.traffic.observed);
  const stale = useAppState(({ cluster, now }) => staleAside([cluster.virtualServices], now));
  const title = applied ? `Weights of ${routeWords(applied.route, applied.virtualService)}` : 'Weights';
  const shift = shiftWords(observed, asideColumns(columns, title));
  const frame = {
    id: 'weights',
    columns,
    rows,
    title,
    aside: stale || shift,
    isStale: stale !== '',
  } as const;
  const destinations = applied?.route.destinations ?? [];
  const notes = useRouteNotes();
  // Destinations come first where there is no room for both.
  const noteRows = Math.max(0, Math.min(notes.length, rows - FRAME_ROWS - Math.max(destinations.length, 2)));
  const visible = rows - FRAME_ROWS - noteRows;
  const first = Math.max(0, Math.min(selected - visible + 1, destinations.length - visible));
  // Why there is nothing to shift needs every line that there is.
  if (!applied) {
    return (
      <Pane frame={frame}>
        <NoRoute />
      </Pane>
    );
  }
  return (
    <Pane frame={frame}>
      <Heading />
      {destinations.slice(first, first + visible).map((destination, at) => (
        <DestinationLine key={destination.label} applied={applied} index={first + at} columns={columns - 2} />
      ))}
      <Box flexGrow={1} />
      <RouteNotes notes={notes} rows={noteRows} />
      <VerdictLine />
    </Pane>
  );
}

function Heading() {
  const { applied, requested, observed } = useGlyphs();
  return (
    <Text dimColor wrap="truncate-end">
      {'  version'.padEnd(LABEL_COLUMNS)}
      {'requested'.padStart(NUMBER_COLUMNS - 2).padEnd(NUMBER_COLUMNS)}
      {'applied'.padStart(NUMBER_COLUMNS - 2).padEnd(NUMBER_COLUMNS)}
      {'observed'.padEnd(OBSERVED_COLUMNS)}
      {`${applied} applied ${requested} asked ${observed} seen`}
    </Text>
  );
}

function NoRoute() {
  const target = useAppState(state => state.target);
  const phase = useDerived(state => connectionPhase(state.cluster));
  if (target.kind === 'none') return <Explanation reason={target.reason} nextStep={target.nextStep} />;
  if (phase.kind === 'lost') {
    const nextStep = `${phase.nextStep} Trying again; c chooses another cluster, or the demo.`;
    return <Explanation reason={phase.reason} nextStep={nextStep} />;
  }
  return <Text dimColor>{target.kind === 'choosing' ? '  choose with v' : '  looking…'}</Text>;
}

function Explanation({ reason, nextStep }: { readonly reason: string; readonly nextStep: string }) {
  return (
    <Box flexShrink={1} overflow="hidden">
      <Text wrap="wrap">
        {`  ${reason} `}
        <Text dimColor>{nextStep}</Text>
      </Text>
    </Box>
  );
}

type DestinationLineProps = { readonly applied: Applied; readonly index: number; readonly columns: number };

function DestinationLine({ applied, index, columns }: DestinationLineProps) {
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
    observed: seen?.share === undefined ? undefined : seen.share * 100,
  };
  const isAsked = requested[index] !== applied.weights[index];
  return (
    <Box>
      <Box width={LABEL_COLUMNS} flexShrink={0}>
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
      <Bar parts={weightBar(marks, Math.max(4, columns - LEFT_COLUMNS - 1), glyphs)} colour={colour} />
    </Box>
  );
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

function Bar({ parts, colour }: { readonly parts: readonly BarPart[]; readonly colour: string }) {
  let at = 0;
  return (
    <Text wrap="truncate-end">
      {parts.map(({ kind, text }) => {
        at += text.length;
        return (
          <Text
            key={at}
            {...(kind === 'rest' ? { dimColor: true } : { color: colour })}
            bold={kind !== 'rest'}
          >
            {text}
          </Text>
        );
      })}
    </Text>
  );
}

function VerdictLine() {
  const observed = useAppState(state => state.traffic.observed);
  const sampling = useAppState(state => state.traffic.sampling);
  const observedAtMs = useAppState(state => state.traffic.observedAtMs);
  const isPatching = useAppState(state => state.weights.patch.kind === 'in-flight');
  const { status } = useGlyphs();
  const failed = observed?.failures.reduce((sum, { count }) => sum + count, 0) ?? 0;
  const words =
    observed && sampling.kind === 'sampling'
      ? verdictWords(observed.verdict, observedAtMs, failed)
      : undefined;
  const colour = words && statusColour[words.status];
  return (
    <Text wrap="truncate-end">
      {words ? (
        <Text
          {...(colour ? { color: colour } : {})}
        >{` ${status[words.status]} ${words.text}${gatewayPodsWords(sampling)}`}</Text>
      ) : (
        <Text dimColor>{` ${status.waiting} ${samplingWords(sampling)}`}</Text>
      )}
      {isPatching ? <Text dimColor>{'  patching…'}</Text> : null}
    </Text>
  );
}

function samplingWords(sampling: Sampling): string {
  if (sampling.kind === 'mesh-only') return 'observed only inside the mesh: no gateway is bound';
  if (sampling.kind === 'not-observed') return `not observed: ${sampling.reason}`;
  return sampling.kind === 'needs-answer' ? 'nothing is observed yet' : 'finding the gateway';
}
