import { systemClock } from '../clock.ts';
import { asSplit } from '../kube/split.ts';
import { plainText } from '../plain-text.ts';
import type { CanaryEnd, CanaryPlan } from '../session/canary-run.ts';
import { splitOfStep, stepsAhead } from '../session/canary-steps.ts';
import { type CanarySubject, stepWords, tallyWords } from '../session/canary-words.ts';
import type { HeadlessSession } from '../session/headless-session.ts';
import { splitOfNamed } from '../session/named-weights.ts';
import { type Canary, type CanaryResult, type CanaryStanding, startCanary } from '../session/run-canary.ts';
import type { Output, Refusal } from './answer-document.ts';
import { CanaryNoteFile, canaryPlace, forgetCanaries } from './canary-note.ts';
import { type CanaryOutput, canaryOutput } from './canary-output.ts';
import { askPerson, consentOf } from './consent.ts';
import { stoppingAtCrash } from './crash.ts';
import type { Cleanup } from './headless-cluster.ts';
import { EXIT, type Io, REFUSED_CODES } from './io.ts';
import { type HeadlessSessionFlags, openOnRoute, type RoutePatience } from './open-headless-session.ts';
import { routeText } from './route-place.ts';
import { onTermination } from './signals.ts';

export type CanaryFlags = HeadlessSessionFlags & {
  readonly route?: string | undefined;
  /** The version that gets more. */
  readonly to: string;
  readonly steps: readonly number[];
  /** Durations in milliseconds. */
  readonly hold: number;
  readonly timeout: number;
  readonly maxOutage: number;
  readonly maxFailures?: number | undefined;
  readonly maxFailureRate?: number | undefined;
  readonly maxP99?: number | undefined;
  readonly confirm: boolean;
  readonly yes: boolean;
  readonly output: 'text' | 'json';
};

/** Where nothing else limits failures. */
export const DEFAULT_FAILURE_RATE = 0.01;

/** How long a cluster may take to say what there is, and the pods of a demo to start. */
const PATIENCE: RoutePatience = { connectMs: 15_000, demoStartMs: 30_000 };

/** What is sampled before anything is changed. */
const SAMPLES_BEFORE = 20;

/** No sample for so long, or for three times their distance, is a gateway that is away. */
const SILENCE_MS = 2_000;
const SILENT_SAMPLES = 3;

/** A question before the first step stays open until it is answered, or the process ends. */
const NEVER = new AbortController().signal;

/**
 * `weighbridge canary`: gives a version more, step by step, while traffic agrees and the limits are kept, and goes back to the weights
 * from the start where they are not, or a signal comes. Yields the exit code.
 */
export async function canary(flags: CanaryFlags, io: Io): Promise<number> {
  if (flags.confirm && !(io.stdin.isTTY && io.stderr.isTTY)) {
    const headline = "Can't use --confirm: there is no terminal to ask on.";
    const nextStep = 'Leave it out, or run it in one.';
    return refuseCanary(io, flags.output, { headline, nextStep, code: EXIT.usage });
  }
  const output = canaryOutput(flags.output, io, systemClock);
  const beforeStart = new AbortController();
  const stop = { onSignal: (code: number) => beforeStart.abort(code) };
  const forget = onTermination(code => stop.onSignal(code));
  const crash = stoppingAtCrash(() => stop.onSignal(EXIT.bug));
  const cleanup: Cleanup = [];
  try {
    const code = await walk(flags, io, output, cleanup, stop, beforeStart.signal);
    crash.rethrow();
    return code;
  } finally {
    for (const step of cleanup.toReversed()) await step();
    forget();
    crash.forget();
  }
}

/** @param stop is made to stop the canary, once it runs. */
async function walk(
  flags: CanaryFlags,
  io: Io,
  output: CanaryOutput,
  cleanup: Cleanup,
  stop: { onSignal: (code: number) => void },
  beforeStart: AbortSignal,
): Promise<number> {
  const begun = await begin(flags, io, output, cleanup, beforeStart);
  if ('headline' in begun) {
    output.notBegun(begun);
    return begun.code;
  }
  const { session, subject, canary: whatToDo } = begun;
  const note = flags.demo ? undefined : new CanaryNoteFile(io.env, Math.round(systemClock.now()));
  const host = hostOf(flags, io, output, whatToDo, subject, note);
  output.started(subject, whatToDo.plan, whatToDo.limits);
  const running = startCanary(session, whatToDo, host);
  stop.onSignal = running.stop;
  if (beforeStart.aborted) running.stop(beforeStart.reason);
  return conclude(await running.result, session, output, note);
}

/** Ends a canary that did not begin, as `refuse` ends other verbs. Yields the exit code. */
export function refuseCanary(io: Io, output: Output, refusal: Refusal): number {
  canaryOutput(output, io, systemClock).notBegun(refusal);
  return refusal.code;
}

async function conclude(
  result: CanaryResult,
  session: HeadlessSession,
  output: CanaryOutput,
  note: CanaryNoteFile | undefined,
): Promise<number> {
  const { end } = result;
  const code = exitCodeOf(end);
  // Whoever could not go back leaves the note for `status`.
  if (end.kind !== 'back' || end.isBack) await note?.remove();
  output.ended(result, session.store.getState().weights.applied?.weights, code);
  return code;
}

