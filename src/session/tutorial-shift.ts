import { type RawWeights, weightsText } from '../kube/split.ts';
import { SHIFT_GOALS } from '../tutorial/shift-goals.ts';
import type { RunFailure } from '../tutorial/step-run.ts';
import type { Consent } from './ask-headless.ts';
import type { HeadlessSession } from './headless-session.ts';
import { routeKnown } from './route-known.ts';
import { runShift, type ShiftResult } from './shift-run.ts';
import { boundPercent, HIDDEN_FAILURES } from './shift-words.ts';
import { stepOf, type TutorialParts, tell, whyNotDone } from './tutorial-parts.ts';
import { verdictSentence } from './verdict-sentence.ts';

/** How long the route may take to be read, and its pods to start. */
const KNOWN_MS = 30_000;
/** At 20 samples a second half and half agrees after 20 s, once traffic has followed. */
const PROOF_MS = 120_000;

/**
 * Shifts as a person does with keys, from where the weights are: each split is proved by the answers of the gateway before the next
 * one, and a request that fails is a failure of the step. What is there already is proved and not gone back from.
 */
export async function runShiftStep(parts: TutorialParts): Promise<RunFailure | undefined> {
  const step = stepOf(await parts.facts(), 'shift');
  const open = parts.reach()?.openSession;
  if (step.progress.kind !== 'yours' || !open) return whyNotDone(step);
  const session = open();
  try {
    const known = await routeKnown(session, { limitMs: KNOWN_MS, startMs: KNOWN_MS }, parts.signal);
    if (known.kind === 'stopped') return STOPPED;
    if (known.kind !== 'known') return known;
    for (const weights of goalsFrom(session)) {
      const failure = await prove(session, weights, parts);
      if (failure) return failure;
    }
    return undefined;
  } finally {
    await session.stop();
  }
}

const STOPPED: RunFailure = {
  headline: 'The shift was stopped.',
  nextStep: 'Running this step again goes on from the weights that are there.',
};

/** The splits that are to be seen, each in the order of the route: from the one that is there, else from the careful beginning. */
function goalsFrom({ store }: HeadlessSession): readonly RawWeights[] {
  const { applied } = store.getState().weights;
  const labels = applied?.route.destinations.map(({ label }) => label) ?? [];
  const goals = SHIFT_GOALS.map(({ weights }) => labels.map(label => weights[label] ?? 0));
  const here = goals.findIndex(goal => weightsText(goal) === weightsText(applied?.weights ?? []));
  return here >= 0 ? goals.slice(here) : goals.slice(1);
}

/** On a protected context the person has named it, and so agreed; a version without a ready pod is nothing that they were told of. */
const agrees: Consent = async ({ grants }) =>
  grants.some(grant => grant === 'protected-context' || grant.startsWith('jump'));

async function prove(
  session: HeadlessSession,
  weights: RawWeights,
  parts: TutorialParts,
): Promise<RunFailure | undefined> {
  const split = weightsText(weights);
  tell(parts, `${split}: asked for`);
  const limits = { maxFailures: 0, maxFailureRate: undefined, maxP99Ms: undefined };
  const proof = { timeoutMs: PROOF_MS, limits, rollsBack: false };
  const plan = { intent: { kind: 'set-split', weights }, proof } as const;
  const say = (line: string) => tell(parts, `${split}: ${line}`);
  const result = await runShift(session, plan, agrees, say, parts.signal);
  const failure = failureOf(split, result, session);
  if (!failure) say(provedWords(result));
  return failure;
}

function provedWords({ tally }: ShiftResult): string {
  if (!tally) return 'traffic agrees';
  const { samples, failed, failureBound } = tally;
  return `traffic agrees; ${failed} of ${samples} requests failed: below ${boundPercent(failureBound)} % with 95 % confidence (${HIDDEN_FAILURES})`;
}

function failureOf(split: string, { end }: ShiftResult, { store }: HeadlessSession): RunFailure | undefined {
  switch (end.kind) {
    case 'applied':
    case 'verified':
      return undefined;
    case 'refused':
      return end;
    case 'not-taken':
      return { headline: `${split} is not applied: ${end.reason}`, nextStep: '' };
    case 'conflict':
      return { headline: `${split} is not what is applied any more: ${end.reason}`, nextStep: '' };
    case 'stopped':
      return STOPPED;
    case 'limit': {
      const words =
        'failed' in end.broken ? `${end.broken.failed} of ${end.broken.samples} requests failed` : '';
      return {
        headline: `Requests fail while traffic moves to ${split}: ${words}.`,
        nextStep:
          'The Responses pane of the screen names the kind of failure; weighbridge doctor may say why.',
      };
    }
    case 'not-verified': {
      const { observed } = store.getState().traffic;
      if (!observed) return end;
      const said = verdictSentence(observed.verdict);
      return {
        headline: `Traffic does not follow to ${split} in ${PROOF_MS / 60_000} minutes: ${said}.`,
        nextStep: 'weighbridge doctor says why.',
      };
    }
  }
}
