import { shellWord } from '../kube/kubectl-command.ts';
import { asSplit, type RawWeights } from '../kube/split.ts';
import { plainText } from '../plain-text.ts';
import { sentence } from '../sentence.ts';
import type { StepTally, TrafficLimits } from '../traffic/limit-watch.ts';
import { samplesForFailureBound } from '../traffic/statistics.ts';
import { assertNever } from './assert-never.ts';
import { type BackReason, type CanaryEnd, type CanaryPlan, seconds } from './canary-run.ts';
import { brokenLimitWords, ratePercent } from './limit-words.ts';
import { milliseconds } from './milliseconds.ts';
import type { Failure } from './route-known.ts';
import type { CanaryStanding } from './run-canary.ts';

/** What a canary is of, safe to print. */
export type CanarySubject = {
  readonly context: string;
  readonly namespace: string;
  readonly virtualService: string;
  /** In words, such as `http route 1 of 2: checkout`. */
  readonly route: string;
  /** As `--route` takes it: its name, or its place such as `http 2`. */
  readonly routeName: string;
  /** The version that gets more, step by step. */
  readonly version: string;
  /** Every version of the route, in its order. */
  readonly labels: readonly string[];
  readonly start: RawWeights;
};

/** `v1 95, v2 5`; a weight that is not stated is said so. */
export function namedWeights(labels: readonly string[], weights: RawWeights): string {
  return labels.map((label, index) => `${plainText(label, 63)} ${weights[index] ?? 'unset'}`).join(', ');
}

/** What is going to be done, a line each. */
export function canaryPlanWords(
  { namespace, virtualService, route, version, labels, start }: CanarySubject,
  { steps, holdMs }: CanaryPlan,
  limits: TrafficLimits,
): readonly string[] {
  const where = `VirtualService ${namespace}/${virtualService}, ${route}`;
  return [
    `canary of ${version} on ${where}: ${namedWeights(labels, start)}`,
    `${version} gets ${steps.join(', ')}; each step holds at least ${seconds(holdMs)}`,
    ...limitWords(limits),
  ];
}

function limitWords({ maxFailures, maxFailureRate, maxP99Ms }: TrafficLimits): readonly string[] {
  const words = [
    ...(maxFailures === undefined ? [] : [`at most ${maxFailures} failures in all`]),
    ...(maxFailureRate === undefined
      ? []
      : [
          `at most ${ratePercent(maxFailureRate)} % failures (${samplesForFailureBound(0, maxFailureRate)} samples without one)`,
        ]),
    ...(maxP99Ms === undefined ? [] : [`p99 at most ${maxP99Ms} ms`]),
  ];
  return words.length === 0 ? [] : [`limits: ${words.join(', ')}`];
}

/** One line for the phase that begins; undefined for the end, which is told otherwise. */
export function canaryPhaseWords(
  { run: { phase, plan }, missing }: CanaryStanding,
  { version, labels, start }: CanarySubject,
): string | undefined {
  switch (phase.kind) {
    case 'measuring':
      return 'taking samples before anything is changed';
    case 'setting':
      return `${stepWords(phase.step, plan)}: setting ${version} to ${plan.steps[phase.step]}`;
    case 'settling':
      return `${stepWords(phase.step, plan)}: ${version} has ${plan.steps[phase.step]}, waiting for traffic to follow`;
    case 'holding': {
      const needs = missing > 0 ? ` and about ${missing} more samples` : '';
      return `${stepWords(phase.step, plan)}: traffic follows, holding for ${seconds(plan.holdMs)}${needs}`;
    }
    case 'asking':
      return undefined;
    case 'going-back': {
      const isStopped = phase.reason.kind === 'stopped';
      const again = isStopped ? '; a second signal leaves the weights as they are' : '';
      return `going back to ${namedWeights(labels, start)}: ${backReasonWords(phase.reason)}${again}`;
    }
    case 'ended':
      return undefined;
    default:
      return assertNever(phase);
  }
}

export function stepWords(step: number, { steps }: CanaryPlan): string {
  return `step ${step + 1} of ${steps.length}`;
}

/** `0 of 612 failed (below 0.49 % with 95 % confidence), p99 12 ms`. */
export function tallyWords({ samples, failed, failureBound, p99Ms }: StepTally): string {
  if (samples === 0) return 'no samples';
  const bound = `${failed === 0 ? 'below' : 'at most'} ${ratePercent(failureBound)} % with 95 % confidence`;
  const latency = p99Ms === undefined ? '' : `, p99 ${milliseconds(p99Ms)}`;
  return `${failed} of ${samples} failed (${bound})${latency}`;
}

export function backReasonWords(reason: BackReason): string {
  switch (reason.kind) {
    case 'limit':
      return brokenLimitWords(reason.broken);
    case 'not-verified':
    case 'refused':
      return reason.words;
    case 'declined':
      return 'you said no';
    case 'stopped':
      return 'told to end';
    default:
      return assertNever(reason);
  }
}

/** A command line that sets the weights from the start again. */
export function backCommand(subject: CanarySubject): string {
  const { context, namespace, virtualService, routeName, labels, start } = subject;
  const place = [
    ...(context === '' ? [] : [`--context ${shellWord(context)}`]),
    `-n ${namespace}`,
    `--route ${shellWord(routeName)}`,
  ].join(' ');
  const weights = asSplit(start).map((weight, index) => `${labels[index]}=${weight}`);
  return `weighbridge shift ${virtualService} ${place} ${weights.join(' ')}`;
}

/** How it ended, with what is applied now, and what to do; that is empty where there is nothing to do. */
export function canaryEndWords(
  end: CanaryEnd,
  subject: CanarySubject,
  applied: RawWeights | undefined,
  backAfterFirstFailureMs: number | undefined,
): Failure {
  const now = applied ? namedWeights(subject.labels, applied) : 'not known';
  switch (end.kind) {
    case 'done':
      return { headline: `Done: every step held. Applied: ${now}.`, nextStep: '' };
    case 'conflict':
      return {
        headline: `Stopped: ${sentence(end.words)} That is left as it is. Applied: ${now}.`,
        nextStep: `Before the canary it was ${namedWeights(subject.labels, subject.start)}: ${backCommand(subject)}`,
      };
    case 'back': {
      const why = sentence(backReasonWords(end.reason));
      if (!end.isBack) {
        const headline = `${why} Can't go back: ${sentence(end.words)} Last known: ${now}.`;
        return { headline, nextStep: `Go back with: ${backCommand(subject)}` };
      }
      const after =
        backAfterFirstFailureMs === undefined
          ? ''
          : ` ${milliseconds(backAfterFirstFailureMs)} after the first failure of the step`;
      return {
        headline: `${why} Back at the start${after}. Applied: ${now}.`,
        nextStep: afterBack(end.reason),
      };
    }
    default:
      return assertNever(end);
  }
}

/** What to do once it is back where it began. */
function afterBack({ kind }: BackReason): string {
  const isUnproved = kind === 'limit' || kind === 'not-verified';
  return isUnproved ? 'What may be wrong: weighbridge doctor.' : '';
}
