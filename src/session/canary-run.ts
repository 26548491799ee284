import type { BrokenLimit } from '../traffic/limit-watch.ts';
import type { Verdict } from '../traffic/verdict.ts';
import type { RefusedBy } from './ask-headless.ts';
import type { AskedWeights } from './asked-weights.ts';
import { assertNever } from './assert-never.ts';

/** What a canary is to do. Times are durations in milliseconds. */
export type CanaryPlan = {
  /** Weights of the version, one after the other, rising. */
  readonly steps: readonly number[];
  /** How long a step holds at least. */
  readonly holdMs: number;
  /** How long a step may take until it has held, questions to the person not counted. */
  readonly stepLimitMs: number;
  /** How long the API server or the gateway may be away. */
  readonly outageLimitMs: number;
  /** The gateway is away once no sample has met it for so long. */
  readonly silenceMs: number;
  /** Whether the person is asked before each step but the first. */
  readonly asks: boolean;
  /** Samples that are taken before anything is changed. */
  readonly samplesBefore: number;
};

/** How the weights stand that the canary asked for last. */
export type CanaryAsked =
  | Exclude<AskedWeights, { kind: 'refused' }>
  | { readonly kind: 'refused'; readonly reason: string; readonly by: RefusedBy };

/** One look at everything that a canary goes by. */
export type CanaryLook = {
  readonly nowMs: number;
  readonly asked: CanaryAsked;
  /** When a sample met the gateway last; absent where none has. */
  readonly reachedAtMs: number | undefined;
  /** Why nothing is sampled, where that is known. */
  readonly unobserved: string | undefined;
  readonly verdict: Verdict['kind'];
  /** Samples that reached the gateway since the step began. */
  readonly samples: number;
  /** The limit that is broken, if the step had held; and if it still has to. */
  readonly broken: { readonly now: BrokenLimit | undefined; readonly onceHeld: BrokenLimit | undefined };
  /** About how many samples the limits need more. */
  readonly missing: number;
};

/** Why a canary goes back to the split that it began with. */
export type BackReason =
  | { readonly kind: 'limit'; readonly broken: BrokenLimit }
  | { readonly kind: 'not-verified'; readonly words: string }
  | { readonly kind: 'declined' }
  | { readonly kind: 'refused'; readonly words: string; readonly by: RefusedBy }
  /** A signal asked the process to end. */
  | { readonly kind: 'stopped'; readonly code: number };

/** How a canary ended. `isBack`: the split that it began with is applied. */
export type CanaryEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'conflict'; readonly words: string }
  | { readonly kind: 'back'; readonly reason: BackReason; readonly isBack: boolean; readonly words: string };

export type CanaryPhase =
  /** The gateway is sampled, and nothing is changed yet. */
  | { readonly kind: 'measuring'; readonly sinceMs: number }
  | { readonly kind: 'setting'; readonly step: number; readonly sinceMs: number }
  /** The step is applied; it holds once traffic has followed. */
  | { readonly kind: 'settling'; readonly step: number; readonly sinceMs: number }
  | { readonly kind: 'holding'; readonly step: number; readonly sinceMs: number; readonly heldMs: number }
  | { readonly kind: 'asking'; readonly step: number; readonly sinceMs: number }
  /** `signals`: how often the process was asked to end since then, or why it is so. */
  | {
      readonly kind: 'going-back';
      readonly reason: BackReason;
      readonly sinceMs: number;
      readonly signals: number;
    }
  | { readonly kind: 'ended'; readonly end: CanaryEnd };

/** A canary as it stands: plain data, moved on by `looked`, `answered` and `stopped`. Steps are numbered from 0. */
export type CanaryRun = {
  readonly plan: CanaryPlan;
  readonly phase: CanaryPhase;
  /** When the step that is under way began. */
  readonly stepSinceMs: number;
  readonly lookedAtMs: number;
};

export function beginCanary(plan: CanaryPlan, nowMs: number): CanaryRun {
  return { plan, phase: { kind: 'measuring', sinceMs: nowMs }, stepSinceMs: nowMs, lookedAtMs: nowMs };
}

