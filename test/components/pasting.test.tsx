import { describe, expect, it } from 'vitest';
import { activeContexts } from '../../src/components/key-lookup.ts';
import { keymap } from '../../src/components/keymap.ts';
import { applyIntent } from '../../src/session/apply-intent.ts';
import type { Intent } from '../../src/session/intents.ts';
import { lineText } from '../../src/session/line-edit.ts';
import { openLine } from '../../src/session/open-line.ts';
import type { AppState } from '../../src/session/state.ts';
import { type Overlay, PANES } from '../../src/session/ui-state.ts';
import { afterShifts } from '../support/histories.ts';
import { openKeyboard } from '../support/keyboard.tsx';
import { NOW, stateOf } from '../support/states.ts';

const healthy = afterShifts(stateOf('healthy', [50, 50]));
const after = (...intents: readonly Intent[]): AppState =>
  intents.reduce((state, intent) => applyIntent(state, intent, NOW), healthy);
const over = (overlay: Overlay): AppState => ({ ...healthy, ui: { ...healthy.ui, overlay } });

/** Where a paste can meet the screen. */
const PLACES: readonly (readonly [place: string, state: AppState])[] = [
  ...PANES.map(pane => [pane, after({ kind: 'focus', pane })] as const),
  ['the help', after({ kind: 'open-help' })],
  ['a list', after({ kind: 'open-list', list: 'routes' })],
  ['the history', after({ kind: 'open-list', list: 'shifts' })],
  ['the messages', after({ kind: 'open-list', list: 'messages' })],
  ['a shift', after({ kind: 'open-list', list: 'shifts' }, { kind: 'accept' })],
  ['a finding', over({ kind: 'finding', id: '' })],
  ['the ways', over({ kind: 'ways', index: 0 })],
  ['details', over({ kind: 'details', subject: { kind: 'node', name: 'minikube' }, index: 0 })],
  [
    'a question',
    over({
      kind: 'confirm',
      question: '?',
      detail: '',
      accept: 'Yes',
      requested: [50, 50],
      grants: [],
      intent: { kind: 'set-to', weight: 100 },
      focus: 'accept',
    }),
  ],
];

/** Where text is typed, and what becomes of the pasted text there. */
const LINES: readonly (readonly [place: string, state: AppState, text: string])[] = [
  ['the command line', after({ kind: 'open-command-line' }), 'q=100'],
  ['the filter of a list', after({ kind: 'open-list', list: 'routes' }, { kind: 'start-filter' }), 'q=100'],
  ['the filter of the help', after({ kind: 'open-help' }, { kind: 'start-filter' }), 'q=100'],
  ['the filter of a pane', after({ kind: 'focus', pane: 'health' }, { kind: 'start-filter' }), 'q=100'],
  ['the prompt for a weight', after({ kind: 'enter-weight' }), '100'],
  ['another prompt', after({ kind: 'focus', pane: 'responses' }, { kind: 'enter-weight' }), 'q=100'],
];

const TEXT = 'q=100\n';

describe('pasted text', () => {
  it.each(PLACES)('does nothing in %s', async (_place, state) => {
    const { press } = await openKeyboard(state);
    expect(await press(`\u001b[200~${TEXT}\u001b[201~`)).toEqual(state);
  });

  it.each(PLACES)('does nothing in %s of a terminal that does not mark it', async (_place, state) => {
    const { press, intents } = await openKeyboard(state);
    await press(TEXT);
    expect(intents).toEqual([]);
  });

  it.each(LINES)('is text in %s, and a line break in it runs nothing', async (_place, state, text) => {
    const { press } = await openKeyboard(state);
    const pasted = await press(`\u001b[200~${TEXT}\u001b[201~`);
    const line = openLine(pasted);
    expect(line && lineText(line)).toBe(text);
    expect(pasted.weights).toBe(state.weights);
    expect(pasted.run.kind).toBe('running');
  });

  it('is tried in every place that has keys', () => {
    const tried = new Set([...PLACES, ...LINES].flatMap(([, state]) => activeContexts(state)));
    const places = new Set(keymap.flatMap(({ context }) => context));
    // A plan has the keys of every question.
    expect([...places].filter(place => !tried.has(place))).toEqual(['plan']);
  });
});
