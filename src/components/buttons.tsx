import { Box } from 'ink';
import { Text } from './text.tsx';

type ButtonsProps = { readonly focus: 'cancel' | 'accept'; readonly accept: string };

/** The two answers to a question, the focused one in brackets. */
export function Buttons({ focus, accept }: ButtonsProps) {
  return (
    <Box gap={3} marginTop={1} flexShrink={0}>
      <Text inverse={focus === 'cancel'}>{focus === 'cancel' ? '[ Cancel ]' : '  Cancel  '}</Text>
      <Text inverse={focus === 'accept'}>{focus === 'accept' ? `[ ${accept} ]` : `  ${accept}  `}</Text>
    </Box>
  );
}
