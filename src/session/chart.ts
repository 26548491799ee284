import type { TrafficChart } from '../traffic/observed-traffic.ts';
import type { Intent } from './intents.ts';
import { withNotice } from './notices.ts';
import type { AppState } from './state.ts';

/** How much of the past the chart can show: 30 seconds, 2 minutes, 10 minutes, an hour. */
export const CHART_SCALES_MS: readonly number[] = [30_000, 120_000, 600_000, 3_600_000];

/** What the chart shows, as far as the person decides it. Neither clearing nor freezing it touches a verdict or a record. */
export type ChartState = {
  /** One of `CHART_SCALES_MS`. */
  readonly scaleMs: number;
  /** Samples sent before it are not drawn; 0 where all are. */
  readonly clearedAtMs: number;
  /** The end of a chart that stands still; absent while it follows the time. */
  readonly frozenAtMs: number | undefined;
  readonly shown: TrafficChart | undefined;
};

export const INITIAL_CHART: ChartState = {
  scaleMs: 120_000,
  clearedAtMs: 0,
  frozenAtMs: undefined,
  shown: undefined,
};

/** The stretch of time to show now: the newest, or the one that is frozen. */
export function chartSpan(
  { scaleMs, clearedAtMs, frozenAtMs }: ChartState,
  now: number,
): { readonly fromMs: number; readonly toMs: number } {
  const toMs = frozenAtMs ?? now;
  return { fromMs: Math.max(toMs - scaleMs, clearedAtMs), toMs };
}

/** The next scale in a direction, 1 for more of the past; undefined at the end. */
function nextScale({ scaleMs }: ChartState, by: -1 | 1): number | undefined {
  return CHART_SCALES_MS[CHART_SCALES_MS.indexOf(scaleMs) + by];
}

/** Why an intent can do nothing to the chart now; undefined where it can, or is about something else. */
export function chartRefusal(chart: ChartState, intent: Intent): string | undefined {
  switch (intent.kind) {
    case 'scale-chart':
      if (nextScale(chart, intent.by) !== undefined) return undefined;
      return intent.by > 0 ? 'an hour is as far back as samples are kept' : 'this is the shortest time scale';
    case 'freeze-chart':
    case 'clear-chart':
      return chart.shown ? undefined : 'nothing is drawn yet';
    default:
      return undefined;
  }
}

export function scaleChart(state: AppState, by: -1 | 1): AppState {
  const { chart } = state.traffic;
  return withChart(state, { scaleMs: nextScale(chart, by) ?? chart.scaleMs });
}

/** Lets the chart stand still, at what it shows, or follow the time again. Sampling goes on. */
export function freezeChart(state: AppState): AppState {
  const { shown, frozenAtMs } = state.traffic.chart;
  return withChart(state, { frozenAtMs: frozenAtMs === undefined ? shown?.toMs : undefined });
}

/** Begins the chart, its failures and its latencies anew. */
export function clearChart(state: AppState, now: number): AppState {
  const cleared = withChart(state, { clearedAtMs: now, frozenAtMs: undefined });
  return withNotice(cleared, 'info', 'the chart begins anew; verdicts and records keep their samples', now);
}

export function withChart(state: AppState, change: Partial<ChartState>): AppState {
  return {
    ...state,
    traffic: { ...state.traffic, chart: { ...state.traffic.chart, ...change } },
  };
}
