import { splitWords } from '../kube/split.ts';
import { HIDDEN_FAILURES } from '../session/shift-words.ts';
import type { AppState } from '../session/state.ts';
import { findingWords, healthCells, versionCells } from '../session/status-cells.ts';
import type { StatusFacts } from '../session/status-facts.ts';
import type { ObservedShare, TakenSamples } from '../session/take-samples.ts';
import { answerHead } from './answer-document.ts';
import type { CanaryStatus } from './canary-note.ts';
import { placeOf, placeText } from './route-place.ts';

/** All that `weighbridge status` has to say. */
export type StatusAnswer = {
  readonly state: AppState;
  readonly facts: StatusFacts;
  readonly canaries: CanaryStatus;
  /** Undefined where none were asked for. */
  readonly samples: TakenSamples | undefined;
  readonly exitCode: number;
};

/** The answer as lines for people. */
export function statusAsText({ state, facts, canaries, samples }: StatusAnswer): string {
  const { applied } = state.weights;
  if (!applied) return '';
  const { versions, health, owners, readOnlyBecause } = facts;
  const lines = [
    placeText(state, applied),
    `applied: ${splitWords(applied.route, applied.weights)}`,
    ...(samples ? samplesAsText(samples) : []),
    ...canaries.lines,
    ...[...versions.map(versionCells), ...health.map(healthCells)].map(cells => `  ${cells.join('  ')}`),
    ...owners.map(owner => `owner: ${owner}`),
    ...(readOnlyBecause === undefined ? [] : [readOnlyBecause]),
    ...findingsAsText(facts),
  ];
  return lines.map(line => `${line}\n`).join('');
}

/** What is only worth knowing is counted: the doctor lists it with what to do. */
function findingsAsText({ findings }: StatusFacts): readonly string[] {
  if (findings === undefined) return ['findings: not known in time; ask again, or run weighbridge doctor'];
  const grave = findings.filter(({ severity }) => severity !== 'info').map(findingWords);
  const besides = findings.length - grave.length;
  if (besides === 0) return grave;
  const notes = besides === 1 ? '1 finding' : `${besides} findings`;
  return [...grave, `info: ${notes} worth knowing; weighbridge doctor or -o json shows them`];
}

function samplesAsText(samples: TakenSamples): readonly string[] {
  const { taken, failed, failures, unknown, verdict, intervals, classified, shares } = samples;
  if (taken === 0) return ['observed: nothing'];
  const observed = shares.map(shareWords).join(', ');
  const kinds = failures.map(({ label, count }) => `${label} ${count}`).join(', ');
  return [
    `observed: ${observed}; of ${classified} samples, with 95 % intervals (${intervals})`,
    `verdict: ${verdict?.sentence ?? 'no samples yet'}`,
    `failed: ${failed} of ${taken}${kinds === '' ? '' : `: ${kinds}`}; ${unknown} showed no version; ${HIDDEN_FAILURES}`,
  ];
}

function shareWords({ version, share, low, high }: ObservedShare): string {
  const percent = (value: number) => (value * 100).toFixed(1);
  return share === undefined
    ? `${version} nothing`
    : `${version} ${percent(share)} % (${percent(low)} to ${percent(high)})`;
}

/** The answer for programs, as `schemas/status.json` describes it. */
export function statusAsDocument({ state, facts, canaries, samples, exitCode }: StatusAnswer) {
  const { versions, health, owners, readOnlyBecause, findings } = facts;
  return {
    ...answerHead('status', exitCode, samples?.problem),
    place: placeOf(state),
    versions: versions.map(row => ({ ...row, observed: observedOf(row.version, samples) })),
    samples: samples ? samplesAsDocument(samples) : null,
    health,
    owners,
    readOnlyBecause: readOnlyBecause ?? null,
    findings: findings ?? null,
    canaries: canaries.json,
  };
}

function observedOf(version: string, samples: TakenSamples | undefined) {
  const observed = samples?.shares.find(share => share.version === version);
  if (observed?.share === undefined) return null;
  const { share, low, high, samples: count } = observed;
  return { share, low, high, samples: count };
}

function samplesAsDocument({ shares, problem, verdict, ...counted }: TakenSamples) {
  return { ...counted, verdict: verdict ?? null };
}
