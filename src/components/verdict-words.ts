import stringWidth from 'string-width';
import { milliseconds } from '../session/milliseconds.ts';
import type { Sampling } from '../session/state.ts';
import { verdictSentence } from '../session/verdict-sentence.ts';
import type { KeyToTraffic } from '../traffic/key-to-traffic.ts';
import { isTimed, type ShiftRecord } from '../traffic/shift-record.ts';
import type { ObservedTraffic } from '../traffic/traffic-observer.ts';
import type { Verdict } from '../traffic/verdict.ts';
import type { Status } from './theme.ts';

export type VerdictWords = { readonly status: Status; readonly text: string };

/** How many samples of the window failed, without those that failed before the weights changed: no verdict is about them. */
export function failedBeside({ failures, shift }: Pick<ObservedTraffic, 'failures' | 'shift'>): number {
  const inWindow = failures.reduce((sum, { count }) => sum + count, 0);
  return Math.min(inWindow, shift?.failed ?? inWindow);
}

/**
 * The verdict as a sentence with its numbers. It is on those samples that an application answered, so failures beside it are
 * named with it.
 *
 * @param failed samples that failed: see `failedBeside`.
 */
export function verdictWords(verdict: Verdict, nowMs: number, failed: number): VerdictWords {
  const { status, text } = bareWords(verdict, nowMs);
  if (failed === 0) return { status, text };
  if (verdict.kind === 'unattributed' && failed >= verdict.unattributed)
    return { status: 'failing', text: `every sample fails: ${failed} so far` };
  return { status: status === 'well' ? 'warning' : status, text: `${text}; ${failed} failed` };
}

const STATUS: Readonly<Record<Verdict['kind'], Status>> = {
  'no-samples': 'waiting',
  settling: 'waiting',
  'cannot-be-timed': 'waiting',
  unattributed: 'warning',
  agrees: 'well',
  'does-not-agree': 'failing',
  'needs-more': 'waiting',
};

function bareWords(verdict: Verdict, nowMs: number): VerdictWords {
  const text = verdictSentence(verdict);
  const isWaiting = verdict.kind === 'settling' || verdict.kind === 'cannot-be-timed';
  return {
    status: STATUS[verdict.kind],
    text: isWaiting ? text + remaining(verdict.untilMs, nowMs) : text,
  };
}

function remaining(untilMs: number, nowMs: number): string {
  const seconds = Math.ceil((untilMs - nowMs) / 1000);
  return seconds > 0 ? `, ${seconds} s at most` : '';
}

/** Through how many of the gateway's pods samples go, where it is known not to be all; empty otherwise. */
export function gatewayPodsWords(sampling: Sampling): string {
  if (sampling.kind !== 'sampling' || sampling.gatewayPods === 'unknown') return '';
  const { reached, ready } = sampling.gatewayPods;
  return reached < ready ? `, through ${reached} of ${ready} gateway pods` : '';
}

/** What became of the last shift, in as much detail as `columns` leave room for; empty where none was made. */
export function shiftWords(observed: ObservedTraffic | undefined, columns: number): string {
  const record = observed?.shift;
  if (!record) return '';
  const bound =
    record.failureBound === undefined
      ? ''
      : ` (below ${Number((record.failureBound * 100).toPrecision(2))} %)`;
  const bare = record.samples > 0 ? `${record.failed} of ${record.samples} failed` : '';
  const failed = `${bare}${bound}`;
  const seen = seenWords(record);
  const times = seen === '' ? '' : seen + sessionWords(observed.keyToTraffic);
  const ways = [
    ['last shift:', times, failed],
    ['last shift:', seen, failed],
    ['last shift:', seen, bare],
    ['last:', seen, bare],
    ['last:', seen, ''],
  ].map(([begin = '', ...parts]) => {
    const said = parts.filter(words => words !== '').join(', ');
    return said === '' ? '' : `${begin} ${said}`;
  });
  return ways.find(words => stringWidth(words) <= columns) ?? '';
}

function seenWords(record: ShiftRecord): string {
  const { keyToTrafficMs, outcome } = record;
  if (isTimed(record)) return `key to traffic ${milliseconds(keyToTrafficMs ?? 0)}`;
  if (keyToTrafficMs !== undefined) return 'traffic followed, too small a change to time';
  return outcome.kind === 'settled' ? `traffic after ${milliseconds(outcome.afterMs)}` : '';
}

/** The session's quantiles, once there is more than one shift. */
function sessionWords(times: KeyToTraffic | undefined): string {
  if (times === undefined || times.shifts < 2) return '';
  return ` (p50 ${milliseconds(times.p50Ms)}, p95 ${milliseconds(times.p95Ms)} of ${times.shifts})`;
}
