import type { Metadata } from '../kube/metadata.ts';
import { ageText } from '../session/ages.ts';
import type { Collected } from '../session/state.ts';

/**
 * `as of 12s ago` where one of the collections is no longer current; empty where all are. One that may not be read and never was
 * is not out of date: the pane says so in a line of its own.
 */
export function staleAside(collections: readonly Collected<Metadata>[], now: number): string {
  const stale = collections
    .filter(({ items, freshness }) => items.length > 0 || !isForbidden(freshness))
    .map(({ freshness }) => freshness)
    .filter(freshness => freshness.kind === 'stale')
    .toSorted((left, right) => left.sinceMs - right.sinceMs)[0];
  return stale ? `as of ${ageText(now - stale.sinceMs)} ago` : '';
}

function isForbidden(freshness: Collected<Metadata>['freshness']): boolean {
  return freshness.kind === 'stale' && freshness.error.kind === 'forbidden';
}
