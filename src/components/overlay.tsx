import { Box } from 'ink';
import type { Overlay } from '../session/ui-state.ts';
import { Buttons } from './buttons.tsx';
import { DetailsBox } from './details-box.tsx';
import { FindingBox } from './finding-box.tsx';
import { HelpBox } from './help-box.tsx';
import { ListBox } from './list-overlay.tsx';
import { borderPaint } from './pane.tsx';
import { PlanBox } from './plan-box.tsx';
import { PromptBox } from './prompt-box.tsx';
import { ShiftBox } from './shift-box.tsx';
import { Text } from './text.tsx';
import { useAppState, useGlyphs, useLook } from './use-app-state.tsx';
import { WaysList } from './ways-list.tsx';

/** What lies over the panes: help, a question, a list to choose from, or a prompt. */
export function OverlayBox({ columns, rows }: { readonly columns: number; readonly rows: number }) {
  const overlay = useAppState(state => state.ui.overlay);
  const { borderStyle } = useGlyphs();
  const look = useLook();
  return (
    <Box
      width={columns}
      height={rows}
      borderStyle={borderStyle}
      {...borderPaint(look, true)}
      flexDirection="column"
      paddingX={1}
      overflow="hidden"
    >
      <OverlayContent overlay={overlay} columns={columns} rows={rows - 2} />
    </Box>
  );
}

type OverlayContentProps = { readonly overlay: Overlay; readonly columns: number; readonly rows: number };

function OverlayContent({ overlay, columns, rows }: OverlayContentProps) {
  switch (overlay.kind) {
    case 'help':
      return <HelpBox help={overlay} rows={rows} />;
    case 'ways':
      return <WaysList index={overlay.index} rows={rows} />;
    case 'finding':
      return <FindingBox id={overlay.id} />;
    case 'shift':
      return <ShiftBox number={overlay.number} index={overlay.index} />;
    case 'details':
      return <DetailsBox subject={overlay.subject} index={overlay.index} columns={columns - 4} rows={rows} />;
    case 'list':
      return <ListBox list={overlay} columns={columns - 4} />;
    case 'confirm':
      return <Confirmation question={overlay} />;
    case 'plan':
      return <PlanBox overlay={overlay} columns={columns - 4} rows={rows} />;
    case 'prompt':
      return <PromptBox prompt={overlay} />;
    case 'none':
      return null;
  }
}

function Confirmation({ question }: { readonly question: Extract<Overlay, { kind: 'confirm' }> }) {
  return (
    <>
      <Text bold>{question.question}</Text>
      <Box flexShrink={1} overflow="hidden">
        <Text wrap="wrap">{question.detail}</Text>
      </Box>
      <Buttons focus={question.focus} accept={question.accept} />
    </>
  );
}