type Begun = { readonly session: HeadlessSession; readonly subject: CanarySubject; readonly canary: Canary };

async function begin(
  flags: CanaryFlags,
  io: Io,
  output: CanaryOutput,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<Begun | Refusal> {
  const purpose = { verb: 'canary', wantsSamples: true, writes: true } as const;
  const session = await openOnRoute(flags, purpose, io, cleanup, signal, PATIENCE);
  if ('headline' in session) return session;
  const planned = planOf(flags, session, output);
  if ('headline' in planned) return planned;
  if (!flags.demo) await forgetCanaries(io.env, planned.subject);
  return { session, ...planned };
}

/** What is to be done on the route that is known by now, or why that cannot be. */
function planOf(
  flags: CanaryFlags,
  { store }: HeadlessSession,
  output: CanaryOutput,
): Omit<Begun, 'session'> | Refusal {
  const { weights, traffic } = store.getState();
  const { applied } = weights;
  const place = canaryPlace(store.getState());
  if (!applied || !place)
    return { headline: 'The route is gone.', nextStep: 'Ask again.', code: EXIT.conflict };
  const { destinations } = applied.route;
  const labels = destinations.map(({ label }) => label);
  const everything = splitOfNamed([{ name: flags.to, weight: 100 }], destinations, applied.weights);
  if ('headline' in everything) return { ...everything, code: EXIT.usage };
  const to = everything.indexOf(100);
  const weight = asSplit(applied.weights)[to] ?? 0;
  const { ahead, passed } = stepsAhead(flags.steps, weight);
  const version = labels[to] ?? '';
  if (destinations.length < 2) {
    const headline = `${version} is the only version of this route.`;
    return { headline, nextStep: 'Name another route with --route.', code: EXIT.usage };
  }
  if (ahead.length === 0) {
    const headline = `${version} has ${weight} already, and no step of ${flags.steps.join(', ')} is above that.`;
    return { headline, nextStep: 'Give higher ones with --steps.', code: EXIT.usage };
  }
  if (passed.length > 0)
    output.notice(`${version} has ${weight} already: ${passed.join(', ')} is passed over`);
  const subject: CanarySubject = {
    ...place,
    route: routeText(applied),
    version,
    labels,
    start: applied.weights,
  };
  const canary: Canary = {
    plan: timesOf(flags, ahead, traffic.ratePerSecond),
    start: applied.weights,
    splits: ahead.map(step => splitOfStep(applied.weights, to, step) ?? asSplit(applied.weights)),
    limits: limitsOf(flags),
  };
  return { subject, canary };
}

function timesOf(
  { hold, timeout, maxOutage, confirm }: CanaryFlags,
  steps: readonly number[],
  ratePerSecond: number,
): CanaryPlan {
  return {
    steps,
    holdMs: hold,
    stepLimitMs: timeout,
    outageLimitMs: maxOutage,
    silenceMs: Math.max(SILENCE_MS, (SILENT_SAMPLES * 1_000) / ratePerSecond),
    asks: confirm,
    samplesBefore: SAMPLES_BEFORE,
  };
}

function limitsOf({ maxFailures, maxFailureRate, maxP99 }: CanaryFlags): Canary['limits'] {
  const isUnlimited = maxFailures === undefined && maxFailureRate === undefined;
  return {
    maxFailures,
    maxFailureRate: isUnlimited ? DEFAULT_FAILURE_RATE : maxFailureRate,
    maxP99Ms: maxP99,
  };
}

function hostOf(
  flags: CanaryFlags,
  io: Io,
  output: CanaryOutput,
  { plan, start }: Canary,
  subject: CanarySubject,
  note: CanaryNoteFile | undefined,
) {
  return {
    consent: consentOf(flags.yes, io, NEVER),
    ask: ({ run: { phase }, tally }: CanaryStanding, signal: AbortSignal) => {
      const step = phase.kind === 'asking' ? phase.step : 0;
      const next = `Give ${subject.version} ${plan.steps[step + 1]}?`;
      return askPerson(`${stepWords(step, plan)}: ${tallyWords(tally)}. ${next}`, io, signal);
    },
    beforeStep: async (step: number) => {
      const noted = {
        ...subject,
        start,
        steps: plan.steps,
        stepsSet: step + 1,
        notedAtMs: systemClock.now(),
      };
      await note?.write(noted).catch((error: unknown) => {
        const reason = plainText(error instanceof Error ? error.message : String(error), 200);
        output.notice(`what is under way could not be noted for weighbridge status: ${reason}`);
      });
    },
    onPhase: output.phase,
    onProgress: output.progress,
  };
}

/** As the README documents them. */
function exitCodeOf(end: CanaryEnd): number {
  if (end.kind === 'done') return EXIT.done;
  if (end.kind === 'conflict') return EXIT.conflict;
  const { reason } = end;
  switch (reason.kind) {
    case 'limit':
      return EXIT.limit;
    case 'not-verified':
    case 'declined':
      return EXIT.unverified;
    case 'stopped':
      return reason.code;
    case 'refused':
      return REFUSED_CODES[reason.by];
  }
}