/** The canary after a look. The same phase goes on where the look is no reason for another one. */
export function looked(run: CanaryRun, look: CanaryLook): CanaryRun {
  const phase = nextPhase(run, look);
  const isNewStep = phase.kind === 'setting' && run.phase.kind !== 'setting';
  return { ...run, phase, stepSinceMs: isNewStep ? look.nowMs : run.stepSinceMs, lookedAtMs: look.nowMs };
}

/** The person was asked whether to go on, and said so. */
export function answered(run: CanaryRun, isYes: boolean, nowMs: number): CanaryRun {
  if (run.phase.kind !== 'asking') return run;
  if (!isYes) return { ...run, phase: backFor({ kind: 'declined' }, nowMs) };
  const phase = { kind: 'setting', step: run.phase.step + 1, sinceMs: nowMs } as const;
  return { ...run, phase, stepSinceMs: nowMs };
}

/** A signal asks the process to end, with this exit code. While the canary goes back, a second one ends it whatever is applied. */
export function stopped(run: CanaryRun, code: number, nowMs: number): CanaryRun {
  const { phase } = run;
  const reason = { kind: 'stopped', code } as const;
  switch (phase.kind) {
    case 'ended':
      return run;
    case 'measuring':
      return { ...run, phase: backAlready(reason) };
    case 'going-back': {
      const signals = phase.signals + 1;
      return { ...run, phase: signals > 1 ? left(phase.reason) : { ...phase, signals } };
    }
    default:
      return { ...run, phase: backFor(reason, nowMs) };
  }
}

function backFor(reason: BackReason, nowMs: number): CanaryPhase {
  return { kind: 'going-back', reason, sinceMs: nowMs, signals: reason.kind === 'stopped' ? 1 : 0 };
}

/** Nothing was changed yet. */
function backAlready(reason: BackReason): CanaryPhase {
  return { kind: 'ended', end: { kind: 'back', reason, isBack: true, words: '' } };
}

function left(reason: BackReason): CanaryPhase {
  const words = 'it was told to end before the API server had answered';
  return { kind: 'ended', end: { kind: 'back', reason, isBack: false, words } };
}

function nextPhase(run: CanaryRun, look: CanaryLook): CanaryPhase {
  const { phase } = run;
  if (phase.kind === 'ended') return phase;
  if (look.asked.kind === 'changed-outside') {
    return { kind: 'ended', end: { kind: 'conflict', words: look.asked.reason } };
  }
  if (phase.kind === 'going-back') return goingBack(run.plan, phase, look);
  const reason = reasonToGoBack(run, phase, look);
  if (reason === undefined) return goingOn(run, phase, look);
  return phase.kind === 'measuring' ? backAlready(reason) : backFor(reason, look.nowMs);
}

type Advancing = Exclude<CanaryPhase, { kind: 'ended' | 'going-back' }>;

function reasonToGoBack(run: CanaryRun, phase: Advancing, look: CanaryLook): BackReason | undefined {
  const { plan } = run;
  const hasHeld = phase.kind === 'holding' && heldMs(run, phase, look) >= plan.holdMs;
  const isJudged = hasHeld || phase.kind === 'asking';
  const broken = isJudged ? look.broken.onceHeld : look.broken.now;
  if (broken) return { kind: 'limit', broken };
  if (look.asked.kind === 'refused') {
    return { kind: 'refused', words: look.asked.reason, by: look.asked.by };
  }
  const away = awayTooLong(run, phase, look);
  if (away !== undefined) return { kind: 'not-verified', words: away };
  if (phase.kind === 'asking' || look.nowMs - run.stepSinceMs < plan.stepLimitMs) return undefined;
  return { kind: 'not-verified', words: notInTime(plan, phase, look) };
}

