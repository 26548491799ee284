import { Box } from 'ink';
import { routeWords } from '../kube/virtual-service.ts';
import { connectionPhase } from '../session/selectors.ts';
import { BigSplit, bigSplitColumns } from './big-split.tsx';
import { DestinationLine, WeightsHeading } from './destination-line.tsx';
import { DIGIT_ROWS } from './layout.ts';
import { asideColumns, Pane } from './pane.tsx';
import { RouteNotes, useRouteNotes } from './route-notes.tsx';
import { staleAside } from './stale-aside.ts';
import { Text } from './text.tsx';
import { useAppState, useDerived } from './use-app-state.tsx';
import { VerdictLine } from './verdict-line.tsx';
import { shiftWords } from './verdict-words.ts';
import { labelColumns } from './weight-columns.ts';

/** Borders, heading and verdict. */
const FRAME_ROWS = 4;

/** The one idea: requested, applied and observed, side by side, with the verdict on them. */
export function WeightsPane({ columns, rows }: { readonly columns: number; readonly rows: number }) {
  const applied = useAppState(state => state.weights.applied);
  const selected = useAppState(state => state.weights.selected);
  const observed = useAppState(state => state.traffic.observed);
  const isZoomed = useAppState(state => state.ui.isZoomed);
  const stale = useAppState(({ cluster, now }) => staleAside([cluster.virtualServices], now));
  const destinations = applied?.route.destinations ?? [];
  const labels = destinations.map(({ label }) => label);
  const notes = useRouteNotes();
  // Destinations come first where there is no room for both.
  const noteRows = Math.max(0, Math.min(notes.length, rows - FRAME_ROWS - Math.max(destinations.length, 2)));
  const hasDigits =
    rows - FRAME_ROWS - noteRows - DIGIT_ROWS >= Math.max(destinations.length, 2) &&
    bigSplitColumns(labels) <= columns - 2;
  const visible = rows - FRAME_ROWS - noteRows - (hasDigits ? DIGIT_ROWS : 0);
  const first = Math.max(0, Math.min(selected - visible + 1, destinations.length - visible));
  const hidden = Math.max(0, destinations.length - visible);
  const widths = { columns: columns - 2, labelColumns: labelColumns(labels, columns - 2) };
  const of = applied ? ` of ${routeWords(applied.route, applied.virtualService)}` : '';
  const title = `Weights${of}${hidden > 0 ? `, ${hidden} more` : ''}`;
  const shift = shiftWords(observed, asideColumns(columns, title, isZoomed));
  const frame = {
    id: 'weights',
    columns,
    rows,
    title,
    aside: stale || shift,
    isStale: stale !== '',
  } as const;
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
      {hasDigits ? <BigSplit applied={applied} columns={columns - 2} /> : null}
      <WeightsHeading {...widths} />
      {destinations.slice(first, first + visible).map((destination, at) => (
        <DestinationLine key={destination.label} applied={applied} index={first + at} {...widths} />
      ))}
      <Box flexGrow={1} />
      <RouteNotes notes={notes} rows={noteRows} />
      <VerdictLine applied={applied} />
    </Pane>
  );
}

function NoRoute() {
  const target = useAppState(state => state.target);
  const phase = useDerived(state => connectionPhase(state.cluster));
  if (target.kind === 'none') return <Explanation reason={target.reason} nextStep={target.nextStep} />;
  if (phase.kind === 'lost') return <Explanation reason={phase.reason} nextStep={phase.nextStep} />;
  if (target.kind === 'chosen' && phase.kind === 'live') return <Explanation {...goneWords(target.name)} />;
  return <Text dimColor>{target.kind === 'choosing' ? '  choose with v' : '  looking…'}</Text>;
}

/** The route that was chosen stays the one: whoever makes it again goes on with it. */
function goneWords(name: string) {
  return {
    reason: `VirtualService ${name} is not there any more.`,
    nextStep: 'It is followed again once it is back. Press t for the tutorial, v for another one.',
  };
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
