import { type RawWeights, sameWeights, splitWords } from '../kube/split.ts';
import { plainText } from '../plain-text.ts';
import { isAppliedKnown } from '../session/applied-known.ts';
import type { Question } from '../session/guards.ts';
import { recordedShifts } from '../session/recorded-shifts.ts';
import type { Failure } from '../session/route-known.ts';
import { shiftFailure } from '../session/shift-outcome-words.ts';
import { shiftAsJson } from '../session/shift-report.ts';
import type { ShiftResult } from '../session/shift-run.ts';
import { failedWords, HIDDEN_FAILURES, shiftVerdict, timeWords } from '../session/shift-words.ts';
import type { Applied, AppState } from '../session/state.ts';
import { summary } from '../session/summary.ts';
import { answerHead, BUG, failureText, type Output, writeDocument } from './answer-document.ts';
import { EXIT, type Io } from './io.ts';
import { placeOf, placeText } from './route-place.ts';

/** What a shift is about to do, before it does it. */
export function planLine(state: AppState, wanted: RawWeights): string {
  const { applied } = state.weights;
  if (!applied) return '';
  const change = applied.route.destinations.map(
    ({ label }, at) => `${label} ${applied.weights[at] ?? 'none'} -> ${wanted[at] ?? 'none'}`,
  );
  const isSame = sameWeights(applied.weights, wanted);
  const what = isSame ? `${splitWords(applied.route, wanted)} is applied already` : change.join(', ');
  return `${placeText(state, applied)}: ${what}`;
}

/** Says what a shift came to: the answer on stdout, what is wrong on stderr. */
export async function answerShift(
  io: Io,
  output: Output,
  state: AppState,
  result: ShiftResult,
  exitCode: number,
): Promise<void> {
  const failure = failureOfShift(result, state, exitCode);
  if (failure) io.stderr.write(failureText(failure));
  if (output === 'text') {
    io.stdout.write(shiftAsText(state, result));
    return;
  }
  const head = answerHead('shift', exitCode, failure);
  await writeDocument(io, output, { ...head, ...shiftAnswer(state, result), dryRun: null });
}

/** A bug stops a shift as a signal does, and is called what it is. */
function failureOfShift(result: ShiftResult, state: AppState, exitCode: number): Failure | undefined {
  const failure = shiftFailure(result, state);
  if (!failure || exitCode !== EXIT.bug) return failure;
  return { headline: BUG.headline, nextStep: `${BUG.nextStep} ${failure.nextStep}`.trim() };
}

function shiftAsText(state: AppState, { end, tally, isNew }: ShiftResult): string {
  const lines = [summary(state).trimEnd()];
  const record = madeShift(state, isNew)?.record;
  if (record && tally) {
    lines.push(
      timeWords(record, 'it was asked for'),
      shiftVerdict(record, label => plainText(label, 63)),
    );
    lines.push(`${failedWords(record)}; ${HIDDEN_FAILURES}`);
  } else if (tally && end.kind === 'verified') {
    lines.push(`traffic agrees; ${tally.failed} of ${tally.samples} failed; ${HIDDEN_FAILURES}`);
  }
  return lines
    .filter(line => line !== '')
    .map(line => `${line}\n`)
    .join('');
}

/** The record of the shift that was asked for: the first of the session; a rollback comes after it. */
function madeShift(state: AppState, isNew: boolean) {
  return isNew ? recordedShifts(state).findLast(({ record }) => record.keyAtMs !== undefined) : undefined;
}

function shiftAnswer(state: AppState, { end, from, wanted, isNew, restored, tally }: ShiftResult) {
  const { applied } = state.weights;
  const shift = madeShift(state, isNew);
  const isKnown = isAppliedKnown(state.weights);
  return {
    place: placeOf(state),
    outcome: end.kind,
    isChanged: isNew,
    isAppliedKnown: isKnown,
    versions: versionsOf(applied, {
      before: from,
      asked: wanted,
      applied: isKnown ? applied?.weights : undefined,
    }),
    restored: restored.kind,
    samples: tally
      ? {
          taken: tally.samples,
          failed: tally.failed,
          failedBelowPercent: Number((tally.failureBound * 100).toPrecision(2)),
          p99Ms: tally.p99Ms === undefined ? null : Math.round(tally.p99Ms * 10) / 10,
        }
      : null,
    shift: shift ? shiftAsJson(shift) : null,
  };
}

type WeightLists = {
  readonly before: RawWeights | undefined;
  readonly asked: RawWeights | undefined;
  readonly applied: RawWeights | undefined;
};

function versionsOf(chosen: Applied | undefined, { before, asked, applied }: WeightLists) {
  return (chosen?.route.destinations ?? []).map(({ label }, at) => ({
    version: label,
    before: before?.[at] ?? null,
    asked: asked?.[at] ?? null,
    applied: applied?.[at] ?? null,
  }));
}

export type DryRun = {
  readonly where: 'client' | 'server';
  readonly wanted: RawWeights;
  /** What the server would store; as wanted where it was not asked. */
  readonly stored: RawWeights;
  /** What would be asked first. */
  readonly questions: readonly Question[];
};

/** Says what a shift would do. */
export async function answerDryRun(
  io: Io,
  output: Output,
  state: AppState,
  { where, wanted, stored, questions }: DryRun,
): Promise<void> {
  const { applied } = state.weights;
  if (!applied) return;
  const asks = questions.map(({ question, detail }) => `${question} ${detail}`);
  if (output === 'text') {
    const differs = sameWeights(stored, wanted)
      ? []
      : [`the API server would store ${splitWords(applied.route, stored)}`];
    const asked = asks.map(question => `asks first, unless --yes is given: ${question}`);
    const lines = [planLine(state, wanted), ...differs, ...asked, `nothing was changed (${where} dry run)`];
    io.stdout.write(lines.map(line => `${line}\n`).join(''));
    return;
  }
  await writeDocument(io, output, {
    ...answerHead('shift', 0, undefined),
    place: placeOf(state),
    outcome: 'dry-run',
    isChanged: false,
    isAppliedKnown: true,
    versions: versionsOf(applied, { before: applied.weights, asked: stored, applied: applied.weights }),
    restored: 'not-asked',
    samples: null,
    shift: null,
    dryRun: { where, questions: asks },
  });
}
