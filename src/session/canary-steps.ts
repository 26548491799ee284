import { asSplit, type RawWeights, type Split, setWeight, TOTAL } from '../kube/split.ts';

/** The steps where nothing else is asked for. */
export const DEFAULT_STEPS: readonly number[] = [5, 10, 25, 50, 100];

/** What steps must be, in words. */
export const STEPS_WORDS = 'whole numbers from 1 to 100 that rise, such as 5,10,25,50,100';

/** Steps as they are typed, `5,10,25`, each a weight of the version, rising; undefined where they are not. A `%` behind one is passed over. */
export function readSteps(text: string): readonly number[] | undefined {
  const words = text.split(',').map(word => word.trim());
  if (!words.every(word => /^\d{1,3}\s*%?$/.test(word))) return undefined;
  const steps = words.map(word => Number.parseInt(word, 10));
  const rises = steps.every((step, index) => step > (steps[index - 1] ?? 0) && step <= TOTAL);
  return rises ? steps : undefined;
}

/** The steps that are still ahead of a version that has `weight` already, and those that are not. */
export function stepsAhead(
  steps: readonly number[],
  weight: number,
): { readonly ahead: readonly number[]; readonly passed: readonly number[] } {
  return { ahead: steps.filter(step => step > weight), passed: steps.filter(step => step <= weight) };
}

/**
 * The split that gives the destination at `to` the weight of a step: the others share the rest in the proportions that they had at
 * the start of the canary. Undefined where there is no other to take it from.
 */
export function splitOfStep(start: RawWeights, to: number, step: number): Split | undefined {
  const basis = asSplit(start);
  const change = setWeight(basis, to, step, new Set(), basis);
  if (change.kind === 'refused') return undefined;
  return change.kind === 'changed' ? change.split : basis;
}
