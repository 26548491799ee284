import { apportion, type RawWeights, sameWeights, TOTAL } from '../kube/split.ts';
import { previewAsk } from '../session/ask-headless.ts';
import type { HeadlessSession } from '../session/headless-session.ts';
import type { Intent } from '../session/intents.ts';
import { type NamedWeight, readNamedWeights, splitOfNamed, wordsApart } from '../session/named-weights.ts';
import type { Failure } from '../session/route-known.ts';
import { changeToUndo, withChangeToUndo } from '../session/shift-history.ts';
import { runShift, type ShiftEnd, type ShiftProof } from '../session/shift-run.ts';
import type { AppState } from '../session/state.ts';
import { type Output, refuse } from './answer-document.ts';
import { canaryPlace, forgetCanaries } from './canary-note.ts';
import { consentOf } from './consent.ts';
import { type Cleanup, runHeadless, signalCode } from './headless-cluster.ts';
import { EXIT, type Io, REFUSED_CODES } from './io.ts';
import { type HeadlessSessionFlags, openOnRoute } from './open-headless-session.ts';
import { answerDryRun, answerShift, planLine } from './shift-answer.ts';
import { loadShiftHistory } from './shift-history-file.ts';

export type ShiftFlags = HeadlessSessionFlags & {
  /** The VirtualService and weights by name, as they were typed. */
  readonly words: readonly string[];
  readonly route?: string | undefined;
  readonly even: boolean;
  readonly undo: boolean;
  readonly verify: boolean;
  readonly timeout?: number | undefined;
  readonly maxFailures?: number | undefined;
  readonly maxFailureRate?: number | undefined;
  readonly maxP99?: number | undefined;
  readonly rollbackOnFailure: boolean;
  readonly dryRun?: 'client' | 'server' | undefined;
  readonly yes: boolean;
  readonly output: Output;
};

const VERB = 'shift';

/** What is asked for, as far as the command line alone tells. */
type Wanted =
  | { readonly kind: 'named'; readonly weights: readonly NamedWeight[] }
  | { readonly kind: 'even' }
  | { readonly kind: 'undo' };

type Asking = { readonly virtualService: string | undefined; readonly wanted: Wanted };

/**
 * `weighbridge shift`: sets weights as a key does, once, and where it is asked for waits until traffic proves it. Yields the exit
 * codes of the README: 0 done, 1 usage or no consent, 2 cluster, 3 conflict or owner, 4 not verified, 5 a limit broke.
 */
export async function shift(flags: ShiftFlags, io: Io): Promise<number> {
  const asking = readAsking(flags);
  if ('headline' in asking) return refuse(io, VERB, flags.output, EXIT.usage, asking);
  return runHeadless((cleanup, signal) => shiftOnce(flags, asking, io, cleanup, signal));
}

function readAsking({ words, even, undo }: ShiftFlags): Asking | Failure {
  const { weights, others } = wordsApart(words);
  const [virtualService, ...more] = others;
  const [stranger] = more;
  if (stranger !== undefined) {
    return {
      headline: `Can't shift two VirtualServices at once: ${others.join(' ')}.`,
      nextStep: 'Name one.',
    };
  }
  const ways = [weights.length > 0, even, undo].filter(Boolean).length;
  if (ways !== 1) {
    const headline = ways === 0 ? 'No weights are named.' : "Can't take weights, --even and --undo together.";
    return { headline, nextStep: 'Name weights such as v2=20, or give --even or --undo.' };
  }
  if (even) return { virtualService, wanted: { kind: 'even' } };
  if (undo) return { virtualService, wanted: { kind: 'undo' } };
  const named = readNamedWeights(weights);
  return 'headline' in named ? named : { virtualService, wanted: { kind: 'named', weights: named } };
}

