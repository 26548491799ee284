import { Pane, titleColumns } from './pane.tsx';
import { briefRateWords, rateWords } from './rate-words.ts';
import { ResponseChart } from './response-chart.tsx';
import { responsesTitle } from './responses-title.ts';
import { Text } from './text.tsx';
import { useAppState } from './use-app-state.tsx';

/** The live chart of what the selected version answers, with marks where weights changed. */
export function ResponsesPane({ columns, rows }: { readonly columns: number; readonly rows: number }) {
  const traffic = useAppState(state => state.traffic);
  const selected = useAppState(state => state.weights.selected);
  const label = useAppState(state => state.weights.applied?.route.destinations[selected]?.label ?? '');
  const isZoomed = useAppState(state => state.ui.isZoomed);
  const { sampling, chart } = traffic;
  const shown = sampling.kind === 'sampling' ? chart.shown : undefined;
  const facts = { label, chart, shown, rate: rateWords(traffic), briefRate: briefRateWords(traffic) };
  const { title, aside } = responsesTitle(facts, titleColumns(columns, isZoomed));
  const frame = { id: 'responses', columns, rows, title, aside, isStale: false } as const;
  return (
    <Pane frame={frame}>
      {shown ? (
        <ResponseChart chart={shown} label={label} columns={columns - 2} rows={rows - 2} />
      ) : (
        <SamplingWords />
      )}
    </Pane>
  );
}

function SamplingWords() {
  const sampling = useAppState(state => state.traffic.sampling);
  switch (sampling.kind) {
    case 'waiting':
      return <Text dimColor> nothing to sample yet</Text>;
    case 'finding-gateway':
      return <Text dimColor> finding the gateway…</Text>;
    case 'mesh-only':
      return (
        <Text dimColor>
          {' '}
          only inside the mesh: the VirtualService is bound to no gateway, so nothing answers from outside
        </Text>
      );
    case 'not-observed':
      return <Text wrap="wrap" dimColor>{` not observed: ${sampling.reason}`}</Text>;
    case 'needs-answer':
      return (
        <Text wrap="wrap">
          {` ${sampling.reason}. `}
          <Text
            dimColor
          >{`Press 4, then = to name the ${sampling.asks}.${sampling.asks === 'gateway' ? ' g shows every way.' : ''}`}</Text>
        </Text>
      );
    case 'sampling':
      return <Text dimColor>{` ${sampling.identification}…`}</Text>;
  }
}
