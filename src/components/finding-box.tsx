import { Box } from 'ink';
import { listedFinding } from '../session/findings-list.ts';
import { Text } from './text.tsx';
import { useDerived } from './use-app-state.tsx';

/** One finding in full: what is so, and what to do about it. */
export function FindingBox({ id }: { readonly id: string }) {
  const row = useDerived(state => listedFinding(state, id) ?? null);
  const [group = '', code = '', sentence = ''] = row?.cells ?? [];
  if (!row) return <Text>This is no longer so. esc goes back to the list.</Text>;
  return (
    <>
      <Text bold wrap="truncate-end">
        {[group, code].filter(text => text !== '').join(', ')}
      </Text>
      <Box flexShrink={0}>
        <Text wrap="wrap">{sentence}</Text>
      </Box>
      <Box marginTop={1} flexShrink={1} overflow="hidden">
        <Text wrap="wrap">{row.detail}</Text>
      </Box>
    </>
  );
}
