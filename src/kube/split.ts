/**
 * Rules on the weights of one route: integers from 0 to 100, one per destination, that sum to 100 by construction.
 * Two destinations mirror each other; with more, the moved one gains or yields and the others share what is left.
 */

/** Integer weights that sum to 100, in the order of the route's destinations. */
export type Split = readonly number[];

/** Weights as the VirtualService has them: absent where the destination states none. */
export type RawWeights = readonly (number | undefined)[];

export const TOTAL = 100;

export type SplitChange =
  | { readonly kind: 'changed'; readonly split: Split }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Non-negative integers in the given proportions that sum to `total`, by largest remainder (Hamilton's method; ties go to
 * the earlier one). Equal parts where every proportion is 0. An empty list yields an empty list.
 */
export function apportion(total: number, proportions: readonly number[]): readonly number[] {
  const sum = proportions.reduce((left, right) => left + right, 0);
  const exact = proportions.map(part => (sum > 0 ? (total * part) / sum : total / proportions.length));
  const floors = exact.map(Math.floor);
  const missing = total - floors.reduce((left, right) => left + right, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((left, right) => right.remainder - left.remainder || left.index - right.index);
  const rounded = new Set(byRemainder.slice(0, missing).map(({ index }) => index));
  return floors.map((floor, index) => (rounded.has(index) ? floor + 1 : floor));
}

/**
 * What Istio makes of raw weights, as a split. A single destination gets everything whatever its weight is; an absent weight
 * is 0; weights count relative to their sum. Equal shares where nothing can be shared out (all zero, or a negative one).
 */
export function asSplit(weights: RawWeights): Split {
  const numbers = weights.map(weight => weight ?? 0);
  if (numbers.some(weight => weight < 0)) return apportion(TOTAL, new Array(numbers.length).fill(0));
  return apportion(TOTAL, numbers);
}

/** The largest sum of weights that Envoy takes: 32 bits without sign. */
const MAX_SUM = 0xffff_ffff;

/** The sum of raw weights, an absent one being 0. */
export function sumOf(weights: RawWeights): number {
  return weights.reduce<number>((sum, weight) => sum + (weight ?? 0), 0);
}

/**
 * Exact shares of traffic, 0..1, that raw weights ask for; `undefined` where Envoy refuses them: all zero of several, a
 * negative one, or a sum beyond 32 bits.
 */
export function askedShares(weights: RawWeights): readonly number[] | undefined {
  if (weights.length === 1) return [1];
  const sum = sumOf(weights);
  if (sum <= 0 || sum > MAX_SUM || weights.some(weight => (weight ?? 0) < 0)) return undefined;
  return weights.map(weight => (weight ?? 0) / sum);
}

/** Whether raw weights are such as we write them: each stated, and together 100. */
export function isSplit(weights: RawWeights): weights is Split {
  return sumOf(weights) === TOTAL && weights.every(weight => weight !== undefined && weight >= 0);
}

/** A share in percent, with a decimal where it has one: `50`, `33.3`. */
export function percentText(share: number): string {
  return String(Math.round(share * 1000) / 10);
}

/**
 * Gives the destination at `index` the weight `wanted`, clamped to what the locked ones leave.
 *
 * The others share the rest in the proportions of `basis`: the split before they were squeezed, so that a destination pushed
 * to 0 comes back as it was. Refused where every other destination is locked, or the destination itself is.
 */
export function setWeight(
  split: Split,
  index: number,
  wanted: number,
  locked: ReadonlySet<number>,
  basis: Split,
): SplitChange {
  const current = split[index];
  if (current === undefined) return { kind: 'refused', reason: 'there is no such version' };
  if (split.length === 1) return { kind: 'refused', reason: 'the only version gets all traffic' };
  if (locked.has(index))
    return { kind: 'refused', reason: 'this version is locked: press space to unlock it' };
  const others = split.map((_, other) => other).filter(other => other !== index && !locked.has(other));
  if (others.length === 0) return { kind: 'refused', reason: 'every other version is locked' };
  const lockedSum = split.reduce((sum, weight, other) => sum + (locked.has(other) ? weight : 0), 0);
  const weight = Math.min(Math.max(Math.round(wanted), 0), TOTAL - lockedSum);
  if (weight === current) return { kind: 'unchanged' };
  const rest = apportion(
    TOTAL - lockedSum - weight,
    others.map(other => basis[other] ?? 0),
  );
  const next = split.map((before, other) =>
    other === index ? weight : (rest[others.indexOf(other)] ?? before),
  );
  return { kind: 'changed', split: next };
}

/** Equal weights for every destination that is not locked. */
export function evenSplit(split: Split, locked: ReadonlySet<number>): SplitChange {
  const free = split.map((_, index) => index).filter(index => !locked.has(index));
  if (free.length < 2) return { kind: 'refused', reason: 'fewer than two versions are unlocked' };
  const lockedSum = split.reduce((sum, weight, index) => sum + (locked.has(index) ? weight : 0), 0);
  const parts = apportion(TOTAL - lockedSum, new Array(free.length).fill(1));
  const next = split.map((before, index) => parts[free.indexOf(index)] ?? before);
  return next.every((weight, index) => weight === split[index])
    ? { kind: 'unchanged' }
    : { kind: 'changed', split: next };
}

/**
 * The proportions that the others of `index` return to: those of `split` while they hold any weight, else of `before`, the
 * basis from when they last did.
 */
export function basisFor(split: Split, index: number, locked: ReadonlySet<number>, before: Split): Split {
  const holdAny = split.some((weight, other) => other !== index && !locked.has(other) && weight > 0);
  return holdAny ? split : before;
}

/** Whether two lists of weights are the same, an absent weight differing from 0. */
export function sameWeights(left: RawWeights, right: RawWeights): boolean {
  return left.length === right.length && left.every((weight, index) => weight === right[index]);
}

/** `50/50`; an absent weight is shown as `–`. */
export function weightsText(weights: RawWeights): string {
  return weights.map(weight => weight ?? '–').join('/');
}

/** `v1 80, v2 20`, by the labels of a route's destinations; an absent weight is `none`. */
export function splitWords(
  { destinations }: { readonly destinations: readonly { readonly label: string }[] },
  weights: RawWeights,
): string {
  return destinations.map(({ label }, at) => `${label} ${weights[at] ?? 'none'}`).join(', ');
}
