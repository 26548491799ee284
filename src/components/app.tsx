import { Box } from 'ink';
import type { AppState } from '../session/state.ts';
import type { Overlay } from '../session/ui-state.ts';
import { Header } from './header.tsx';
import { HealthPane } from './health-pane.tsx';
import { KeyLine } from './key-line.tsx';
import { Keyboard } from './keyboard.tsx';
import { type LaidOut, layOut, type Part } from './layout.ts';
import { OverlayBox } from './overlay.tsx';
import { ResponsesPane } from './responses-pane.tsx';
import { useRouteNotes } from './route-notes.tsx';
import { StatusLine } from './status-line.tsx';
import { Text } from './text.tsx';
import { TutorialPane } from './tutorial-pane.tsx';
import { useDerived } from './use-app-state.tsx';
import { VersionsPane } from './versions-pane.tsx';
import { WeightsPane } from './weights-pane.tsx';

/** Borders, and a row for what explains the row above it. */
const TOP_FRAME_ROWS = 4;

/** The whole screen, exactly as large as the terminal. */
export function App() {
  const notes = useRouteNotes().length;
  const screen = useDerived(state => laidOut(state));
  const { columns, rows } = screen;
  const layout = layOut({ ...screen, notes });
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      <Keyboard />
      {layout.kind === 'too-small' ? <Text wrap="wrap">{layout.sentence}</Text> : null}
      {layout.kind === 'parts'
        ? layout.parts.map(part => (
            <Box
              key={part.name}
              flexDirection="column"
              position="absolute"
              left={part.left}
              top={part.top}
              width={part.columns}
              height={part.rows}
            >
              <PartOfScreen part={part} />
            </Box>
          ))
        : null}
    </Box>
  );
}

/** What the layout goes by, but for the notes on the route. */
function laidOut({ ui, cluster, weights, tutorial }: AppState): Omit<LaidOut, 'notes'> {
  const destinations = weights.applied?.route.destinations.length ?? 0;
  return {
    columns: ui.columns,
    rows: ui.rows,
    focus: ui.focus,
    isZoomed: ui.isZoomed,
    tutorial: tutorialKind(tutorial.isOpen, weights.applied !== undefined),
    open: openKind(ui.overlay),
    destinations,
    healthRows: cluster.nodes.items.length + cluster.istioPods.items.length + TOP_FRAME_ROWS,
    versionsRows: destinations + TOP_FRAME_ROWS + 1,
  };
}

function tutorialKind(isOpen: boolean, hasRoute: boolean): LaidOut['tutorial'] {
  if (!isOpen) return 'closed';
  return hasRoute ? 'open' : 'reading';
}

function openKind({ kind }: Overlay): LaidOut['open'] {
  switch (kind) {
    case 'none':
      return 'nothing';
    case 'prompt':
      return 'prompt';
    case 'confirm':
      return 'question';
    default:
      return 'page';
  }
}

function PartOfScreen({ part: { name, columns, rows } }: { readonly part: Part }) {
  switch (name) {
    case 'header':
      return <Header />;
    case 'health':
      return <HealthPane columns={columns} rows={rows} />;
    case 'versions':
      return <VersionsPane columns={columns} rows={rows} />;
    case 'weights':
      return <WeightsPane columns={columns} rows={rows} />;
    case 'responses':
      return <ResponsesPane columns={columns} rows={rows} />;
    case 'tutorial':
      return <TutorialPane columns={columns} rows={rows} />;
    case 'overlay':
      return <OverlayBox columns={columns} rows={rows} />;
    case 'status':
      return <StatusLine />;
    case 'keys':
      return <KeyLine />;
  }
}
