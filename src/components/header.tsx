import { Box, Text } from 'ink';
import { connectionPhase } from '../session/selectors.ts';
import { ageText } from './ages.ts';
import { useAppState, useGlyphs } from './use-app-state.tsx';

/** One line: where we are, and whether the API server is heard. */
export function Header() {
  const connection = useAppState(state => state.connection);
  const target = useAppState(state => state.target);
  const route = useAppState(state => state.weights.applied?.route);
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
        <ConnectionWords />
      </Box>
    </Box>
  );
}

function ConnectionWords() {
  const cluster = useAppState(state => state.cluster);
  const now = useAppState(state => state.now);
  const { status } = useGlyphs();
  const phase = connectionPhase(cluster);
  switch (phase.kind) {
    case 'connecting':
      return <Text>{`${status.waiting} connecting `}</Text>;
    case 'live':
      return <Text color="green">{`${status.well} live `}</Text>;
    case 'lost':
      return (
        <Text color="red" bold>
          {`${status.failing} no connection for ${ageText(now - phase.sinceMs)} `}
        </Text>
      );
  }
}
