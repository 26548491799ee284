import { pause } from '../clock.ts';
import type { RawWeights, Split } from '../kube/split.ts';
import { explainFailure } from '../traffic/gateway-failure.ts';
import { LimitWatch, reachedGateway, type StepTally, type TrafficLimits } from '../traffic/limit-watch.ts';
import type { ObservedSample } from '../traffic/sample.ts';
import { type Asked, askFor, type Consent } from './ask-headless.ts';
import { askedWeights } from './asked-weights.ts';
import {
  answered,
  beginCanary,
  type CanaryAsked,
  type CanaryEnd,
  type CanaryLook,
  type CanaryPhase,
  type CanaryPlan,
  type CanaryRun,
  looked,
  stopped,
} from './canary-run.ts';
import { whyNotSampled } from './gateway-sampled.ts';
import { noReadyGrant } from './guards.ts';
import type { HeadlessSession } from './headless-session.ts';
import { connectionPhase } from './selectors.ts';
import type { AppState } from './state.ts';

/** A canary on the chosen route. */
export type Canary = {
  readonly plan: CanaryPlan;
  /** The weights to go back to, as they are written, absent ones too. */
  readonly start: RawWeights;
  /** What each step sets. */
  readonly splits: readonly Split[];
  readonly limits: TrafficLimits;
};

/** How a canary stands, for whoever shows it. */
export type CanaryStanding = {
  readonly run: CanaryRun;
  readonly tally: StepTally;
  readonly missing: number;
  readonly verdict: CanaryLook['verdict'];
};

/** What a canary needs of its surroundings. */
export type CanaryHost = {
  /** Whether the questions that come before the first step are accepted; later steps are part of that answer. */
  readonly consent: Consent;
  /** Whether to go on to the next step. Is given up when `signal` is aborted: the canary has gone on without the answer. */
  readonly ask: (standing: CanaryStanding, signal: AbortSignal) => Promise<boolean>;
  /** Before a step is set: resolves once it is safe to, such as when it is noted what is under way. Must not reject. */
  readonly beforeStep: (step: number) => Promise<void>;
  /** The phase is another one; `left` is how it stood when the one before ended, with the samples of its step. */
  readonly onPhase: (standing: CanaryStanding, left: CanaryStanding) => void;
  /** A few times a second. */
  readonly onProgress: (standing: CanaryStanding) => void;
};

export type CanaryResult = {
  readonly end: CanaryEnd;
  /** From the first failed sample of the step until the weights from the start were applied again; absent where that is no question. */
  readonly backAfterFirstFailureMs: number | undefined;
};

/** How often time alone is a reason to look. */
const LOOK_MS = 200;

/** How long after an ask that failed it is made again. */
const RETRY_MS = 1_000;

/** A canary that runs. */
export type RunningCanary = {
  readonly result: Promise<CanaryResult>;
  /** A signal asks the process to end, with this exit code: it goes back; at the second time it ends as it is. */
  readonly stop: (code: number) => void;
};

/** Starts a canary. The route has to be known. Never rejects. */
export function startCanary(session: HeadlessSession, canary: Canary, host: CanaryHost): RunningCanary {
  const walk = new CanaryWalk(session, canary, host);
  return { result: walk.walk(), stop: code => walk.stop(code) };
}

/** Moves a canary on by everything that happens, one look after the other, and asks for the weights of each phase. */
class CanaryWalk {
  readonly #session: HeadlessSession;
  readonly #canary: Canary;
  readonly #host: CanaryHost;
  readonly #watch: LimitWatch;
  readonly #ended = new AbortController();
  #run: CanaryRun;
  #wanted: RawWeights;
  /** What stands against the ask that was made last; `unasked` while none was made for the weights that are wanted. */
  #ask: { readonly kind: 'unasked' | 'asked' } | { readonly kind: 'blocked'; readonly by: CanaryAsked };
  #askedAtMs = 0;
  #reachedAtMs: number | undefined;
  #missedBy: string | undefined;
  #firstFailedAtMs: number | undefined;
  /** The view of the traffic that there was when the weights were applied: it is about those before. */
  #outdated: AppState['traffic']['observed'];
  #question: AbortController | undefined;
  #isLookDue = false;

