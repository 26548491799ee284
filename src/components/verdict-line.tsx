import { Box } from 'ink';
import type { Applied } from '../session/state.ts';
import { patchWords } from './patch-words.ts';
import { samplingWords } from './sampling-words.ts';
import { Text } from './text.tsx';
import { statusColour } from './theme.ts';
import { useAppState, useGlyphs } from './use-app-state.tsx';
import { failedBeside, gatewayPodsWords, verdictWords } from './verdict-words.ts';

/** Whether traffic agrees with the applied weights, or why that is not known; at its end what is being patched. */
export function VerdictLine({ applied }: { readonly applied: Applied }) {
  const observed = useAppState(state => state.traffic.observed);
  const sampling = useAppState(state => state.traffic.sampling);
  const observedAtMs = useAppState(state => state.traffic.observedAtMs);
  const requested = useAppState(state => state.weights.requested);
  const patch = useAppState(state => state.weights.patch);
  const underWay = patchWords(patch, requested, applied.weights);
  const { status } = useGlyphs();
  const words =
    observed && sampling.kind === 'sampling'
      ? verdictWords(observed.verdict, observedAtMs, failedBeside(observed))
      : undefined;
  const colour = words && statusColour[words.status];
  return (
    <Box justifyContent="space-between">
      <Box flexShrink={1}>
        {words ? (
          <Text wrap="truncate-end">
            <Text color={colour} bold>{` ${status[words.status]}`}</Text>
            {` ${words.text}${gatewayPodsWords(sampling)}`}
          </Text>
        ) : (
          <Text wrap="truncate-end" dimColor>{` ${status.waiting} ${samplingWords(sampling)}`}</Text>
        )}
      </Box>
      {underWay === '' ? null : (
        <Box flexShrink={0}>
          <Text bold>{`  ${underWay} `}</Text>
        </Box>
      )}
    </Box>
  );
}
