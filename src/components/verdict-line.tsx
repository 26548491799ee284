import type { Sampling } from '../session/state.ts';
import { Text } from './text.tsx';
import { statusColour } from './theme.ts';
import { useAppState, useGlyphs } from './use-app-state.tsx';
import { failedBeside, gatewayPodsWords, verdictWords } from './verdict-words.ts';

/** Whether traffic agrees with the applied weights, or why that is not known. */
export function VerdictLine() {
  const observed = useAppState(state => state.traffic.observed);
  const sampling = useAppState(state => state.traffic.sampling);
  const observedAtMs = useAppState(state => state.traffic.observedAtMs);
  const isPatching = useAppState(state => state.weights.patch.kind === 'in-flight');
  const { status } = useGlyphs();
  const words =
    observed && sampling.kind === 'sampling'
      ? verdictWords(observed.verdict, observedAtMs, failedBeside(observed))
      : undefined;
  const colour = words && statusColour[words.status];
  return (
    <Text wrap="truncate-end">
      {words ? (
        <Text
          {...(colour ? { color: colour } : {})}
        >{` ${status[words.status]} ${words.text}${gatewayPodsWords(sampling)}`}</Text>
      ) : (
        <Text dimColor>{` ${status.waiting} ${samplingWords(sampling)}`}</Text>
      )}
      {isPatching ? <Text dimColor>{'  patching…'}</Text> : null}
    </Text>
  );
}

function samplingWords(sampling: Sampling): string {
  switch (sampling.kind) {
    case 'mesh-only':
      return 'observed only inside the mesh: no gateway is bound';
    case 'not-observed':
      return `not observed: ${sampling.reason}`;
    case 'needs-answer':
      return `nothing is observed yet: press 4, then = to name the ${sampling.asks}`;
    case 'finding-gateway':
      return 'nothing is observed yet: finding the gateway';
    case 'waiting':
    case 'sampling':
      return 'nothing is observed yet';
  }
}
