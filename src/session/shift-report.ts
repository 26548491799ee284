import { plainText } from '../plain-text.ts';
import { explainFailure } from '../traffic/gateway-failure.ts';
import type { ShiftFailure, ShiftRecord } from '../traffic/shift-record.ts';
import { CONFIDENCE } from '../traffic/statistics.ts';
import type { Verdict } from '../traffic/verdict.ts';
import { sharesOf } from '../traffic/weight-shares.ts';
import { version } from '../version.ts';
import type { RecordedShift } from './recorded-shifts.ts';
import { boundPercent, shiftTimes, shiftVerdict, versionsOf } from './shift-words.ts';

/** Rises when a reader of the old format would be misled. */
const FORMAT_VERSION = 1;

/**
 * The records for programs, the oldest first, as `src/commands/schemas/shifts.json` describes them. Nothing in it tells where
 * the API server is, or who may talk to it; every text is cleaned as for the screen.
 *
 * @param newestFirst as `recordedShifts` has them.
 */
export function shiftsAsDocument(newestFirst: readonly RecordedShift[], writtenAtMs: number) {
  return {
    version: FORMAT_VERSION,
    weighbridge: version,
    writtenAt: instant(writtenAtMs),
    confidencePercent: CONFIDENCE * 100,
    shifts: newestFirst.toReversed().map(shiftAsJson),
  };
}

/** The same as the text of a file. */
export function shiftsAsJson(newestFirst: readonly RecordedShift[], writtenAtMs: number): string {
  return `${JSON.stringify(shiftsAsDocument(newestFirst, writtenAtMs), undefined, 2)}\n`;
}

/** One record for programs, as `$defs/shift` of that schema describes it. */
export function shiftAsJson({ number, place, record }: RecordedShift) {
  const { from, acceptedMs, trafficMs, settledMs } = shiftTimes(record);
  return {
    number,
    context: text(place.context),
    isDemo: place.isDemo,
    namespace: text(place.namespace),
    virtualService: text(place.virtualService),
    route: text(place.route),
    by: text(record.by),
    patches: record.patches,
    askedAt: instant(record.keyAtMs),
    sentAt: instant(record.keyAtMs === undefined ? undefined : record.atMs),
    acceptedAt: instant(record.acceptedAtMs),
    lastAcceptedAt: instant(record.lastAcceptedAtMs),
    endedAt: instant(record.endedAtMs),
    weights: weightsAsJson(record),
    countedFrom: from,
    acceptedAfterMs: rounded(acceptedMs),
    trafficAfterMs: rounded(trafficMs),
    settledAfterMs: rounded(settledMs),
    outcome: record.outcome.kind,
    verdict: { sentence: shiftVerdict(record, text), ...verdictAsJson(record.verdict) },
    samples: record.samples,
    inTransition: record.inTransition,
    unknownVersion: record.unknown,
    failed: record.failed,
    failedBelowPercent: record.failureBound === undefined ? null : boundPercent(record.failureBound),
    failures: record.failures.map(failureAsJson),
    slowestMs: rounded(record.slowestMs),
    longestGapMs: rounded(record.longestGapMs),
  };
}

function weightsAsJson({ from, to, answers }: ShiftRecord) {
  const labels = versionsOf(from, to);
  const applied = sharesOf(to, labels);
  const total = Object.values(answers).reduce((sum, count) => sum + count, 0);
  return labels.map((label, index) => ({
    version: text(label),
    from: from[label] ?? null,
    to: to[label] ?? null,
    appliedPercent: percent(applied[index] ?? 0),
    answers: answers[label] ?? 0,
    observedPercent: total === 0 ? null : percent((answers[label] ?? 0) / total),
  }));
}

/** Every number that a kind of verdict has; null where this kind has none. */
function verdictAsJson(verdict: Verdict) {
  const none = {
    kind: verdict.kind,
    samples: null,
    unattributed: null,
    halfWidthPoints: null,
    because: null,
    version: null,
    appliedPercent: null,
    observedPercent: null,
    answers: null,
    falseAlarmsAtMost: null,
    moreSamples: null,
  };
  switch (verdict.kind) {
    case 'unattributed':
      return { ...none, unattributed: verdict.unattributed };
    case 'agrees':
      return { ...none, ...counts(verdict), halfWidthPoints: percent(verdict.halfWidth) };
    case 'needs-more':
      return { ...none, ...counts(verdict), moreSamples: verdict.about };
    case 'does-not-agree':
      return {
        ...none,
        ...counts(verdict),
        because: verdict.because,
        version: text(verdict.version),
        appliedPercent: percent(verdict.applied),
        observedPercent: percent(verdict.share),
        answers: verdict.count,
        falseAlarmsAtMost: verdict.level,
      };
    default:
      return none;
  }
}

function counts({ samples, unattributed }: { readonly samples: number; readonly unattributed: number }) {
  return { samples, unattributed };
}

function failureAsJson({ kind, version: of, count, firstAtMs, newestAtMs }: ShiftFailure) {
  const { label, flag, meaning } = explainFailure(kind);
  return {
    kind,
    label,
    envoyFlag: flag ?? null,
    meaning,
    version: of === undefined ? null : text(of),
    count,
    firstAt: instant(firstAtMs),
    newestAt: instant(newestAtMs),
  };
}

function text(ofCluster: string): string {
  return plainText(ofCluster, 120);
}

function instant(atMs: number | undefined): string | null {
  return atMs === undefined ? null : new Date(atMs).toISOString();
}

/** A tenth of a millisecond is finer than anything that is measured here. */
function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms * 10) / 10;
}

function percent(share: number): number {
  return Math.round(share * 10_000) / 100;
}
