import type { Metadata } from '../kube/metadata.ts';
import type { Collected } from './state.ts';

/** What one watch knows of a collection that several watches make up. */
export type Part<Item> = {
  readonly collected: Collected<Item>;
  /** Its refusal alone says nothing of the whole. */
  readonly isOptional: boolean;
  /** No longer wanted: it fills in until its successors were read, so that no row goes and comes. */
  readonly isRetired: boolean;
};

/**
 * One collection of its parts: every object once. It is loading while a part that is wanted was never read, unless what was
 * wanted before fills in; and as stale as its first part that is. The list keeps its identity while its rows do.
 */
export function composeParts<Item extends Metadata>(
  parts: readonly Part<Item>[],
  before: Collected<Item>,
): Collected<Item> {
  const wanted = parts.filter(({ isRetired }) => !isRetired);
  const isRead = wanted.every(({ collected }) => collected.freshness.kind !== 'loading');
  const used = isRead ? wanted : [...wanted, ...parts.filter(({ isRetired }) => isRetired)];
  const [only] = used;
  if (only && used.length === 1 && !only.isOptional) return only.collected;
  const items = unchanged(before.items, allOnce(used.map(({ collected }) => collected.items)));
  const freshness = freshnessOf(wanted, used.length > wanted.length);
  const isSame = freshness.kind !== 'stale' && freshness.kind === before.freshness.kind;
  return isSame && items === before.items ? before : { items, freshness };
}

function allOnce<Item extends Metadata>(lists: readonly (readonly Item[])[]): readonly Item[] {
  const byName = new Map<string, Item>();
  for (const item of lists.flat()) {
    const key = `${item.namespace}/${item.name}`;
    if (!byName.has(key)) byName.set(key, item);
  }
  return [...byName.values()];
}

function freshnessOf(
  wanted: readonly Part<Metadata>[],
  isFilledIn: boolean,
): Collected<Metadata>['freshness'] {
  const counted = wanted
    .filter(({ isOptional, collected }) => !(isOptional && isForbidden(collected)))
    .map(({ collected }) => collected.freshness);
  const first = counted
    .filter(freshness => freshness.kind === 'stale')
    .toSorted((left, right) => left.sinceMs - right.sinceMs)[0];
  if (first) return first;
  const isLoading = !isFilledIn && counted.some(({ kind }) => kind === 'loading');
  return { kind: isLoading ? 'loading' : 'live' };
}

function isForbidden({ freshness }: Collected<Metadata>): boolean {
  return freshness.kind === 'stale' && freshness.error.kind === 'forbidden';
}

/** The list of before where the rows are the very same. */
export function unchanged<Item>(before: readonly Item[], after: readonly Item[]): readonly Item[] {
  const isSame = before.length === after.length && before.every((item, index) => item === after[index]);
  return isSame ? before : after;
}
