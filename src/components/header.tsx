import { Box } from 'ink';
import stringWidth from 'string-width';
import { ageText } from '../session/ages.ts';
import { connectionPhase } from '../session/selectors.ts';
import type { AppState } from '../session/state.ts';
import { placePath } from './place-path.ts';
import { Text } from './text.tsx';
import { statusColour } from './theme.ts';
import { useAppState, useDerived, useGlyphs } from './use-app-state.tsx';

/** Name of the program and what stands around the path. */
const AROUND_PATH = 16;
const PROTECTED = ' PROTECTED ';

/** One line: where we are, and whether the API server is heard. */
export function Header() {
  const { context, namespace, isDemo, isProtected, isUnverified } = useAppState(state => state.connection);
  const target = useAppState(state => state.target);
  const route = useAppState(state => state.weights.applied?.route);
  const columns = useAppState(state => state.ui.columns);
  const phase = useDerived(connectionWords);
  const { status } = useGlyphs();
  const routeName = route?.name ? ` (${route.name})` : '';
  const names = {
    context: isDemo ? 'demo cluster' : context,
    namespace,
    virtualService: target.kind === 'chosen' ? target.name + routeName : '',
  };
  const icon = status[PHASE_STATUS[phase.kind]];
  const doubt = isUnverified ? ' unverified  ' : '';
  const doubtIcon = isUnverified ? status.warning : '';
  const taken =
    AROUND_PATH +
    stringWidth(`${doubtIcon}${doubt}${icon} ${phase.words} `) +
    (isProtected ? PROTECTED.length : 0);
  const path = placePath(names, columns - taken);
  return (
    <Box height={1} justifyContent="space-between">
      <Box flexShrink={1}>
        <Text wrap="truncate-middle">
          <Text bold> weighbridge</Text>
          {'  '}
          <Text bold={isDemo || isProtected} inverse={isProtected}>
            {isProtected ? `${PROTECTED}${path} ` : path}
          </Text>
        </Text>
      </Box>
      <Box flexShrink={0} marginLeft={1}>
        <Text>
          <Text color="yellow">{doubtIcon}</Text>
          {doubt}
          <Text color={statusColour[PHASE_STATUS[phase.kind]]}>{icon}</Text>
          <Text bold={phase.kind === 'lost'}>{` ${phase.words} `}</Text>
        </Text>
      </Box>
    </Box>
  );
}

const PHASE_STATUS = { connecting: 'waiting', live: 'well', lost: 'failing' } as const;

type PhaseKind = keyof typeof PHASE_STATUS;

function connectionWords({ cluster, now }: AppState): { readonly kind: PhaseKind; readonly words: string } {
  const phase = connectionPhase(cluster);
  if (phase.kind !== 'lost') return { kind: phase.kind, words: phase.kind };
  return { kind: 'lost', words: `no connection for ${ageText(now - phase.sinceMs)}` };
}
