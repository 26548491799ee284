import { plainText } from '../plain-text.ts';
import { capital } from '../sentence.ts';
import { explainFailure } from '../traffic/gateway-failure.ts';
import { isSeenSurely, type ShiftFailure, type ShiftRecord } from '../traffic/shift-record.ts';
import { milliseconds } from './milliseconds.ts';
import { type NameVersion, verdictSentence } from './verdict-sentence.ts';

/** How a place that shows records writes what differs from place to place. */
export type Wording = {
  /** A version of the route, or who changed the weights. */
  readonly name: NameVersion;
  readonly arrow: string;
  readonly time: (atMs: number) => string;
};

/** How a shift of ours begins: with a key on the screen; elsewhere it is not told what asked for it. */
type ShiftStart = 'the key' | 'it was asked for';

/** Times of a shift in milliseconds; undefined where there is none, or it is not known well enough to be named. */
export type ShiftTimes = {
  /** What they count from: ours was asked for, or an outside change noticed. */
  readonly from: 'ask' | 'change';
  readonly acceptedMs: number | undefined;
  /** To the first sample that shows a new split. */
  readonly trafficMs: number | undefined;
  /** To the first sample of the split that the last patch asked for. */
  readonly settledMs: number | undefined;
};

export function shiftTimes(record: ShiftRecord): ShiftTimes {
  const { keyAtMs, acceptedAfterMs, outcome } = record;
  const isSure = isSeenSurely(record);
  const settledMs =
    outcome.kind === 'settled' ? (record.keyToSettledMs ?? settledSinceChange(record)) : undefined;
  return {
    from: keyAtMs === undefined ? 'change' : 'ask',
    acceptedMs: acceptedAfterMs,
    trafficMs: isSure ? Math.max(0, record.keyToTrafficMs ?? record.firstSeenAfterMs ?? 0) : undefined,
    settledMs: isSure ? settledMs : undefined,
  };
}

function settledSinceChange({ acceptedAtMs, lastAcceptedAtMs, outcome }: ShiftRecord): number | undefined {
  return outcome.kind === 'settled' ? lastAcceptedAtMs - acceptedAtMs + outcome.afterMs : undefined;
}

/** `v1 50 → 40, v2 50 → 60`, with a weight of nothing where a version was not, or is no longer, in the route. */
export function weightsChange({ from, to }: ShiftRecord, { name, arrow }: Wording): string {
  return versionsOf(from, to)
    .map(label => `${name(label)} ${from[label] ?? 'none'} ${arrow} ${to[label] ?? 'none'}`)
    .join(', ');
}

/** Every version of the route before and after a shift, in its order. */
export function versionsOf(...weights: readonly Readonly<Record<string, number>>[]): readonly string[] {
  return [...new Set(weights.flatMap(each => Object.keys(each)))];
}

/** A bound as the percentage that it is, to two digits: `0.73`. */
export function boundPercent(bound: number): number {
  return Number((bound * 100).toPrecision(2));
}

export const HIDDEN_FAILURES = 'the gateway retries twice by default and can hide failures';

/** How many samples failed, and what that says: a bound where none did, the longest gap where some did. */
export function failedWords({ samples, failed, failureBound, longestGapMs }: ShiftRecord): string {
  if (samples === 0) return 'no samples were taken';
  const counts = `${failed} of ${samples} failed`;
  if (failureBound !== undefined)
    return `${counts}: below ${boundPercent(failureBound)} % with 95 % confidence`;
  return `${counts}; the longest gap between answers was ${milliseconds(longestGapMs)}`;
}

/** `connection reset: 9 of v1, 06:00:01 to 06:00:09`. */
export function failureWords(
  { kind, version, count, firstAtMs, newestAtMs }: ShiftFailure,
  { name, time }: Wording,
): string {
  const { label, flag } = explainFailure(kind);
  const what = flag === undefined ? label : `${label} (${flag})`;
  const whose = version === undefined ? 'of unknown version' : `of ${name(version)}`;
  const [first, newest] = [time(firstAtMs), time(newestAtMs)];
  return `${what}: ${count} ${whose}, ${first === newest ? `at ${first}` : `${first} to ${newest}`}`;
}

