import { type RawWeights, sameWeights, weightsText } from '../kube/split.ts';
import { productName } from '../version.ts';
import type { Applied, PutBack } from './state.ts';

/** A return to the weights before our shift this soon after it is an answer to it. */
const ANSWER_MS = 30_000;

/** From so many times on, whoever puts our weights back is taken for an owner. */
const OWNER_TIMES = 2;

/**
 * Whether `next`, set by `manager`, takes our last shift back, and how often that manager has done so by now; undefined where it
 * is another change, or comes long after.
 */
export function putBackBy(
  before: Applied,
  next: RawWeights,
  manager: string,
  earlier: readonly PutBack[],
  now: number,
): PutBack | undefined {
  const { source } = before;
  if (source.kind !== 'shift' || now - source.acceptedAtMs > ANSWER_MS) return undefined;
  if (!sameWeights(next, source.from)) return undefined;
  const times = (earlier.find(other => other.manager === manager)?.times ?? 0) + 1;
  return { manager, times };
}

/** `argo-rollouts set v2 back to 0, 1.3 s after you`; once it is a habit, what to do about it. */
export function putBackWords(
  before: Applied,
  next: RawWeights,
  { manager, times }: PutBack,
  now: number,
): string {
  const { source, weights, route } = before;
  if (source.kind !== 'shift') return `${manager} set ${weightsText(next)}`;
  // The version that our shift gave the most is the one that was taken back.
  const gains = weights.map((weight, index) => (weight ?? 0) - (source.from[index] ?? 0));
  const index = gains.indexOf(Math.max(...gains));
  const label = route.destinations[index]?.label ?? '';
  const after = ((now - source.acceptedAtMs) / 1000).toFixed(1);
  const told = `${manager} set ${label} back to ${next[index] ?? 'none'}, ${after} s after you`;
  return times < OWNER_TIMES || isPerson(manager) ? told : `${told}, again: ${advice(manager)}`;
}

function advice(manager: string): string {
  return `it owns these weights, so change them where ${manager} takes them from, or stop it first`;
}

/** Field managers behind which there is somebody to talk to. */
function isPerson(manager: string): boolean {
  return manager.startsWith('kubectl') || manager.endsWith(productName);
}

/** The list with `latest` in the place of what was known of its manager. */
export function withPutBack(earlier: readonly PutBack[], latest: PutBack): readonly PutBack[] {
  return [...earlier.filter(({ manager }) => manager !== latest.manager), latest];
}
