import type { Metadata } from '../kube/metadata.ts';
import type { Collected } from '../session/state.ts';
import { ageText } from './ages.ts';

/** `as of 12s ago` where one of the collections is no longer current, or why it cannot be read; empty where all are current. */
export function staleAside(collections: readonly Collected<Metadata>[], now: number): string {
  const stale = collections
    .map(({ freshness }) => freshness)
    .filter(freshness => freshness.kind === 'stale')
    .toSorted((left, right) => left.sinceMs - right.sinceMs)[0];
  if (!stale) return '';
  if (stale.error.kind === 'forbidden') return stale.error.nextStep;
  return `as of ${ageText(now - stale.sinceMs)} ago`;
}