/** What traffic made of the shift so far, with its numbers. */
export function shiftVerdict({ samples, verdict, endedAtMs }: ShiftRecord, name: NameVersion): string {
  if (samples === 0 || verdict.kind === 'no-samples') return 'not observed';
  const isSettling = verdict.kind === 'settling' || verdict.kind === 'cannot-be-timed';
  if (isSettling && endedAtMs !== undefined) return 'not judged: it ended before traffic had settled';
  return verdictSentence(verdict, name);
}

/** The whole record for the screen, a sentence each; what concerns one kind of failure is a line of its own, indented. */
export function shiftSentences(record: ShiftRecord, wording: Wording): readonly string[] {
  const { by, patches, keyAtMs, acceptedAtMs, endedAtMs, failed } = record;
  const { time } = wording;
  const until = endedAtMs === undefined ? 'still in force' : `until ${time(endedAtMs)}`;
  return [
    `${time(keyAtMs ?? acceptedAtMs)} by ${plainText(by, 80)}, ${until}`,
    `Weights: ${weightsChange(record, wording)}${patches > 1 ? `, in ${patches} patches` : ''}.`,
    `${capital(timeWords(record, 'the key'))}.`,
    `${capital(shiftVerdict(record, wording.name))}.`,
    ...answerSentences(record, wording),
    failed === 0 && record.samples > 0
      ? `${failedWords(record)}; ${HIDDEN_FAILURES}.`
      : `${capital(failedWords(record))}.`,
    ...record.failures.flatMap(failure => [
      `  ${failureWords(failure, wording)}.`,
      `    ${explainFailure(failure.kind).meaning}`,
    ]),
    ...sampleSentences(record),
  ];
}

/** When the shift was accepted, seen and settled. */
export function timeWords(record: ShiftRecord, start: ShiftStart): string {
  const { from, acceptedMs, trafficMs, settledMs } = shiftTimes(record);
  const accepted =
    from === 'ask'
      ? `accepted ${milliseconds(acceptedMs ?? 0)} after ${start}`
      : 'changed outside weighbridge';
  const seen = trafficMs === undefined ? [] : [`first seen in traffic after ${milliseconds(trafficMs)}`];
  const settled =
    settledMs === undefined ? outcomeWords(record) : [`settled after ${milliseconds(settledMs)}`];
  return [accepted, ...seen, ...settled].join(', ');
}

function outcomeWords({ outcome, samples, endedAtMs }: ShiftRecord): readonly string[] {
  if (samples === 0) return [];
  switch (outcome.kind) {
    case 'settling':
      return [endedAtMs === undefined ? 'not settled yet' : 'ended before it had settled'];
    case 'cannot-be-timed':
      return ['too small a change to time'];
    case 'not-seen':
      return [`not seen in traffic within ${milliseconds(outcome.withinMs)}`];
    case 'settled':
      return ['traffic followed, when exactly these samples cannot tell'];
  }
}

function answerSentences({ answers, from, to }: ShiftRecord, { name }: Wording): readonly string[] {
  const total = Object.values(answers).reduce((sum, count) => sum + count, 0);
  if (total === 0) return [];
  const shares = versionsOf(to, from, answers).map(label => {
    const count = answers[label] ?? 0;
    return `${name(label)} ${count} (${((count / total) * 100).toFixed(1)} %)`;
  });
  return [`Answers since it settled: ${shares.join(', ')}.`];
}

function sampleSentences({ samples, inTransition, unknown, slowestMs }: ShiftRecord): readonly string[] {
  if (samples === 0) return [];
  const slowest =
    slowestMs === undefined ? 'none was answered' : `the slowest answer took ${milliseconds(slowestMs)}`;
  const transition = inTransition > 0 ? `, ${inTransition} of them in transition, which no verdict uses` : '';
  const unnamed = unknown > 0 ? `; ${unknown} answers show no version` : '';
  return [`${samples} samples${transition}${unnamed}; ${slowest}.`];
}