async function shiftOnce(
  flags: ShiftFlags,
  { virtualService, wanted }: Asking,
  io: Io,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<number> {
  const proof = proofOf(flags);
  const purpose = { verb: VERB, wantsSamples: proof !== undefined, writes: flags.dryRun === undefined };
  const session = await openOnRoute({ ...flags, virtualService }, purpose, io, cleanup, signal);
  if ('headline' in session) return refuse(io, VERB, flags.output, session.code, session);
  const tell = (line: string) => io.stderr.write(`${line}\n`);
  tellNotices(session.store.getState(), tell);
  const intent = await intentOf(wanted, session, io, tell);
  if ('headline' in intent) return refuse(io, VERB, flags.output, EXIT.usage, intent);
  if (flags.dryRun) return tryShift(flags, flags.dryRun, intent, session, io, signal);
  const preview = previewAsk(session.store.getState(), intent, session.clock.now());
  if (preview.kind === 'possible') tell(planLine(session.store.getState(), preview.wanted));
  const plan = { intent, proof };
  const result = await runShift(session, plan, consentOf(flags.yes, io, signal), tell, signal);
  const code = exitCodeOf(result.end, signal);
  // Whoever sets other weights has decided about those that a canary left behind.
  if (code === EXIT.done) await forgetCanaries(io.env, canaryPlace(session.store.getState()));
  await answerShift(io, flags.output, session.store.getState(), result, code);
  return code;
}

/** What the session had to say of the cluster and of owners before anything was asked for. */
function tellNotices({ notices }: AppState, tell: (line: string) => void): void {
  for (const { level, text } of notices) if (level === 'warning') tell(`warning: ${text}`);
}

function proofOf(flags: ShiftFlags): ShiftProof | undefined {
  const { verify, maxFailures, maxFailureRate, maxP99, rollbackOnFailure, timeout } = flags;
  const limits = { maxFailures, maxFailureRate, maxP99Ms: maxP99 };
  const isLimited = Object.values(limits).some(limit => limit !== undefined);
  if (!verify && !isLimited && !rollbackOnFailure) return undefined;
  return { timeoutMs: timeout, limits, rollsBack: rollbackOnFailure };
}

async function intentOf(
  wanted: Wanted,
  session: HeadlessSession,
  io: Io,
  tell: (line: string) => void,
): Promise<Intent | Failure> {
  const state = session.store.getState();
  const { applied } = state.weights;
  if (!applied) return { headline: 'The route is gone.', nextStep: 'Ask again.' };
  const { destinations } = applied.route;
  switch (wanted.kind) {
    case 'even':
      return { kind: 'set-split', weights: apportion(TOTAL, new Array(destinations.length).fill(1)) };
    case 'named': {
      const split = splitOfNamed(wanted.weights, destinations, applied.weights);
      return 'headline' in split ? split : { kind: 'set-split', weights: split };
    }
    case 'undo':
      return undoRemembered(session, io, tell);
  }
}

/** Makes the last remembered change of the route the one that undo takes back. */
async function undoRemembered(
  { store }: HeadlessSession,
  { env }: Io,
  tell: (line: string) => void,
): Promise<Intent | Failure> {
  const { connection } = store.getState();
  const context = connection.contextName || connection.context;
  const { shifts, spoilt } = await loadShiftHistory(env, context);
  if (spoilt !== undefined) tell(`warning: some earlier shifts are not known: ${spoilt} cannot be read`);
  const last = changeToUndo(shifts, store.getState());
  if (!last) {
    const headline = 'There is no shift of this route to undo that weighbridge remembers.';
    return { headline, nextStep: 'Name weights such as v2=20.' };
  }
  store.setState(state => withChangeToUndo(state, last), true);
  return { kind: 'undo' };
}

async function tryShift(
  flags: ShiftFlags,
  where: 'client' | 'server',
  intent: Intent,
  session: HeadlessSession,
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const state = withWritesAllowed(session.store.getState(), flags);
  const preview = previewAsk(state, intent, session.clock.now());
  if (preview.kind === 'refused') {
    return refuse(io, VERB, flags.output, exitCodeOf(preview, signal), preview);
  }
  const { wanted, questions } = preview;
  const stored = where === 'server' ? await storedBy(session, wanted, signal) : wanted;
  if ('headline' in stored) return refuse(io, VERB, flags.output, EXIT.cluster, stored);
  await answerDryRun(io, flags.output, state, { where, wanted, stored, questions });
  return EXIT.done;
}

/** A dry run writes nothing by itself, and is to say what would become of a write. */
function withWritesAllowed(state: AppState, { readOnly = false }: ShiftFlags): AppState {
  return { ...state, connection: { ...state.connection, isReadOnly: readOnly } };
}

async function storedBy(
  session: HeadlessSession,
  wanted: RawWeights,
  signal: AbortSignal,
): Promise<RawWeights | Failure> {
  const { applied } = session.store.getState().weights;
  if (applied && sameWeights(applied.weights, wanted)) return wanted;
  const tried = await session.tryWeights(wanted, signal);
  return tried.ok ? tried.value : tried.error;
}

function exitCodeOf(end: ShiftEnd, signal: AbortSignal): number {
  switch (end.kind) {
    case 'applied':
    case 'verified':
      return EXIT.done;
    case 'conflict':
      return EXIT.conflict;
    case 'not-verified':
      return EXIT.unverified;
    case 'limit':
      return EXIT.limit;
    case 'stopped':
      return signalCode(signal);
    default:
      return REFUSED_CODES[end.by];
  }
}
