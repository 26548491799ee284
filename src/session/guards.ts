import { asSplit, type RawWeights, weightsText } from '../kube/split.ts';
import { sentence } from '../sentence.ts';
import type { Intent } from './intents.ts';
import { versions } from './selectors.ts';
import { continuedShift } from './shifts.ts';
import type { AppState } from './state.ts';
import type { Overlay } from './ui-state.ts';

export type Question = Extract<Overlay, { kind: 'confirm' }>;

/**
 * The question to ask before `wanted` may be requested; undefined where none is open.
 *
 * A grant is recorded once its question was accepted, and the intent then runs again.
 */
export function questionBefore(
  state: AppState,
  wanted: RawWeights,
  intent: Intent,
  now: number,
): Question | undefined {
  return (
    protectedContext(state, wanted, intent) ??
    longJump(state, wanted, intent, now) ??
    noReadyPod(state, wanted, intent)
  );
}

function protectedContext(state: AppState, wanted: RawWeights, intent: Intent): Question | undefined {
  const grant = 'protected-context';
  if (!state.connection.isProtected || state.weights.granted.includes(grant)) return undefined;
  return {
    kind: 'confirm',
    question: `Change weights on ${state.connection.context}?`,
    detail: `This context is protected. ${change(state, wanted)}. Later changes in this session do not ask.`,
    accept: 'Change weights',
    requested: state.weights.requested,
    // One question is enough, however far the first change goes.
    grants: [grant, jumpGrant(state, wanted)],
    intent,
    focus: 'cancel',
  };
}

/** On a protected context a shift by more points than this asks, once for each shift. */
const JUMP_POINTS = 50;

/** A held key comes as far in many small steps as another key in one: what counts is where the shift began. */
function longJump(state: AppState, wanted: RawWeights, intent: Intent, now: number): Question | undefined {
  const { requested, granted, shiftCount } = state.weights;
  const isStepOfItsOwn = intent.kind === 'undo' || intent.kind === 'redo';
  const continued = isStepOfItsOwn ? undefined : continuedShift(state, now);
  const grants = [jumpGrant(state, wanted), `jump-of-shift:${continued?.id ?? shiftCount + 1}`];
  if (!state.connection.isProtected || grants.some(grant => granted.includes(grant))) return undefined;
  const from = continued?.from ?? requested;
  const points = Math.max(distance(from, wanted), distance(requested, wanted));
  if (points <= JUMP_POINTS) return undefined;
  const begun = weightsText(from) === weightsText(requested) ? '' : ` It began at ${weightsText(from)}.`;
  return {
    kind: 'confirm',
    question: `Move ${points} points at once on ${state.connection.context}?`,
    detail: `This context is protected. ${change(state, wanted)}.${begun}`,
    accept: `Move ${points} points`,
    requested,
    grants,
    intent,
    focus: 'cancel',
  };
}

/** By how many points the weight that changes most does. */
function distance(from: RawWeights, to: RawWeights): number {
  const before = asSplit(from);
  return Math.max(...asSplit(to).map((weight, index) => Math.abs(weight - (before[index] ?? 0))));
}

/** For this one change: once it is applied, or anything else is, the object is another version. */
function jumpGrant({ weights }: AppState, wanted: RawWeights): string {
  return `jump:${weights.applied?.virtualService.resourceVersion}:${weightsText(wanted)}`;
}

function noReadyPod(state: AppState, wanted: RawWeights, intent: Intent): Question | undefined {
  const before = asSplit(state.weights.requested);
  const after = asSplit(wanted);
  const known = arePodsKnown(state) ? versions(state) : [];
  const index = after.findIndex(
    (weight, index) =>
      weight > (before[index] ?? 0) &&
      known[index]?.readyPods === 0 &&
      known[index]?.health !== 'unknown' &&
      !state.weights.granted.includes(noReadyGrant(known[index]?.label ?? '')),
  );
  const version = known[index];
  if (!version) return undefined;
  return {
    kind: 'confirm',
    question: `Send traffic to ${version.label}, which has no ready pod?`,
    detail: `${change(state, wanted)}. Its share will be answered 503. ${sentence(version.why || version.words)}`,
    accept: 'Send it anyway',
    requested: state.weights.requested,
    grants: [noReadyGrant(version.label)],
    intent,
    focus: 'cancel',
  };
}

/** Whether what selects pods and the pods themselves could be read: only then does "no ready pod" mean that there is none. */
function arePodsKnown({ cluster: { pods, services, destinationRules } }: AppState): boolean {
  return [pods, services, destinationRules].every(
    ({ freshness }) =>
      freshness.kind === 'live' || (freshness.kind === 'stale' && freshness.error.kind !== 'forbidden'),
  );
}

/** The grant for a version without a ready pod. It ends when the version has one again. */
export function noReadyGrant(label: string): string {
  return `no-ready-pod:${label}`;
}

function change(state: AppState, wanted: RawWeights): string {
  return `${weightsText(state.weights.requested)} becomes ${weightsText(wanted)}`;
}
