import type { RawWeights } from '../kube/split.ts';
import { type BrokenLimit, LimitWatch, type StepTally, type TrafficLimits } from '../traffic/limit-watch.ts';
import { isAppliedKnown } from './applied-known.ts';
import { askFor, type Consent, type RefusedBy, weightsAnswered } from './ask-headless.ts';
import { type AskedWeights, askedWeights } from './asked-weights.ts';
import { assertNever } from './assert-never.ts';
import { gatewaySampled } from './gateway-sampled.ts';
import type { HeadlessSession } from './headless-session.ts';
import type { Intent } from './intents.ts';
import { areWeightsSent } from './places.ts';
import { provingTimeMs } from './proving-time.ts';
import type { Failure } from './route-known.ts';
import type { AppState } from './state.ts';
import { unfollowedWords } from './unfollowed.ts';
import { verdictSentence } from './verdict-sentence.ts';

/** What traffic is to prove of a shift. */
export type ShiftProof = {
  /**
   * How long it may take from the patch until it is proved, and before that until samples come. Where it is not named, as long as the
   * limits take at the rate of the session.
   */
  readonly timeoutMs: number | undefined;
  readonly limits: TrafficLimits;
  /** Whether the weights from before are set again where it is not proved. */
  readonly rollsBack: boolean;
};

export type ShiftPlan = {
  /** `set-split`, or `undo` of a shift that the state knows. */
  readonly intent: Intent;
  /** Absent where nothing is to be proved. */
  readonly proof: ShiftProof | undefined;
};

/** How a shift without a screen ended: what it came to, not what is applied, which the state says. */
export type ShiftEnd =
  /** The API server says that the weights are applied; traffic was not to be looked at. */
  | { readonly kind: 'applied' }
  /** Traffic agrees with the weights, and every limit was kept. */
  | { readonly kind: 'verified' }
  /** Nothing was sent. */
  | ({ readonly kind: 'refused'; readonly by: RefusedBy } & Failure)
  /** The API server did not take it, or did not say whether it did. */
  | { readonly kind: 'not-taken'; readonly reason: string; readonly by: 'cluster' | 'owner' }
  /** Somebody else set other weights. */
  | { readonly kind: 'conflict'; readonly reason: string }
  | ({ readonly kind: 'not-verified' } & Failure)
  | { readonly kind: 'limit'; readonly broken: BrokenLimit }
  /** A signal asked the process to end. */
  | { readonly kind: 'stopped' };

/** Whether the weights from before are applied again. */
export type Restored =
  | { readonly kind: 'not-asked' }
  /** They never changed. */
  | { readonly kind: 'nothing-to-restore' }
  | { readonly kind: 'restored' }
  | { readonly kind: 'not-restored'; readonly reason: string }
  /** The API server was asked and did not say in time what became of it. */
  | { readonly kind: 'unknown' };

export type ShiftResult = {
  readonly end: ShiftEnd;
  /** Applied before; absent where that was never known. */
  readonly from: RawWeights | undefined;
  /** Asked for; absent where nothing was. */
  readonly wanted: RawWeights | undefined;
  /** Whether other weights than the applied ones were asked for. */
  readonly isNew: boolean;
  readonly restored: Restored;
  /** Of the samples since the shift was asked for; absent where nothing was to be proved. */
  readonly tally: StepTally | undefined;
};

/** What the run tells meanwhile, a line of text each. */
export type Tell = (line: string) => void;

/** How long weights that are still under way are waited for once a signal came. */
const LEAVE_MS = 2_000;

/**
 * Makes one shift: asks as a key does, waits for the API server and, where that is wanted, for traffic to prove it. Every patch and
 * every verdict is the session's own.
 *
 * Never rejects; `signal` ends it within two seconds. The route has to be known.
 */
export async function runShift(
  session: HeadlessSession,
  plan: ShiftPlan,
  consent: Consent,
  tell: Tell,
  signal: AbortSignal,
): Promise<ShiftResult> {
  const from = session.store.getState().weights.applied?.weights;
  const nothing = { from, wanted: undefined, isNew: false, restored: NOT_ASKED, tally: undefined } as const;
  const { proof } = plan;
  if (proof) tell('waiting for samples from the gateway');
  const unsampled = proof && (await gatewaySampled(session, timeoutOf(proof, session), signal));
  if (signal.aborted) return { ...nothing, end: { kind: 'stopped' } };
  if (unsampled) return { ...nothing, end: { kind: 'not-verified', ...unsampled } };
  const watch = new LimitWatch(proof?.limits ?? NO_LIMITS);
  const stopWatching = session.onSample(sample => watch.add(sample));
  try {
    const asked = await askFor(session, plan.intent, consent);
    // A question that a signal closed was not answered.
    if (asked.kind === 'refused') return { ...nothing, end: signal.aborted ? { kind: 'stopped' } : asked };
    const { wanted, isNew } = asked;
    const end = await followed(session, plan, wanted, { watch, tell, signal });
    const restored = await restore(session, { plan, end, from, isNew }, tell, signal);
    return { end, from, wanted, isNew, restored, tally: proof && watch.tally() };
  } finally {
    stopWatching();
  }
}

function timeoutOf({ timeoutMs, limits }: ShiftProof, { store }: HeadlessSession): number {
  return timeoutMs ?? provingTimeMs(limits, store.getState().traffic.ratePerSecond);
}

const NOT_ASKED: Restored = { kind: 'not-asked' };
const NO_LIMITS: TrafficLimits = { maxFailures: undefined, maxFailureRate: undefined, maxP99Ms: undefined };

