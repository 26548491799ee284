import { describe, expect, it } from 'vitest';
import { helpRows } from '../../src/components/help-rows.ts';
import { keymap } from '../../src/components/keymap.ts';
import { applyIntent } from '../../src/session/apply-intent.ts';
import type { Intent } from '../../src/session/intents.ts';
import type { AppState } from '../../src/session/state.ts';
import { TYPED_COMMANDS } from '../../src/session/typed-commands.ts';
import { NOW, stateOf } from '../support/states.ts';

const healthy = stateOf('healthy', [50, 50]);
const press = (state: AppState, ...intents: readonly Intent[]) =>
  intents.reduce((before, intent) => applyIntent(before, intent, NOW), state);
const rows = (state: AppState) => {
  const { overlay } = state.ui;
  if (overlay.kind !== 'help') throw new Error(`${overlay.kind} is open`);
  return helpRows(state, overlay);
};
const headings = (state: AppState) => rows(state).flatMap(row => (row.kind === 'heading' ? [row.text] : []));
const entries = (state: AppState) => rows(state).flatMap(row => (row.kind === 'entry' ? [row] : []));
const HELP: Intent = { kind: 'open-help' };
const find = (text: string): readonly Intent[] => [HELP, { kind: 'start-filter' }, { kind: 'type', text }];

describe('the help', () => {
  it('begins with the keys of the place that it was opened from', () => {
    const inWeights = press(healthy, HELP);
    expect(headings(inWeights)).toEqual(['Here: Weights', 'Everywhere', 'Elsewhere', 'Commands']);
    expect(entries(inWeights)[0]).toMatchObject({ keys: '→', where: '' });
    const inHistory = press(healthy, { kind: 'open-list', list: 'shifts' }, HELP);
    expect(headings(inHistory).slice(0, 3)).toEqual(['Here: history, lists', 'Everywhere', 'In the panes']);
    expect(entries(inHistory)[0]).toMatchObject({ keys: 'x', where: '' });
    expect(
      entries(inHistory).some(
        ({ sentence, where }) => /10 points/.test(sentence) && where.includes('Weights'),
      ),
    ).toBe(true);
  });

  it('has every key and every command once', () => {
    expect(entries(press(healthy, HELP))).toHaveLength(keymap.length + TYPED_COMMANDS.length);
  });

  it('says why a key can do nothing now', () => {
    const why = (state: AppState, keys: string) =>
      entries(press(state, HELP)).find(entry => entry.keys === keys)?.refusal;
    expect(why(healthy, 'u')).toBe('there is no shift to undo');
    expect(why(healthy, '=')).toBe('');
    expect(why(healthy, ':clear')).toBe('nothing is drawn yet');
    const readOnly = { ...healthy, connection: { ...healthy.connection, isReadOnly: true } };
    expect(why(readOnly, 'e')).toMatch(/^read-only/);
  });

  it('is searched by keys, by what they do, by where and by other names', () => {
    const found = (text: string) => entries(press(healthy, ...find(text))).map(({ keys }) => keys);
    expect(found('undo')).toContain('u');
    expect(found('ctrl-z')).toEqual(['ctrl-z']);
    expect(found('chart responses')).toContain('[');
    expect(found(':skin')).toEqual([':theme auto|mono|high-contrast']);
    expect(found('xyzzy')).toEqual([]);
    expect(headings(press(healthy, ...find('xyzzy')))).toEqual([]);
  });

  it('gives up its filter first, then what was open before it is there again', () => {
    const list = press(healthy, { kind: 'open-list', list: 'contexts' });
    const searched = press(list, ...find('undo'));
    const kept = press(searched, { kind: 'submit' });
    expect(kept.ui.overlay).toMatchObject({ kind: 'help', filter: 'undo', isFiltering: false });
    const cleared = press(kept, { kind: 'close-overlay' });
    expect(cleared.ui.overlay).toMatchObject({ kind: 'help', filter: '' });
    expect(press(cleared, { kind: 'close-overlay' }).ui.overlay).toEqual(list.ui.overlay);
  });
});
