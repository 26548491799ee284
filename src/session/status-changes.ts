import { findingWords, healthCells, versionCells } from './status-cells.ts';
import type { FindingFacts, HealthFacts, StatusFacts, VersionFacts } from './status-facts.ts';

type Weights = Readonly<Record<string, number | null>>;

/** Something that is otherwise than before, as plain data. */
export type StatusChange =
  | { readonly event: 'connection-lost'; readonly reason: string; readonly nextStep: string }
  | { readonly event: 'connection-back' }
  | { readonly event: 'route-gone'; readonly reason: string }
  | { readonly event: 'route-back'; readonly weights: Weights }
  | {
      readonly event: 'weights';
      readonly weights: Weights;
      readonly before: Weights;
      readonly setBy: string | null;
    }
  | { readonly event: 'version'; readonly row: VersionFacts }
  | { readonly event: 'health'; readonly row: HealthFacts; readonly isGone: boolean }
  | { readonly event: 'owner'; readonly owner: string; readonly isGone: boolean }
  | { readonly event: 'read-only'; readonly readOnlyBecause: string | null }
  | { readonly event: 'finding'; readonly finding: FindingFacts; readonly isGone: boolean };

type Topic = (before: StatusFacts, after: StatusFacts) => readonly StatusChange[];

/** In the order in which they are told. */
const TOPICS: readonly Topic[] = [connection, route, weights, versions, health, owners, readOnly, findings];

/** What is otherwise in `after` than it was in `before`; nothing where both say the same. */
export function changesBetween(before: StatusFacts, after: StatusFacts): readonly StatusChange[] {
  return TOPICS.flatMap(topic => topic(before, after));
}

/** The reason may change with each try: that it is lost is told once. */
function connection({ lost: was }: StatusFacts, { lost: is }: StatusFacts): readonly StatusChange[] {
  if (is && !was) return [{ event: 'connection-lost', reason: is.headline, nextStep: is.nextStep }];
  return was && !is ? [{ event: 'connection-back' }] : [];
}

function route(before: StatusFacts, after: StatusFacts): readonly StatusChange[] {
  if (after.routeGone === before.routeGone) return [];
  if (after.routeGone !== undefined) return [{ event: 'route-gone', reason: after.routeGone }];
  return [{ event: 'route-back', weights: weightsOf(after) }];
}

function weights(before: StatusFacts, after: StatusFacts): readonly StatusChange[] {
  const [was, is] = [weightsOf(before), weightsOf(after)];
  if (before.routeGone !== after.routeGone || isSame(was, is)) return [];
  return [{ event: 'weights', weights: is, before: was, setBy: after.setBy ?? null }];
}

function weightsOf({ versions: rows }: StatusFacts): Weights {
  return Object.fromEntries(rows.map(({ version, applied }) => [version, applied]));
}

function versions(before: StatusFacts, after: StatusFacts): readonly StatusChange[] {
  const known = before.versions.map(withoutWeight);
  return after.versions
    .filter(row => !known.some(one => isSame(one, withoutWeight(row))))
    .map(row => ({ event: 'version', row }));
}

function withoutWeight(row: VersionFacts): VersionFacts {
  return { ...row, applied: null };
}

function health(before: StatusFacts, after: StatusFacts): readonly StatusChange[] {
  const changed = missingIn(before.health, after.health);
  const gone = before.health.filter(row => after.health.every(({ key }) => key !== row.key));
  return [
    ...changed.map(row => ({ event: 'health', row, isGone: false }) as const),
    ...gone.map(row => ({ event: 'health', row, isGone: true }) as const),
  ];
}

function owners(before: StatusFacts, after: StatusFacts): readonly StatusChange[] {
  return [
    ...missingIn(before.owners, after.owners).map(
      owner => ({ event: 'owner', owner, isGone: false }) as const,
    ),
    ...missingIn(after.owners, before.owners).map(
      owner => ({ event: 'owner', owner, isGone: true }) as const,
    ),
  ];
}

function readOnly(before: StatusFacts, after: StatusFacts): readonly StatusChange[] {
  if (after.readOnlyBecause === before.readOnlyBecause) return [];
  return [{ event: 'read-only', readOnlyBecause: after.readOnlyBecause ?? null }];
}

function findings({ findings: was = [] }: StatusFacts, { findings: is = was }: StatusFacts) {
  return [
    ...findingsBeyond(was, is).map(finding => ({ event: 'finding', finding, isGone: false }) as const),
    ...findingsBeyond(is, was).map(finding => ({ event: 'finding', finding, isGone: true }) as const),
  ];
}

/**
 * What is found that was not. One that only reads otherwise, such as with another number of restarts, is none: what it is about is told
 * by its version or its pod.
 */
function findingsBeyond(known: readonly FindingFacts[], found: readonly FindingFacts[]) {
  const kind = ({ severity, code, object }: FindingFacts) => `${severity} ${code} ${object}`;
  const others = missingIn(known, found);
  return others.filter((finding, at) => {
    const isOfKind = (other: FindingFacts) => kind(other) === kind(finding);
    const more = found.filter(isOfKind).length - known.filter(isOfKind).length;
    return others.slice(0, at).filter(isOfKind).length < more;
  });
}

/** Those of `items` that `known` does not have. */
function missingIn<Item>(known: readonly Item[], items: readonly Item[]): readonly Item[] {
  return items.filter(item => !known.some(one => isSame(one, item)));
}

/** Both are made of plain data in one place, so their members stand in one order. */
function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** A change on one line, for people. */
export function changeWords(change: StatusChange): string {
  switch (change.event) {
    case 'connection-lost':
      return `connection lost: ${change.reason} ${change.nextStep}`.trim();
    case 'connection-back':
      return 'connection back';
    case 'route-gone':
      return `route gone: ${change.reason}`;
    case 'route-back':
      return `route back: ${weightsWords(change.weights)}`;
    case 'weights': {
      const by = change.setBy === null ? '' : `, set by ${change.setBy}`;
      return `weights: ${weightsWords(change.weights)}${by} (before: ${weightsWords(change.before)})`;
    }
    case 'version':
      return `version: ${versionCells(change.row).join(', ')}`;
    case 'health':
      return change.isGone
        ? `health: ${change.row.key} is gone`
        : `health: ${[change.row.key, ...healthCells(change.row).slice(1)].join(', ')}`;
    case 'owner':
      return `${change.isGone ? 'owner gone' : 'owner'}: ${change.owner}`;
    case 'read-only':
      return change.readOnlyBecause ?? 'read-only no more';
    case 'finding':
      return `${change.isGone ? 'finding gone' : 'finding'}: ${findingWords(change.finding)}`;
  }
}

function weightsWords(by: Weights): string {
  return Object.entries(by)
    .map(([version, weight]) => `${version} ${weight ?? 'none'}`)
    .join(', ');
}
