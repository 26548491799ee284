import { Box } from 'ink';
import { WAY_KINDS, type WayKind } from '../kube/gateway-ways.ts';
import type { AppState } from '../session/state.ts';
import { resultWords, type TriedWay } from '../session/tried-way.ts';
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

const NAME_COLUMNS = 19;

/** Every way to the gateway, best first: where it leads, and what came of trying it. */
export function WaysList({ index, rows }: { readonly index: number; readonly rows: number }) {
  const ways = useAppState(state => state.traffic.ways);
  const sampling = useAppState(state => state.traffic.sampling);
  const visible = Math.max(1, Math.floor((rows - 2) / 2));
  const first = Math.min(index, Math.max(0, ways.length - visible));
  const below = ways.length - visible - first;
  return (
    <>
      <Text bold wrap="truncate-end">
        {`Ways to the gateway, best first${below > 0 ? `, ${below} more below` : ''}`}
      </Text>
      <Text dimColor wrap="truncate-end">
        {reachWords(sampling)}
      </Text>
      {ways.slice(first, first + visible).map(way => (
        <WayLines key={`${way.kind} ${way.place} ${way.words}`} way={way} />
      ))}
    </>
  );
}

function reachWords(sampling: AppState['traffic']['sampling']): string {
  if (sampling.kind !== 'sampling') return 'none works yet; = in the Responses pane names one';
  const { place, reached, gatewayPods } = sampling;
  const pods =
    gatewayPods === 'unknown' ? '' : `, through ${gatewayPods.reached} of ${gatewayPods.ready} gateway pods`;
  const doubt = reached === 'other' ? ', where no Envoy shows itself' : '';
  return `samples go to ${place}${pods}${doubt}; = in the Responses pane names another`;
}

function WayLines({ way }: { readonly way: TriedWay }) {
  const { status } = useGlyphs();
  const state = statusOf(way);
  const colour = statusColour[state];
  const number = WAY_KINDS.indexOf(way.kind) + 1;
  const used = way.isUsed ? ', used' : '';
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Text wrap="truncate-end" bold={way.isUsed} dimColor={way.result.kind === 'absent'}>
        <Text {...(colour ? { color: colour } : {})}>{status[state]}</Text>
        {` ${number} ${NAMES[way.kind].padEnd(NAME_COLUMNS)}${way.place === '' ? '' : `${way.place}: `}`}
        {`${resultWords(way.result)}${used}`}
      </Text>
      {way.words === '' ? null : (
        <Text wrap="truncate-end" dimColor>
          {' '.repeat(4 + NAME_COLUMNS) + way.words}
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
