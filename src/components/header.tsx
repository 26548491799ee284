import { Box } from 'ink';
import { connectionPhase } from '../session/selectors.ts';
import type { AppState } from '../session/state.ts';
import { ageText } from './ages.ts';
import { Text } from './text.tsx';
import { useAppState, useDerived, useGlyphs } from './use-app-state.tsx';

/** One line: where we are, and whether the API server is heard. */
export function Header() {
  const connection = useAppState(state => state.connection);
  const target = useAppState(state => state.target);
  const route = useAppState(state => state.weights.applied?.route);
  const { status } = useGlyphs();
  const name = target.kind === 'chosen' ? `VirtualService ${target.name}` : '';
  const routeName = route?.name ? ` (${route.name})` : '';
  const place = connection.isDemo ? 'demo cluster' : connection.context;
  const path = [place, connection.namespace, name + routeName].filter(part => part !== '').join(' / ');
  return (
    <Box height={1} justifyContent="space-between">
      <Box flexShrink={1}>
        <Text wrap="truncate-middle">
          <Text bold> weighbridge</Text>
          {'  '}
          <Text bold={connection.isDemo || connection.isProtected} inverse={connection.isProtected}>
            {connection.isProtected ? ` PROTECTED ${path} ` : path}
          </Text>
        </Text>
      </Box>
      <Box flexShrink={0} marginLeft={1}>
        {connection.isUnverified ? <Text color="yellow">{`${status.warning} unverified  `}</Text> : null}
        <ConnectionWords />
      </Box>
    </Box>
  );
}

function ConnectionWords() {
  const phase = useDerived(connectionWords);
  const { status } = useGlyphs();
  switch (phase.kind) {
    case 'connecting':
      return <Text>{`${status.waiting} connecting `}</Text>;
    case 'live':
      return <Text color="green">{`${status.well} live `}</Text>;
    case 'lost':
      return (
        <Text color="red" bold>
          {`${status.failing} no connection for ${phase.age} `}
        </Text>
      );
  }
}

type ConnectionState =
  | { readonly kind: 'connecting' | 'live' }
  | { readonly kind: 'lost'; readonly age: string };

function connectionWords({ cluster, now }: AppState): ConnectionState {
  const phase = connectionPhase(cluster);
  return phase.kind === 'lost' ? { kind: 'lost', age: ageText(now - phase.sinceMs) } : { kind: phase.kind };
}
