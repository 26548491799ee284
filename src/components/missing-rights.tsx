import { Box } from 'ink';
import stringWidth from 'string-width';
import type { Metadata } from '../kube/metadata.ts';
import type { Collected } from '../session/state.ts';
import { Text } from './text.tsx';
import { statusColour } from './theme.ts';
import { useGlyphs } from './use-app-state.tsx';

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
  return sentences.reduce((sum, sentence) => sum + wrappedLines(sentence, columns - MARK_COLUMNS), 0);
}

function wrappedLines(text: string, columns: number): number {
  let lines = 1;
  let used = 0;
  for (const word of text.split(' ')) {
    const width = stringWidth(word);
    if (used > 0 && used + 1 + width > columns) {
      lines += 1;
      used = width;
    } else used += (used > 0 ? 1 : 0) + width;
  }
  return lines;
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
