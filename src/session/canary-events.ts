import type { RawWeights } from '../kube/split.ts';
import type { StepTally, TrafficLimits } from '../traffic/limit-watch.ts';
import type { CanaryEnd, CanaryPlan } from './canary-run.ts';
import { backCommand, backReasonWords, type CanarySubject } from './canary-words.ts';
import { brokenLimitWords } from './limit-words.ts';
import type { CanaryResult, CanaryStanding } from './run-canary.ts';

/** Of the format of these lines: see `src/commands/schemas/canary.json`. */
const FORMAT = 1;

type Json = Readonly<Record<string, unknown>>;

/** One line of what a canary writes for programs; `atMs` is when, in epoch milliseconds. */
function event(name: string, atMs: number, members: Json): Json {
  return { version: FORMAT, event: name, at: new Date(atMs).toISOString(), ...members };
}

export function startedEvent(
  subject: CanarySubject,
  plan: CanaryPlan,
  {
    maxFailures = null,
    maxFailureRate = null,
    maxP99Ms = null,
  }: { readonly [Limit in keyof TrafficLimits]: number | null | undefined },
  atMs: number,
): Json {
  const { context, namespace, virtualService, route, version, labels, start } = subject;
  return event('started', atMs, {
    context,
    namespace,
    virtualService,
    route,
    to: version,
    weights: weightsJson(labels, start),
    steps: plan.steps,
    holdSeconds: plan.holdMs / 1000,
    limits: { maxFailures, maxFailureRate, maxP99Ms },
  });
}

/** A phase that begins, with the samples of its step so far. */
export function phaseEvent(standing: CanaryStanding, atMs: number): Json {
  return event('phase', atMs, standingJson(standing));
}

export function progressEvent(standing: CanaryStanding, atMs: number): Json {
  return event('progress', atMs, standingJson(standing));
}

/** A step that has held, with all its samples. */
export function heldEvent(step: number, { run: { plan }, tally }: CanaryStanding, atMs: number): Json {
  return event('held', atMs, { ...stepJson(step, plan), samples: tallyJson(tally) });
}

function standingJson({ run: { phase, plan }, tally, missing, verdict }: CanaryStanding): Json {
  return {
    phase: phase.kind,
    ...stepJson('step' in phase ? phase.step : undefined, plan),
    heldSeconds: phase.kind === 'holding' ? tenths(phase.heldMs / 1000) : null,
    verdict,
    missingSamples: missing,
    samples: tallyJson(tally),
    reason: phase.kind === 'going-back' ? backReasonWords(phase.reason) : null,
  };
}

function stepJson(step: number | undefined, { steps }: CanaryPlan): Json {
  if (step === undefined) return { step: null, weight: null };
  return { step: step + 1, weight: steps[step] ?? null };
}

function tallyJson({ samples, failed, failureBound, p99Ms }: StepTally): Json {
  return { count: samples, failed, failureBound, p99Ms: p99Ms === undefined ? null : tenths(p99Ms) };
}

function weightsJson(labels: readonly string[], weights: RawWeights | undefined): Json | null {
  if (weights === undefined) return null;
  return Object.fromEntries(labels.map((label, index) => [label, weights[index] ?? null]));
}

/** What it came to: what the last line says besides what every answer begins with. */
export function endedEvent(
  { end, backAfterFirstFailureMs }: CanaryResult,
  subject: CanarySubject,
  applied: RawWeights | undefined,
  atMs: number,
): Json {
  const isBack = end.kind === 'back' && end.isBack;
  return event('ended', atMs, {
    outcome: outcomeOf(end),
    isBack,
    weights: weightsJson(subject.labels, applied),
    brokenLimit: end.kind === 'back' && end.reason.kind === 'limit' ? brokenJson(end.reason.broken) : null,
    backAfterFirstFailureMs:
      backAfterFirstFailureMs === undefined ? null : Math.round(backAfterFirstFailureMs),
    backCommand: end.kind === 'done' || isBack ? null : backCommand(subject),
  });
}

/** The same of a canary that did not begin. */
export function notBegunEvent(atMs: number): Json {
  return event('ended', atMs, {
    outcome: 'not-begun',
    isBack: false,
    weights: null,
    brokenLimit: null,
    backAfterFirstFailureMs: null,
    backCommand: null,
  });
}

function outcomeOf(end: CanaryEnd): string {
  return end.kind === 'back' ? end.reason.kind : end.kind;
}

function brokenJson(broken: Parameters<typeof brokenLimitWords>[0]): Json {
  return { ...broken, words: brokenLimitWords(broken) };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