/** What has been away for longer than it may be. */
function awayTooLong(
  { plan, stepSinceMs }: CanaryRun,
  phase: Advancing,
  look: CanaryLook,
): string | undefined {
  const limit = `${seconds(plan.outageLimitMs)} of --max-outage`;
  if (look.asked.kind === 'waiting' && phase.kind === 'setting') {
    if (look.nowMs - phase.sinceMs < plan.outageLimitMs) return undefined;
    return `the step could not be set within the ${limit}: ${look.asked.reason}`;
  }
  const begunMs = phase.kind === 'measuring' ? phase.sinceMs : stepSinceMs;
  const silentMs = look.nowMs - Math.max(look.reachedAtMs ?? begunMs, begunMs);
  if (silentMs < plan.outageLimitMs) return undefined;
  return `no sample has met the gateway within the ${limit}${look.unobserved ? `: ${look.unobserved}` : ''}`;
}

function notInTime(plan: CanaryPlan, phase: Advancing, { verdict, missing }: CanaryLook): string {
  const limit = `within the ${seconds(plan.stepLimitMs)} of --timeout`;
  if (phase.kind === 'measuring') return `the gateway was not sampled ${limit}`;
  if (phase.kind === 'setting') return `the step was not applied ${limit}`;
  if (phase.kind === 'settling') return `traffic was not seen to follow ${limit}`;
  if (verdict !== 'agrees') return `traffic did not agree with the weights ${limit}`;
  return `about ${missing} more samples are needed to judge the limits, and they did not come ${limit}`;
}

function goingOn(run: CanaryRun, phase: Advancing, look: CanaryLook): CanaryPhase {
  const { plan } = run;
  switch (phase.kind) {
    case 'measuring':
      return look.samples >= plan.samplesBefore && look.asked.kind === 'applied'
        ? { kind: 'setting', step: 0, sinceMs: look.nowMs }
        : phase;
    case 'setting':
      return look.asked.kind === 'applied'
        ? { kind: 'settling', step: phase.step, sinceMs: look.nowMs }
        : phase;
    case 'settling':
      return hasSettled(look.verdict)
        ? { kind: 'holding', step: phase.step, sinceMs: look.nowMs, heldMs: 0 }
        : phase;
    case 'holding': {
      const held = { ...phase, heldMs: heldMs(run, phase, look) };
      const holds = held.heldMs >= plan.holdMs && look.verdict === 'agrees' && look.missing === 0;
      return holds ? afterStep(plan, phase.step, look.nowMs) : held;
    }
    case 'asking':
      return phase;
    default:
      return assertNever(phase);
  }
}

function afterStep(plan: CanaryPlan, step: number, nowMs: number): CanaryPhase {
  if (step + 1 >= plan.steps.length) return { kind: 'ended', end: { kind: 'done' } };
  return plan.asks
    ? { kind: 'asking', step, sinceMs: nowMs }
    : { kind: 'setting', step: step + 1, sinceMs: nowMs };
}

/** Time in which no sample meets the gateway is no time that a step has held. */
function heldMs(
  { plan, lookedAtMs }: CanaryRun,
  phase: Extract<CanaryPhase, { kind: 'holding' }>,
  { nowMs, reachedAtMs }: CanaryLook,
): number {
  const isSilent = reachedAtMs === undefined || nowMs - reachedAtMs >= plan.silenceMs;
  return isSilent ? phase.heldMs : phase.heldMs + Math.max(0, nowMs - lookedAtMs);
}

function hasSettled(verdict: Verdict['kind']): boolean {
  return verdict !== 'settling' && verdict !== 'cannot-be-timed' && verdict !== 'no-samples';
}

function goingBack(
  plan: CanaryPlan,
  phase: Extract<CanaryPhase, { kind: 'going-back' }>,
  { asked, nowMs }: CanaryLook,
): CanaryPhase {
  const ended = (isBack: boolean, words: string): CanaryPhase => {
    return { kind: 'ended', end: { kind: 'back', reason: phase.reason, isBack, words } };
  };
  if (asked.kind === 'applied') return ended(true, '');
  if (asked.kind === 'refused') return ended(false, asked.reason);
  if (nowMs - phase.sinceMs < plan.outageLimitMs) return phase;
  const reason = asked.kind === 'waiting' ? asked.reason : 'the API server did not answer';
  return ended(false, `not within the ${seconds(plan.outageLimitMs)} of --max-outage: ${reason}`);
}

/** A duration that somebody chose: `30 s`, `1.5 s`. */
export function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}
