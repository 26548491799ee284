import type { ChartState } from '../session/chart.ts';
import { milliseconds } from '../session/milliseconds.ts';
import { timeOfDay } from '../session/time-of-day.ts';
import type { TrafficChart } from '../traffic/observed-traffic.ts';
import { Pane } from './pane.tsx';
import { rateWords } from './rate-words.ts';
import { ResponseChart } from './response-chart.tsx';
import { Text } from './text.tsx';
import { useAppState } from './use-app-state.tsx';

/** The live chart of what the selected version answers, with marks where weights changed. */
export function ResponsesPane({ columns, rows }: { readonly columns: number; readonly rows: number }) {
  const traffic = useAppState(state => state.traffic);
  const selected = useAppState(state => state.weights.selected);
  const label = useAppState(state => state.weights.applied?.route.destinations[selected]?.label ?? '');
  const { sampling, chart } = traffic;
  const title = titleOf(label, chart);
  const shown = sampling.kind === 'sampling' ? chart.shown : undefined;
  const aside = shown ? longestThatFits(numbers(shown, rateWords(traffic)), columns - title.length - 10) : '';
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

function titleOf(label: string, { scaleMs, frozenAtMs }: ChartState): string {
  if (label === '') return 'Responses';
  const stretch = frozenAtMs === undefined ? `last ${scaleWords(scaleMs)}` : `${scaleWords(scaleMs)} to`;
  const until = frozenAtMs === undefined ? '' : ` ${timeOfDay(frozenAtMs)}, frozen`;
  return `Responses: share of ${label}, ${stretch}${until}`;
}

/** `30 s`, `2 min`, `1 h`. */
function scaleWords(scaleMs: number): string {
  if (scaleMs < 60_000) return `${scaleMs / 1000} s`;
  return scaleMs < 3_600_000 ? `${scaleMs / 60_000} min` : `${scaleMs / 3_600_000} h`;
}

/** The numbers beside the chart, in as many words as there may be room for, the most first. */
function numbers({ latency, failures }: TrafficChart, rate: string): readonly string[] {
  const failed = failures.reduce((sum, { count }) => sum + count, 0);
  const first = [rate, `${failed} failed`];
  if (!latency) return [first.join('  ')];
  const [p50, p90, p99, max] = [latency.p50Ms, latency.p90Ms, latency.p99Ms, latency.maxMs].map(milliseconds);
  return [
    [...first, `p50 ${p50}`, `p90 ${p90}`, `p99 ${p99}`, `max ${max}`],
    [...first, `p50 ${p50}`, `p99 ${p99}`],
    [...first, `p99 ${p99}`],
    first,
    [rate],
  ].map(words => words.join('  '));
}

function longestThatFits(alternatives: readonly string[], columns: number): string {
  return alternatives.find(words => words.length <= columns) ?? '';
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
