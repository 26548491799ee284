import stringWidth from 'string-width';
import type { ChartState } from '../session/chart.ts';
import { milliseconds } from '../session/milliseconds.ts';
import { timeOfDay } from '../session/time-of-day.ts';
import type { TrafficChart } from '../traffic/observed-traffic.ts';
import { cutMiddle } from './cut-middle.ts';

/** The two ends of the top border of the Responses pane. */
export type ResponsesTitle = { readonly title: string; readonly aside: string };

export type ResponsesFacts = {
  /** The version whose share is drawn; empty while there is none. */
  readonly label: string;
  readonly chart: ChartState;
  /** Absent while nothing is sampled. */
  readonly shown: Pick<TrafficChart, 'latency' | 'failures'> | undefined;
  readonly rate: string;
  /** The same in fewer words. */
  readonly briefRate: string;
};

const SHORT_LABEL = 12;

/**
 * Which share is drawn, and the numbers beside the chart, in as many words as there are columns for. p50 and p99 are the last
 * to go: other numbers are said elsewhere as well.
 *
 * @param columns for both ends together, and at least two cells between them.
 */
export function responsesTitle(facts: ResponsesFacts, columns: number): ResponsesTitle {
  const { label, chart, shown, rate, briefRate } = facts;
  if (label === '') return { title: 'Responses', aside: '' };
  const long = `Responses: share of ${label}, ${stretchWords(chart, 'last ')}`;
  const short = `Responses: ${cutMiddle(label, SHORT_LABEL)}, ${stretchWords(chart, '')}`;
  if (!shown) return fits(long, '', columns) ? { title: long, aside: '' } : { title: short, aside: '' };
  const failed = `${shown.failures.reduce((sum, { count }) => sum + count, 0)} failed`;
  const { usual, more } = latencies(shown.latency);
  const choices: readonly (readonly [title: string, numbers: readonly string[]])[] = [
    [long, [rate, failed, ...more]],
    [long, [rate, failed, ...usual]],
    [short, [rate, failed, ...usual]],
    [short, [briefRate, failed, ...usual]],
    [short, [failed, ...usual]],
    [short, usual],
    [short, [failed]],
  ];
  for (const [title, numbers] of choices) {
    const aside = numbers.join('  ');
    if (fits(title, aside, columns)) return { title, aside };
  }
  return { title: short, aside: '' };
}

function fits(title: string, aside: string, columns: number): boolean {
  return stringWidth(title) + stringWidth(aside) + 2 <= columns;
}

function latencies(latency: TrafficChart['latency']): {
  readonly usual: readonly string[];
  readonly more: readonly string[];
} {
  if (!latency) return { usual: [], more: [] };
  const [p50, p90, p99, max] = [latency.p50Ms, latency.p90Ms, latency.p99Ms, latency.maxMs].map(milliseconds);
  return {
    usual: [`p50 ${p50}`, `p99 ${p99}`],
    more: [`p50 ${p50}`, `p90 ${p90}`, `p99 ${p99}`, `max ${max}`],
  };
}

/** `last 2 min`, or `2 min to 06:00:12, frozen`. */
function stretchWords({ scaleMs, frozenAtMs }: ChartState, beforeLive: string): string {
  if (frozenAtMs === undefined) return `${beforeLive}${scaleWords(scaleMs)}`;
  return `${scaleWords(scaleMs)} to ${timeOfDay(frozenAtMs)}, frozen`;
}

/** `30 s`, `2 min`, `1 h`. */
function scaleWords(scaleMs: number): string {
  if (scaleMs < 60_000) return `${scaleMs / 1000} s`;
  return scaleMs < 3_600_000 ? `${scaleMs / 60_000} min` : `${scaleMs / 3_600_000} h`;
}
