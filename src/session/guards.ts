import { asSplit, type RawWeights, weightsText } from '../kube/split.ts';
import type { Intent } from './intents.ts';
import { versions } from './selectors.ts';
import type { AppState, Overlay } from './state.ts';

export type Question = Extract<Overlay, { kind: 'confirm' }>;

/**
 * The question to ask before `wanted` may be requested; undefined where none is open.
 *
 * A grant is recorded once its question was accepted, and the intent then runs again.
 */
export function questionBefore(state: AppState, wanted: RawWeights, intent: Intent): Question | undefined {
  return protectedContext(state, wanted, intent) ?? noReadyPod(state, wanted, intent);
}

function protectedContext(state: AppState, wanted: RawWeights, intent: Intent): Question | undefined {
  const grants = 'protected-context';
  if (!state.connection.isProtected || state.weights.granted.includes(grants)) return undefined;
  return {
    kind: 'confirm',
    question: `Change weights on ${state.connection.context}?`,
    detail: `This context is protected. ${change(state, wanted)}. Later changes in this session do not ask.`,
    accept: 'Change weights',
    requested: state.weights.requested,
    grants,
    intent,
    focus: 'cancel',
  };
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
    detail: `${change(state, wanted)}. Its share will be answered 503. ${version.why || version.words}`,
    accept: 'Send it anyway',
    requested: state.weights.requested,
    grants: noReadyGrant(version.label),
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
