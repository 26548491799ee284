import { weightsText } from '../kube/split.ts';
import { CHART_WINDOW_MS } from '../session/chart-window.ts';
import { chartSeries } from '../traffic/chart-series.ts';
import type { ObservedTraffic } from '../traffic/traffic-observer.ts';
import { AXIS_COLUMNS, drawMarks, drawShares } from './chart.ts';
import { Pane } from './pane.tsx';
import { rateWords } from './rate-words.ts';
import { Text } from './text.tsx';
import { versionColour } from './theme.ts';
import { useAppState, useGlyphs } from './use-app-state.tsx';
import { milliseconds } from './verdict-words.ts';

/** The live chart of what the selected version answers, with marks where weights changed. */
export function ResponsesPane({ columns, rows }: { readonly columns: number; readonly rows: number }) {
  const traffic = useAppState(state => state.traffic);
  const selected = useAppState(state => state.weights.selected);
  const label = useAppState(state => state.weights.applied?.route.destinations[selected]?.label ?? '');
  const { observed, sampling } = traffic;
  const what =
    label === '' ? 'Responses' : `Responses: share of ${label}, last ${CHART_WINDOW_MS / 60_000} min`;
  const aside = observed && sampling.kind === 'sampling' ? numbers(observed, rateWords(traffic)) : '';
  const frame = { id: 'responses', columns, rows, title: what, aside, isStale: false } as const;
  const inner = { columns: columns - 2, rows: rows - 2 };
  return (
    <Pane frame={frame}>
      {observed && sampling.kind === 'sampling' ? (
        <Chart observed={observed} label={label} columns={inner.columns} rows={inner.rows} />
      ) : (
        <SamplingWords />
      )}
    </Pane>
  );
}

function numbers({ latency, series }: ObservedTraffic, rate: string): string {
  const failed = series.failed.reduce((sum, count) => sum + count, 0);
  const quantiles = latency ? `p50 ${milliseconds(latency.p50Ms)}  p99 ${milliseconds(latency.p99Ms)}` : '';
  return [rate, `${failed} failed`, quantiles].filter(words => words !== '').join('  ');
}

const MIN_CHART_ROWS = 2;

type ChartProps = {
  readonly observed: ObservedTraffic;
  readonly label: string;
  readonly columns: number;
  readonly rows: number;
};

function Chart({ observed, label, columns, rows }: ChartProps) {
  const nowMs = useAppState(state => state.traffic.observedAtMs);
  const index = useAppState(state => state.weights.selected);
  const glyphs = useGlyphs();
  const plotColumns = columns - AXIS_COLUMNS - 1;
  const failure = observed.failures[0];
  const footRows = Math.max(0, Math.min(failure ? 2 : 1, rows - MIN_CHART_ROWS));
  const { shares, marks } = chartSeries({
    series: observed.series,
    marks: observed.marks,
    label,
    columns: plotColumns,
    nowMs,
    windowMs: CHART_WINDOW_MS,
  });
  const labels = observed.series.labels;
  const lines = drawShares(shares, rows - footRows, glyphs.chart);
  const named = marks.map(({ column, mark }) => ({
    column,
    text: weightsText(labels.map(name => mark.weights[name])),
  }));
  const footer = drawMarks(named, plotColumns, glyphs.mark);
  return (
    <>
      {lines.map((line, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the chart has no other identity than its place
        <Text key={row} wrap="truncate-end">
          <Text dimColor>{line.slice(0, AXIS_COLUMNS)}</Text>
          <Text color={versionColour(index)}>{line.slice(AXIS_COLUMNS)}</Text>
        </Text>
      ))}
      {footRows > 0 ? (
        <Text dimColor wrap="truncate-end">
          {' '.repeat(AXIS_COLUMNS) + footer}
        </Text>
      ) : null}
      {failure && footRows > 1 ? (
        <Text wrap="truncate-end" color="yellow">
          {` ${glyphs.status.warning} ${failure.count} × ${failure.label}: ${failure.check}`}
        </Text>
      ) : null}
    </>
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
          <Text dimColor>{`Press 4, then = to name the ${sampling.asks}.`}</Text>
        </Text>
      );
    case 'sampling':
      return <Text dimColor>{` ${sampling.identification}…`}</Text>;
  }
}