  constructor(session: HeadlessSession, canary: Canary, host: CanaryHost) {
    this.#session = session;
    this.#canary = canary;
    this.#host = host;
    this.#watch = new LimitWatch(canary.limits);
    this.#run = beginCanary(canary.plan, session.clock.now());
    this.#wanted = canary.start;
    this.#ask = { kind: 'asked' };
  }

  async walk(): Promise<CanaryResult> {
    const { store, clock } = this.#session;
    const forget = [
      this.#session.onSample(sample => this.#note(sample)),
      store.subscribe(() => this.#lookSoon()),
    ];
    this.#host.onPhase(this.#standing(), this.#standing());
    while (!this.#ended.signal.aborted) {
      this.#look();
      this.#host.onProgress(this.#standing());
      await pause(clock, LOOK_MS, this.#ended.signal);
    }
    for (const end of forget) end();
    const { phase } = this.#run;
    const end: CanaryEnd = phase.kind === 'ended' ? phase.end : { kind: 'done' };
    return { end, backAfterFirstFailureMs: this.#backAfterMs(end) };
  }

  stop(code: number): void {
    this.#advance(stopped(this.#run, code, this.#session.clock.now()));
  }

  #backAfterMs(end: CanaryEnd): number | undefined {
    const isOfLimit = end.kind === 'back' && end.isBack && end.reason.kind === 'limit';
    if (!isOfLimit || this.#firstFailedAtMs === undefined) return undefined;
    return this.#session.clock.now() - this.#firstFailedAtMs;
  }

  #note(sample: ObservedSample): void {
    const { outcome } = sample;
    this.#watch.add(sample);
    if (reachedGateway(sample)) this.#reachedAtMs = this.#session.clock.now();
    else if (outcome.kind === 'failed') this.#missedBy = explainFailure(outcome.failure.kind).label;
    if (outcome.kind === 'failed' && reachedGateway(sample))
      this.#firstFailedAtMs ??= this.#session.clock.now();
    this.#lookSoon();
  }

  /** Once for all that happens in one turn. */
  #lookSoon(): void {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    queueMicrotask(() => {
      this.#isLookDue = false;
      this.#look();
    });
  }

  #look(): void {
    if (this.#ended.signal.aborted) return;
    const seen = this.#seen();
    this.#advance(looked(this.#run, seen));
    const isTried = this.#run.phase.kind === 'setting' || this.#run.phase.kind === 'going-back';
    const isDue = seen.nowMs - this.#askedAtMs >= RETRY_MS;
    const isIdle = this.#session.store.getState().weights.patch.kind === 'idle';
    if (isTried && isDue && isIdle && seen.asked.kind === 'waiting') void this.#request();
  }

  #seen(): CanaryLook {
    const state = this.#session.store.getState();
    const { observed, sampling } = state.traffic;
    const isMissed = sampling.kind === 'sampling' && this.#missedBy !== undefined;
    return {
      nowMs: this.#session.clock.now(),
      asked: this.#asked(state),
      reachedAtMs: this.#reachedAtMs,
      unobserved: isMissed ? this.#missedBy : whyNotSampled(state).headline,
      verdict: observed === undefined || observed === this.#outdated ? 'no-samples' : observed.verdict.kind,
      samples: this.#watch.tally().samples,
      broken: { now: this.#watch.broken(false), onceHeld: this.#watch.broken(true) },
      missing: this.#watch.missing,
    };
  }

  #asked(state: AppState): CanaryAsked {
    if (this.#ask.kind === 'unasked') return { kind: 'under-way' };
    const asked = askedWeights(state, this.#wanted);
    // Where weights are applied already, as those from the start are until the first step is set, nothing stands against them.
    return this.#ask.kind === 'blocked' && asked.kind !== 'applied' ? this.#ask.by : asked;
  }

  #standing(): CanaryStanding {
    const { verdict, missing } = this.#seen();
    return { run: this.#run, tally: this.#watch.tally(), missing, verdict };
  }

  #advance(next: CanaryRun): void {
    const before = this.#run.phase;
    const isSame = next.phase.kind === before.kind && stepOf(next.phase) === stepOf(before);
    const left = isSame ? undefined : this.#standing();
    this.#run = next;
    if (left === undefined) return;
    if (before.kind === 'asking') this.#question?.abort();
    this.#enter(next.phase);
    this.#host.onPhase(this.#standing(), left);
  }

  #enter(phase: CanaryPhase): void {
    switch (phase.kind) {
      case 'setting':
        this.#watch.beginStep();
        this.#firstFailedAtMs = undefined;
        this.#want(this.#canary.splits[phase.step] ?? this.#canary.start);
        void this.#host.beforeStep(phase.step).then(() => this.#request());
        return;
      case 'settling':
        this.#outdated = this.#session.store.getState().traffic.observed;
        return;
      case 'asking':
        void this.#putQuestion();
        return;
      case 'going-back':
        // A question about a step that is still open must not be taken for one about the way back.
        this.#session.dispatch({ kind: 'close-overlay' });
        this.#want(this.#canary.start);
        void this.#request();
        return;
      case 'ended':
        this.#ended.abort();
        return;
      default:
        return;
    }
  }

  #want(weights: RawWeights): void {
    this.#wanted = weights;
    this.#ask = { kind: 'unasked' };
  }

  async #putQuestion(): Promise<void> {
    const question = new AbortController();
    this.#question = question;
    const isYes = await this.#host.ask(this.#standing(), question.signal);
    if (!question.signal.aborted) this.#advance(answered(this.#run, isYes, this.#session.clock.now()));
  }

  /** Asks for the weights that are wanted, unless the canary wants others by then. */
  async #request(): Promise<void> {
    const weights = this.#wanted;
    if (this.#ended.signal.aborted) return;
    this.#askedAtMs = this.#session.clock.now();
    const asked = await askFor(this.#session, { kind: 'set-split', weights }, question =>
      this.#consent(question),
    );
    if (this.#wanted !== weights) return;
    this.#ask =
      asked.kind === 'requested' ? { kind: 'asked' } : { kind: 'blocked', by: this.#standsAgainst(asked) };
    this.#lookSoon();
  }

  /** Going back needs no consent. A version whose pods are gone meanwhile is waited for, whatever was agreed to. */
  async #consent(question: Parameters<Consent>[0]): Promise<boolean> {
    const { phase } = this.#run;
    if (phase.kind === 'going-back') return true;
    if (phase.kind !== 'setting' || phase.step === 0) return this.#host.consent(question);
    return !this.#isAboutPods(question);
  }

  #isAboutPods({ grants }: Parameters<Consent>[0]): boolean {
    const destinations = this.#session.store.getState().weights.applied?.route.destinations ?? [];
    return destinations.some(({ label }) => grants.includes(noReadyGrant(label)));
  }

  /** What may pass is waited for: an API server that does not answer, or pods that are not ready. */
  #standsAgainst(asked: Extract<Asked, { kind: 'refused' }>): CanaryAsked {
    const { by } = asked;
    const reason = `${asked.headline} ${asked.nextStep}`.trim();
    if (by === 'conflict') return { kind: 'changed-outside', reason };
    const isAgreed = this.#run.phase.kind !== 'setting' || this.#run.phase.step > 0;
    const isLost = connectionPhase(this.#session.store.getState().cluster).kind === 'lost';
    const mayPass = (by === 'cluster' && isLost) || (by === 'consent' && isAgreed);
    return mayPass ? { kind: 'waiting', reason } : { kind: 'refused', reason, by };
  }
}

function stepOf(phase: CanaryPhase): number | undefined {
  return 'step' in phase ? phase.step : undefined;
}
