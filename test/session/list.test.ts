import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyIntent } from '../../src/session/apply-intent.ts';
import type { Intent } from '../../src/session/intents.ts';
import { chosenIndex, type ListRow, matching, rowAway } from '../../src/session/list.ts';
import { listedRows } from '../../src/session/list-overlay.ts';
import type { AppState } from '../../src/session/state.ts';
import { aVirtualService } from '../support/objects.ts';
import { NOW, stateOf } from '../support/states.ts';

const row = (id: string, ...cells: string[]): ListRow => ({ id, mark: 'none', cells, detail: '' });
const rows = [
  row('a', 'checkout', 'v1 90, v2 10'),
  row('b', 'Reviews', 'v1 50, v3 50'),
  row('c', 'ratings', 'blue 100'),
];
const ids = (list: readonly ListRow[]) => list.map(({ id }) => id).join('');

describe('the filter of a list', () => {
  it.each([
    ['', 'abc'],
    ['   ', 'abc'],
    ['view', 'b'],
    ['REV', 'b'],
    ['v1', 'ab'],
    ['50 rev', 'b'],
    ['v1 blue', ''],
    ['.*', ''],
  ])('%j leaves %j', (filter, left) => {
    expect(ids(matching(rows, filter))).toBe(left);
  });
});

describe('the highlighted row', () => {
  it('is the one in force until it is moved, and the first where none is', () => {
    expect(chosenIndex(rows, undefined)).toBe(0);
    expect(chosenIndex([...rows, { ...row('d', 'd'), mark: 'current' }], undefined)).toBe(3);
    expect(chosenIndex([], undefined)).toBe(-1);
  });

  it('stays on the same thing while rows come and go around it', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string(), { minLength: 1 }),
        fc.nat(),
        fc.array(fc.string()),
        (all, at, more) => {
          const list = all.map(id => row(id, id));
          const chosen = list[at % list.length]?.id ?? '';
          const others = more.filter(id => !all.includes(id)).map(id => row(id, id));
          expect([...others, ...list][chosenIndex([...others, ...list], chosen)]?.id).toBe(chosen);
        },
      ),
    );
  });

  it.each([
    ['b', 1, 'c'],
    ['b', 17, 'c'],
    ['b', -17, 'a'],
    ['gone', 1, 'b'],
    [undefined, Number.POSITIVE_INFINITY, 'c'],
    [undefined, Number.NEGATIVE_INFINITY, 'a'],
  ])('moves from %j by %d to %j, never past an end', (from, by, to) => {
    expect(rowAway(rows, from, by)?.id).toBe(to);
    expect(rowAway([], from, by)).toBeUndefined();
  });
});

describe('the list of routes', () => {
  const many = (count: number): AppState => {
    const state = stateOf('healthy', [50, 50]);
    const items = Array.from({ length: count }, (_, at) => ({
      ...aVirtualService([at, 100 - at]),
      name: `shop-${at}`,
    }));
    return {
      ...state,
      cluster: { ...state.cluster, virtualServices: { items, freshness: { kind: 'live' } } },
    };
  };
  const press = (state: AppState, ...intents: readonly Intent[]) =>
    intents.reduce((before, intent) => applyIntent(before, intent, NOW), state);
  const open: Intent = { kind: 'open-list', list: 'routes' };
  const type = (text: string): Intent => ({ kind: 'type', text });
  const shown = (state: AppState) => {
    const { overlay } = state.ui;
    if (overlay.kind !== 'list') return overlay.kind;
    const { rows: left, total } = listedRows(state, overlay);
    return `${left.length} of ${total}, ${left[chosenIndex(left, overlay.chosen)]?.cells[0]}`;
  };

  it('is moved through by rows, by pages of the screen and to its ends', () => {
    const opened = press(many(42), open);
    expect(shown(opened)).toBe('42 of 42, shop-0');
    expect(shown(press(opened, { kind: 'move-choice', by: 1 }))).toBe('42 of 42, shop-1');
    expect(shown(press(opened, { kind: 'move-page', by: 1 }))).toBe('42 of 42, shop-13');
    expect(shown(press(opened, { kind: 'move-to-end', end: 'last' }))).toBe('42 of 42, shop-41');
    const up = press(opened, { kind: 'move-to-end', end: 'last' }, { kind: 'move-page', by: -1 });
    expect(shown(up)).toBe('42 of 42, shop-28');
  });

  it('is filtered while it is typed, and enter takes the highlighted one', () => {
    const filtered = press(many(42), open, { kind: 'start-filter' }, type('p-4'));
    expect(shown(filtered)).toBe('3 of 42, shop-4');
    const taken = press(filtered, { kind: 'move-choice', by: 1 }, { kind: 'submit' });
    expect(taken.ui.overlay.kind).toBe('none');
    expect(taken.target).toMatchObject({ kind: 'chosen', name: 'shop-40' });
  });

  it('takes what was typed with enter in the same chunk, and nothing that was pasted', () => {
    const filtering = press(many(42), open, { kind: 'start-filter' });
    expect(press(filtering, type('shop-7\r')).target).toMatchObject({ name: 'shop-7' });
    const pasted = press(filtering, { kind: 'paste', text: 'shop-9\nshop-10\n' });
    expect(shown(pasted)).toBe('1 of 42, shop-9');
    expect(shown(press(many(42), open, { kind: 'paste', text: 'shop-9' }))).toBe('42 of 42, shop-0');
  });

  it('stays open and takes nothing where no row is left', () => {
    const before = many(42);
    const nothing = press(before, open, { kind: 'start-filter' }, type('nothing'), { kind: 'submit' });
    expect(shown(nothing)).toBe('0 of 42, undefined');
    expect(nothing.weights).toBe(before.weights);
  });

  it('loses its filter with the first escape, and closes with the second', () => {
    const filtered = press(many(42), open, { kind: 'start-filter' }, type('p-4'));
    const cleared = press(filtered, { kind: 'close-overlay' });
    expect(shown(cleared)).toBe('42 of 42, shop-0');
    expect(shown(press(cleared, { kind: 'close-overlay' }))).toBe('none');
  });

  it('leaves the arrows to the weights, and says where those are', () => {
    expect(press(many(42), open, { kind: 'no-arrows-here' }).notices.at(-1)?.text).toBe('weights: press 3');
  });
});
