import { Box } from 'ink';
import type { Overlay } from '../session/state.ts';
import { Header } from './header.tsx';
import { HealthPane } from './health-pane.tsx';
import { KeyLine } from './key-line.tsx';
import { Keyboard } from './keyboard.tsx';
import { type Layout, layOut } from './layout.ts';
import { OverlayBox } from './overlay.tsx';
import { ResponsesPane } from './responses-pane.tsx';
import { useRouteNotes } from './route-notes.tsx';
import { StatusLine } from './status-line.tsx';
import { Text } from './text.tsx';
import { useAppState } from './use-app-state.tsx';
import { VersionsPane } from './versions-pane.tsx';
import { WeightsPane } from './weights-pane.tsx';

/** A question with two lines of detail, and its buttons. */
const OVERLAY_ROWS = 7;

/** Borders, and a row for what explains the row above it. */
const TOP_FRAME_ROWS = 4;

/** Overlays with more lines than the panes that others lie over. */
const TALL_OVERLAYS: ReadonlySet<Overlay['kind']> = new Set(['help', 'list', 'finding', 'ways', 'shift']);

/** The whole screen, exactly as large as the terminal. */
export function App() {
  const columns = useAppState(state => state.ui.columns);
  const rows = useAppState(state => state.ui.rows);
  const destinations = useAppState(state => state.weights.applied?.route.destinations.length ?? 2);
  const nodes = useAppState(state => state.cluster.nodes.items.length);
  const pods = useAppState(state => state.cluster.istioPods.items.length);
  const notes = useRouteNotes().length;
  const layout = layOut(columns, rows, destinations, notes, nodes + pods + TOP_FRAME_ROWS);
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      <Keyboard />
      {layout.kind === 'too-small' ? <Text wrap="wrap">{layout.sentence}</Text> : <Panes layout={layout} />}
    </Box>
  );
}

function Panes({ layout }: { readonly layout: Extract<Layout, { kind: 'panes' }> }) {
  const isOpen = useAppState(state => state.ui.overlay.kind !== 'none');
  const isTall = useAppState(({ ui: { overlay } }) => TALL_OVERLAYS.has(overlay.kind));
  const { columns, healthColumns, versionsColumns, topRows, weightsRows, responsesRows } = layout;
  const coversWeights = topRows < OVERLAY_ROWS;
  return (
    <>
      <Header />
      {isTall ? (
        <OverlayBox columns={columns} rows={topRows + weightsRows + responsesRows} />
      ) : (
        <>
          {isOpen ? (
            <OverlayBox columns={columns} rows={coversWeights ? topRows + weightsRows : topRows} />
          ) : (
            <Box height={topRows}>
              <HealthPane columns={healthColumns} rows={topRows} />
              <VersionsPane columns={versionsColumns} rows={topRows} />
            </Box>
          )}
          {isOpen && coversWeights ? null : <WeightsPane columns={columns} rows={weightsRows} />}
          <ResponsesPane columns={columns} rows={responsesRows} />
        </>
      )}
      <StatusLine />
      <KeyLine />
    </>
  );
}
