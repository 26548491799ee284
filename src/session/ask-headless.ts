import { ownerWords } from '../kube/owners.ts';
import { permissionWords } from '../kube/permission.ts';
import { type RawWeights, sameWeights } from '../kube/split.ts';
import { sentence } from '../sentence.ts';
import { missingPermission } from './access.ts';
import { applyIntent } from './apply-intent.ts';
import { type AskedWeights, askedWeights } from './asked-weights.ts';
import type { Question } from './guards.ts';
import type { HeadlessSession } from './headless-session.ts';
import type { Intent } from './intents.ts';
import { ownerNotOverridden } from './ownership.ts';
import { refusal } from './refusal.ts';
import type { Failure } from './route-known.ts';
import { connectionPhase } from './selectors.ts';
import type { AppState } from './state.ts';

/** What came of an ask before anything was sent. */
export type Asked =
  /** The weights are requested now; the patch loop sends them. `isNew` is false where they were applied already. */
  | { readonly kind: 'requested'; readonly wanted: RawWeights; readonly isNew: boolean }
  /** Nothing was requested. `by` says what stands against it: see the exit codes. */
  | ({ readonly kind: 'refused'; readonly by: RefusedBy } & Failure);

/**
 * `consent`: a question was not accepted. `usage`: the command line itself forbids it. `conflict`: somebody else set other weights
 * while the question was open.
 */
export type RefusedBy = 'usage' | 'consent' | 'owner' | 'conflict' | 'cluster';

/** Whether a question of the guards is accepted: by `--yes`, or by the person. */
export type Consent = (question: Question) => Promise<boolean>;

/**
 * Asks for weights by an intent, as a key does: the same refusals, and the same questions first, which `consent` answers. Nothing
 * is sent where it yields `refused`.
 */
export async function askFor(session: HeadlessSession, intent: Intent, consent: Consent): Promise<Asked> {
  const { store } = session;
  const before = store.getState();
  const refused = refusedBecause(before, intent);
  if (refused) return refused;
  session.dispatch(intent);
  for (let state = store.getState(); state.ui.overlay.kind === 'confirm'; state = store.getState()) {
    const question = state.ui.overlay;
    if (!(await consent(question))) {
      session.dispatch({ kind: 'close-overlay' });
      const headline = `${question.question} ${question.detail}`;
      return {
        kind: 'refused',
        by: 'consent',
        headline,
        nextStep: 'With --yes it is done without a question.',
      };
    }
    // The question may be gone: what it was about has changed meanwhile.
    if (store.getState().ui.overlay !== question) continue;
    session.dispatch({ kind: 'move-choice', by: 1 });
    session.dispatch({ kind: 'accept' });
  }
  const { requested } = store.getState().weights;
  const { applied } = before.weights;
  const isNew = !sameWeights(requested, applied?.weights ?? []);
  const wanted = wantedBy(before, intent);
  if (wanted && !sameWeights(requested, wanted))
    return { kind: 'refused', by: 'conflict', ...overtaken(store.getState()) };
  return { kind: 'requested', wanted: requested, isNew };
}

/** What would come of an ask, with every question that would be asked first. Nothing is asked for. */
export type PreviewedAsk =
  | { readonly kind: 'possible'; readonly wanted: RawWeights; readonly questions: readonly Question[] }
  | Extract<Asked, { kind: 'refused' }>;

/** Looks what an ask would do, by the very rules by which it would be done. */
export function previewAsk(state: AppState, intent: Intent, now: number): PreviewedAsk {
  const refused = refusedBecause(state, intent);
  if (refused) return refused;
  const questions: Question[] = [];
  let next = applyIntent(state, intent, now);
  while (next.ui.overlay.kind === 'confirm') {
    questions.push(next.ui.overlay);
    next = applyIntent(applyIntent(next, { kind: 'move-choice', by: 1 }, now), { kind: 'accept' }, now);
  }
  return { kind: 'possible', wanted: next.weights.requested, questions };
}

function wantedBy({ weights }: AppState, intent: Intent): RawWeights | undefined {
  if (intent.kind === 'set-split') return intent.weights;
  return intent.kind === 'undo' ? weights.undo.at(-1)?.from : undefined;
}

function overtaken({ notices }: AppState): Failure {
  const headline = notices.at(-1)?.text ?? 'the weights changed meanwhile: nothing was set';
  return { headline: sentence(headline), nextStep: 'Ask again.' };
}

/** Why an intent would be refused, with who stands against it and what to do without a screen. */
function refusedBecause(state: AppState, intent: Intent): Extract<Asked, { kind: 'refused' }> | undefined {
  const reason = refusal(state, intent);
  if (reason === undefined) return undefined;
  const owner = ownerNotOverridden(state);
  const phase = connectionPhase(state.cluster);
  const missing = missingPermission(state, intent);
  if (state.connection.isReadOnly) {
    const headline = "Can't change weights: --read-only was given.";
    return { kind: 'refused', by: 'usage', headline, nextStep: 'Leave it out.' };
  }
  if (phase.kind === 'lost') {
    const headline = `Can't change weights: the API server does not answer. ${phase.reason}`;
    return { kind: 'refused', by: 'cluster', headline, nextStep: phase.nextStep };
  }
  if (missing) {
    const headline = "Can't change weights: forbidden.";
    return { kind: 'refused', by: 'cluster', headline, nextStep: `Ask for ${permissionWords(missing)}.` };
  }
  if (owner) {
    const headline = `Can't change weights: ${ownerWords(owner)} owns them and puts its own back.`;
    const nextStep = `Change them there, or override it with --override-owner '${owner.name}'.`;
    return { kind: 'refused', by: 'owner', headline, nextStep };
  }
  return { kind: 'refused', by: 'usage', headline: `Can't change weights: ${reason}.`, nextStep: '' };
}

/** A request and the one that reads the object again may take 15 s each; somebody else's answer comes sooner. */
const ANSWER_MS = 35_000;
/** How long is waited for an API server that did not answer, to tell what is applied. */
const AFTERWARDS_MS = 5_000;

/**
 * Waits until it is known what became of the weights asked for. Yields `under-way` or `waiting` where the API server does not tell
 * within a bound: then they may be applied or not. After `signal` it yields what is so then.
 */
export async function weightsAnswered(
  session: HeadlessSession,
  wanted: RawWeights,
  signal: AbortSignal,
): Promise<AskedWeights> {
  const standing = (state: AppState) => askedWeights(state, wanted);
  const isAnswered = (state: AppState) => {
    const { kind } = standing(state);
    return kind !== 'under-way' && (kind !== 'waiting' || state.weights.patch.kind === 'idle');
  };
  const answered = await session.until(isAnswered, ANSWER_MS, signal);
  if (standing(answered).kind !== 'waiting') return standing(answered);
  const isTold = (state: AppState) => standing(state).kind !== 'waiting' || isKnown(state);
  return standing(await session.until(isTold, AFTERWARDS_MS, signal));
}

/** Whether what is applied is known although the last patch failed: the object was read since. */
function isKnown({ weights: { refusedBecause: because } }: AppState): boolean {
  return because?.kind === 'failed' && because.isReadAgain;
}
