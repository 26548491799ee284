import { weightsText } from '../kube/split.ts';
import { chartSeries } from '../traffic/chart-series.ts';
import type { TrafficChart } from '../traffic/observed-traffic.ts';
import { AXIS_COLUMNS, type ChartRun, drawChart, drawFailures, drawMarks } from './chart.ts';
import { failureLines } from './failure-lines.ts';
import type { Colour } from './palette.ts';
import { Text } from './text.tsx';
import { versionColour } from './theme.ts';
import { useAppState, useGlyphs } from './use-app-state.tsx';

/** Below so many rows of its own a chart shows no shape. */
const MIN_CHART_ROWS = 3;

type ChartProps = {
  readonly chart: TrafficChart;
  readonly label: string;
  readonly columns: number;
  readonly rows: number;
};

/**
 * The observed share of a version over the applied one. Below it where the weights changed, what fails most, and how often in
 * each column, as far as there is room.
 */
export function ResponseChart({ chart, label, columns, rows }: ChartProps) {
  const windowMs = useAppState(state => state.traffic.chart.scaleMs);
  const selected = useAppState(state => state.weights.selected);
  const applied = useAppState(state => state.traffic.observed?.versions[selected]?.applied);
  const glyphs = useGlyphs();
  const plotColumns = columns - AXIS_COLUMNS - 1;
  const { series, failures, toMs } = chart;
  const {
    shares,
    applied: appliedShares,
    failures: failed,
    marks,
  } = chartSeries({
    series,
    marks: chart.marks,
    label,
    applied,
    columns: plotColumns,
    nowMs: toMs,
    windowMs,
  });
  const words = failureLines(failures, rows);
  const footRows = Math.max(0, Math.min(words.length > 0 ? 2 + words.length : 1, rows - MIN_CHART_ROWS));
  const hasCounts = words.length > 0 && footRows > 2;
  const named = marks.map(({ column, mark }) => ({
    column,
    text: weightsText(series.labels.map(name => mark.to[name])),
  }));
  const colours = { axis: undefined, observed: versionColour(selected), applied: undefined } as const;
  return (
    <>
      {drawChart(shares, appliedShares, rows - footRows, glyphs).map((runs, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the chart has no other identity than its place
        <ChartRow key={row} runs={runs} colours={colours} />
      ))}
      {hasCounts ? (
        <Text wrap="truncate-end" bold>
          {drawFailures(failed)}
        </Text>
      ) : null}
      {footRows > 0 ? (
        <Text dimColor wrap="truncate-end">
          {' '.repeat(AXIS_COLUMNS) + drawMarks(named, plotColumns, glyphs.mark)}
        </Text>
      ) : null}
      {words.slice(0, Math.max(0, footRows - (hasCounts ? 2 : 1))).map(line => (
        <Text key={line} wrap="truncate-end">
          {line.startsWith(' ') ? '  ' : <Text color="yellow">{` ${glyphs.status.warning}`}</Text>}
          {` ${line.trimStart()}`}
        </Text>
      ))}
    </>
  );
}

type RowProps = {
  readonly runs: readonly ChartRun[];
  readonly colours: Readonly<Record<ChartRun['of'], Colour | undefined>>;
};

function ChartRow({ runs, colours }: RowProps) {
  return (
    <Text wrap="truncate-end">
      {runs.map(({ of, text }, index) => {
        const colour = colours[of];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a run has no other identity than its place
          <Text key={index} painted="shape" {...(colour ? { color: colour } : { dimColor: true })}>
            {text}
          </Text>
        );
      })}
    </Text>
  );
}
