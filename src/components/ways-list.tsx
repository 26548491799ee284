import { Box } from 'ink';
import { WAY_KINDS, type WayKind } from '../kube/gateway-ways.ts';
import type { Sampling } from '../session/state.ts';
import { resultWords, type TriedWay } from '../session/tried-way.ts';
import { scrolledLines } from './scrolled-lines.ts';
import { Text } from './text.tsx';
import { type Status, statusColour } from './theme.ts';
import { useAppState, useGlyphs } from './use-app-state.tsx';

const NAMES: Readonly<Record<WayKind, string>> = {
  given: 'named by you',
  'load-balancer': 'load balancer',
  'minikube-node-port': 'minikube node',
  localhost: 'localhost',
  'node-port': 'node and NodePort',
  'minikube-service': 'minikube service',
  'port-forward': 'port-forward',
};

const NAME_COLUMNS = 18;
/** The title, and one sentence of two lines at most. */
const HEADING_ROWS = 3;

/** Every way to the gateway, best first: where it leads, and what came of trying it. */
export function WaysList({ index, rows }: { readonly index: number; readonly rows: number }) {
  const ways = useAppState(state => state.traffic.ways);
  const sampling = useAppState(state => state.traffic.sampling);
  const visible = Math.max(1, Math.floor((rows - HEADING_ROWS) / 2));
  const { first, below } = scrolledLines(index, ways.length, visible);
  return (
    <>
      <Text bold wrap="truncate-end">
        {`Ways to the gateway, best first${below > 0 ? `, ${below} more below` : ''}`}
      </Text>
      <Text wrap="wrap">{reachWords(sampling, ways)}</Text>
      {ways.slice(first, first + visible).map(way => (
        <WayLines key={`${way.kind} ${way.place} ${way.words}`} way={way} />
      ))}
    </>
  );
}

function reachWords(sampling: Sampling, ways: readonly TriedWay[]): string {
  if (sampling.kind !== 'sampling') return 'none works yet; = in the Responses pane names one';
  const { place, reached, gatewayPods } = sampling;
  const pods =
    gatewayPods === 'unknown' ? '' : `, through ${gatewayPods.reached} of ${gatewayPods.ready} gateway pods`;
  if (!ways.some(({ isUsed }) => isUsed)) return `none works now; samples still try ${place}`;
  const doubt = reached === 'other' ? ', where no Envoy shows itself' : '';
  return `samples go to ${place}${pods}${doubt}; = in the Responses pane names another`;
}

/** What came of it comes first; where it leads, and what that is, below. */
function WayLines({ way }: { readonly way: TriedWay }) {
  const { status } = useGlyphs();
  const { kind, place, words, result, isUsed } = way;
  const state = statusOf(way);
  const colour = statusColour[state];
  const isAbsent = result.kind === 'absent';
  const where = [place, words].filter(text => text !== '').join(', ');
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Box>
        <Box width={NAME_COLUMNS + 4} flexShrink={0}>
          <Text wrap="truncate-end" bold={isUsed} dimColor={isAbsent}>
            <Text {...(colour ? { color: colour } : {})}>{status[state]}</Text>
            {` ${WAY_KINDS.indexOf(kind) + 1} ${NAMES[kind]}`}
          </Text>
        </Box>
        <Text wrap={where === '' ? 'wrap' : 'truncate-end'} bold={isUsed} dimColor={isAbsent}>
          {`${isUsed ? 'used: ' : ''}${resultWords(result)}`}
        </Text>
      </Box>
      {where === '' ? null : (
        <Text wrap="truncate-end" dimColor>
          {`    ${where}`}
        </Text>
      )}
    </Box>
  );
}

function statusOf({ result }: TriedWay): Status {
  switch (result.kind) {
    case 'envoy':
      return 'well';
    case 'other':
      return 'warning';
    case 'silent':
      return 'failing';
    case 'absent':
      return 'waiting';
  }
}
