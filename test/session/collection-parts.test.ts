import { describe, expect, it } from 'vitest';
import { foldReport } from '../../src/session/cluster-events.ts';
import { composeParts, type Part } from '../../src/session/collection-parts.ts';
import type { Collected } from '../../src/session/state.ts';

const row = (name: string, resourceVersion = '1') => ({
  name,
  namespace: 'default',
  uid: `uid-${name}`,
  resourceVersion,
  createdAtMs: undefined,
  labels: {},
});
type Row = ReturnType<typeof row>;

const error = (kind: 'forbidden' | 'unreachable') => ({ kind, headline: '', nextStep: '' });
const loading: Collected<Row> = { items: [], freshness: { kind: 'loading' } };
const live = (...items: readonly Row[]): Collected<Row> => ({ items, freshness: { kind: 'live' } });
const part = (collected: Collected<Row>, change: Partial<Part<Row>> = {}): Part<Row> => ({
  collected,
  isOptional: false,
  isRetired: false,
  ...change,
});
const names = ({ items }: Collected<Row>) => items.map(({ name }) => name);

describe('a list that replaces what was known', () => {
  it('keeps the very rows that stayed the same, and the list where all did', () => {
    const before = live(row('a'), row('b'));
    const again = foldReport(before, { kind: 'listed', items: [row('a'), row('b')] }, 0);
    expect(again).toBe(before);
    const changed = foldReport(before, { kind: 'listed', items: [row('a'), row('b', '2')] }, 0);
    expect(changed.items[0]).toBe(before.items[0]);
    expect(changed.items[1]).toEqual(row('b', '2'));
  });

  it('takes an object that was made anew for another one, though it has the name', () => {
    const anew = { ...row('a'), uid: 'another' };
    expect(foldReport(live(row('a')), { kind: 'listed', items: [anew] }, 0).items).toEqual([anew]);
  });
});

describe('a collection of several watches', () => {
  it('has every object once, and is loading until each was read', () => {
    expect(composeParts([part(live(row('a'), row('b'))), part(loading)], loading)).toEqual({
      items: [row('a'), row('b')],
      freshness: { kind: 'loading' },
    });
    const both = composeParts([part(live(row('a'), row('b'))), part(live(row('b'), row('c')))], loading);
    expect(names(both)).toEqual(['a', 'b', 'c']);
    expect(both.freshness).toEqual({ kind: 'live' });
  });

  it('shows what was wanted before until its successor was read, as live as it was', () => {
    const old = part(live(row('a')), { isRetired: true });
    const meanwhile = composeParts([old, part(loading)], live(row('a')));
    expect([names(meanwhile), meanwhile.freshness.kind]).toEqual([['a'], 'live']);
    expect(names(composeParts([old, part(live(row('b')))], live(row('a'))))).toEqual(['b']);
  });

  it('is as stale as the first of its watches, but for one that nobody misses', () => {
    const stale = (kind: 'forbidden' | 'unreachable', sinceMs: number): Collected<Row> => ({
      items: [],
      freshness: { kind: 'stale', sinceMs, error: error(kind) },
    });
    const composed = composeParts(
      [part(stale('unreachable', 7)), part(stale('unreachable', 3)), part(live())],
      loading,
    );
    expect(composed.freshness).toMatchObject({ kind: 'stale', sinceMs: 3 });
    const optional = part(stale('forbidden', 1), { isOptional: true });
    expect(composeParts([part(live(row('a'))), optional], loading).freshness).toEqual({ kind: 'live' });
  });

  it('of nothing is read, and empty', () => {
    expect(composeParts([], loading)).toEqual({ items: [], freshness: { kind: 'live' } });
  });
});