type Following = { readonly watch: LimitWatch; readonly tell: Tell; readonly signal: AbortSignal };

async function followed(
  session: HeadlessSession,
  { proof }: ShiftPlan,
  wanted: RawWeights,
  { watch, tell, signal }: Following,
): Promise<ShiftEnd> {
  const answered = await answeredBeforeLeaving(session, wanted, signal);
  if (signal.aborted) return { kind: 'stopped' };
  if (answered.kind !== 'applied') return notApplied(answered);
  if (!proof) return { kind: 'applied' };
  tell('applied; sampling until traffic agrees');
  return proved(session, proof, wanted, watch, signal);
}

const NEVER = new AbortController().signal;

/** What became of the weights asked for, also after a signal: the API server is given a moment more then. */
async function answeredBeforeLeaving(
  session: HeadlessSession,
  wanted: RawWeights,
  signal: AbortSignal,
): Promise<AskedWeights> {
  const answered = await weightsAnswered(session, wanted, signal);
  if (!signal.aborted) return answered;
  return askedWeights(await session.until(areWeightsSent, LEAVE_MS, NEVER), wanted);
}

function notApplied(asked: Exclude<AskedWeights, { kind: 'applied' }>): ShiftEnd {
  switch (asked.kind) {
    case 'changed-outside':
      return { kind: 'conflict', reason: asked.reason };
    case 'refused':
      return { kind: 'not-taken', reason: asked.reason, by: asked.by };
    case 'waiting':
      return { kind: 'not-taken', reason: asked.reason, by: 'cluster' };
    case 'under-way':
      return { kind: 'not-taken', reason: 'The API server did not answer in time.', by: 'cluster' };
    default:
      return assertNever(asked);
  }
}

/** Samples until traffic agrees and the limits can be judged, a limit breaks, somebody else writes, or the time is over. */
async function proved(
  session: HeadlessSession,
  proof: ShiftProof,
  wanted: RawWeights,
  watch: LimitWatch,
  signal: AbortSignal,
): Promise<ShiftEnd> {
  const timeoutMs = timeoutOf(proof, session);
  // What was seen until here is about the weights before.
  const { observed: seenBefore } = session.store.getState().traffic;
  const ended = (state: AppState): ShiftEnd | undefined => {
    const asked = askedWeights(state, wanted);
    if (asked.kind === 'changed-outside') return { kind: 'conflict', reason: asked.reason };
    const { observed } = state.traffic;
    const agrees = observed !== seenBefore && observed?.verdict.kind === 'agrees';
    const hasHeld = agrees && watch.missing === 0;
    const broken = watch.broken(hasHeld);
    if (broken) return { kind: 'limit', broken };
    return hasHeld ? { kind: 'verified' } : undefined;
  };
  const state = await session.until(now => ended(now) !== undefined, timeoutMs, signal);
  const end = ended(state);
  if (end) return end;
  if (signal.aborted) return { kind: 'stopped' };
  const broken = watch.broken(true);
  return broken ? { kind: 'limit', broken } : { kind: 'not-verified', ...notInTime(state, timeoutMs, watch) };
}

function notInTime(state: AppState, timeoutMs: number, watch: LimitWatch): Failure {
  const within = `within the ${timeoutMs / 1000} s of --timeout`;
  const verdict = state.traffic.observed?.verdict;
  if (verdict?.kind === 'agrees') {
    const headline = `Traffic agrees, but the limits can't be judged ${within}: about ${watch.missing} more samples are needed.`;
    return { headline, nextStep: 'Give it a longer --timeout, or more samples with --rate.' };
  }
  const said = verdict ? verdictSentence(verdict) : 'no samples yet';
  const why = unfollowedWords(state);
  return {
    headline: `Traffic did not agree ${within}: ${said}.`,
    nextStep:
      why === undefined
        ? 'Give it a longer --timeout.'
        : `${withoutKeys(why)}. weighbridge doctor says more.`,
  };
}

/** The words for the screen, without the key that says more there. */
function withoutKeys(words: string): string {
  return words.replaceAll(/; d says more(: )?/g, (_, goesOn) => (goesOn ? ': ' : ''));
}

type Ended = {
  readonly plan: ShiftPlan;
  readonly end: ShiftEnd;
  readonly from: RawWeights | undefined;
  readonly isNew: boolean;
};

/** Sets the weights from before again, where that was asked for and nobody else has written meanwhile. */
async function restore(
  session: HeadlessSession,
  { plan, end, from, isNew }: Ended,
  tell: Tell,
  signal: AbortSignal,
): Promise<Restored> {
  const hasFailed = end.kind === 'limit' || end.kind === 'not-verified';
  if (!plan.proof?.rollsBack || !hasFailed) return NOT_ASKED;
  if (!isNew || !from) return { kind: 'nothing-to-restore' };
  tell('setting the weights from before again');
  // Whoever asks to be taken back has agreed to where that leads.
  const asked = await askFor(session, { kind: 'set-split', weights: from }, async () => true);
  if (asked.kind === 'refused') return { kind: 'not-restored', reason: asked.headline };
  const answered = await answeredBeforeLeaving(session, from, signal);
  if (answered.kind === 'applied') return { kind: 'restored' };
  if (!isAppliedKnown(session.store.getState().weights)) return { kind: 'unknown' };
  const reason = 'reason' in answered ? answered.reason : 'The API server did not answer in time.';
  return { kind: 'not-restored', reason };
}
