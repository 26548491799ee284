import { plainText } from '../plain-text.ts';
import type { ShiftRecord } from '../traffic/shift-record.ts';
import { version } from '../version.ts';
import { milliseconds } from './milliseconds.ts';
import type { RecordedShift, ShiftPlace } from './recorded-shifts.ts';
import {
  boundPercent,
  failureWords,
  HIDDEN_FAILURES,
  shiftTimes,
  shiftVerdict,
  type Wording,
  weightsChange,
} from './shift-words.ts';

/** Names are code: nothing in them is markup, a mention of somebody or a link then. */
const wording: Wording = { name: codeSpan, arrow: '→', time: utc };

const HEADINGS = [
  '| # | time | by | weights | accepted | traffic | settled | failed | verdict |',
  '|--:|---|---|---|--:|--:|--:|--:|---|',
];

/**
 * The records to paste into a pull request, the oldest first: a table for each route, and below it what failed. Every text of a
 * cluster is a code span.
 *
 * @param newestFirst as `recordedShifts` has them.
 */
export function shiftsAsMarkdown(newestFirst: readonly RecordedShift[], writtenAtMs: number): string {
  const shifts = newestFirst.toReversed();
  const introduction =
    shifts.length === 0
      ? 'No weights were shifted.'
      : `Times are UTC; durations count from when a shift was asked for, or a change by others noticed. Bounds hold with 95 % confidence; ${HIDDEN_FAILURES}.`;
  const sections = byPlace(shifts).flatMap(section => ['', ...placeLines(section)]);
  const lines = [
    '## Traffic shifts',
    '',
    introduction,
    ...sections,
    '',
    `Written by weighbridge ${version} at ${utc(writtenAtMs)} UTC.`,
  ];
  return lines.map(line => `${line}\n`).join('');
}

/** The shifts of each place together, the places in the order in which they came. */
function byPlace(shifts: readonly RecordedShift[]): readonly (readonly RecordedShift[])[] {
  const groups = new Map<string, RecordedShift[]>();
  for (const shift of shifts) {
    const key = JSON.stringify(shift.place);
    const group = groups.get(key);
    if (group) group.push(shift);
    else groups.set(key, [shift]);
  }
  return [...groups.values()];
}

function placeLines(shifts: readonly RecordedShift[]): readonly string[] {
  const [first] = shifts;
  if (!first) return [];
  const failures = shifts.flatMap(({ number, record }) =>
    record.failures.map(failure => `- shift ${number}: ${failureWords(failure, wording)}`),
  );
  return [
    `### ${placeWords(first.place)}`,
    '',
    ...HEADINGS,
    ...shifts.map(shiftLine),
    ...(failures.length === 0 ? [] : ['', 'Failures:', '', ...failures]),
  ];
}

function placeWords({ context, isDemo, namespace, virtualService, route }: ShiftPlace): string {
  const where = isDemo ? 'the demo cluster' : codeSpan(context);
  return `VirtualService ${codeSpan(`${namespace}/${virtualService}`)}, ${codeSpan(route)}, on ${where}`;
}

function shiftLine({ number, record }: RecordedShift): string {
  const { keyAtMs, acceptedAtMs } = record;
  const { acceptedMs, trafficMs, settledMs } = shiftTimes(record);
  const cells = [
    String(number),
    utc(keyAtMs ?? acceptedAtMs),
    keyAtMs === undefined ? codeSpan(record.by) : 'you',
    weightsChange(record, wording),
    duration(acceptedMs),
    duration(trafficMs),
    duration(settledMs),
    failed(record),
    shiftVerdict(record, codeSpan),
  ];
  // A bar ends a cell even inside a code span, unless it is escaped.
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function duration(ms: number | undefined): string {
  return ms === undefined ? '–' : milliseconds(ms);
}

function failed({ samples, failed, failureBound }: ShiftRecord): string {
  const bound = failureBound === undefined ? '' : ` (below ${boundPercent(failureBound)} %)`;
  return samples === 0 ? '–' : `${failed} of ${samples}${bound}`;
}

/** `2026-11-23 06:00:00`, in UTC. */
function utc(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** The text as a code span whose fence is longer than any run of backticks in it. */
export function codeSpan(ofCluster: string): string {
  const text = plainText(ofCluster, 120);
  if (text === '') return '(none)';
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map(({ length }) => length)) + 1);
  const room = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${room}${text}${room}${fence}`;
}
