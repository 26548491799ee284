import { Box } from 'ink';
import type { Metadata } from '../kube/metadata.ts';
import type { Collected } from '../session/state.ts';
import { Text } from './text.tsx';
import { statusColour } from './theme.ts';
import { useGlyphs } from './use-app-state.tsx';
import { wrappedLines } from './wrapped-lines.ts';

/** What to ask for where a collection may not be read, each sentence once. */
export function missingRights(collections: readonly Collected<Metadata>[]): readonly string[] {
  const sentences = collections
    .map(({ freshness }) => freshness)
    .filter(freshness => freshness.kind === 'stale')
    .filter(({ error }) => error.kind === 'forbidden')
    .map(({ error }) => error.nextStep);
  return [...new Set(sentences)];
}

const MARK_COLUMNS = 2;

/** How many lines the sentences take in a pane of so many columns within its border, broken between words. */
export function linesOfRights(sentences: readonly string[], columns: number): number {
  return sentences.reduce((sum, sentence) => sum + wrappedLines(sentence, columns - MARK_COLUMNS).length, 0);
}

/** The sentences in a pane whose other rows live on. */
export function MissingRights({ sentences }: { readonly sentences: readonly string[] }) {
  const { status } = useGlyphs();
  const colour = statusColour.warning;
  return sentences.map(sentence => (
    <Box key={sentence} flexShrink={0}>
      <Box flexShrink={0} width={MARK_COLUMNS}>
        <Text {...(colour ? { color: colour } : {})}>{status.warning}</Text>
      </Box>
      <Text wrap="wrap">{sentence}</Text>
    </Box>
  ));
}
