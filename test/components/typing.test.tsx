import { describe, expect, it } from 'vitest';
import { applyIntent } from '../../src/session/apply-intent.ts';
import type { Intent } from '../../src/session/intents.ts';
import { openLine } from '../../src/session/open-line.ts';
import type { AppState } from '../../src/session/state.ts';
import { openKeyboard } from '../support/keyboard.tsx';
import { NOW, stateOf } from '../support/states.ts';

const healthy = stateOf('healthy', [50, 50]);
const after = (...intents: readonly Intent[]): AppState =>
  intents.reduce((state, intent) => applyIntent(state, intent, NOW), healthy);

/** Every place where text is typed, but for the prompt for a weight, which takes digits alone. */
const PLACES: readonly (readonly [place: string, state: AppState])[] = [
  ['the filter of a list', after({ kind: 'open-list', list: 'routes' }, { kind: 'start-filter' })],
  ['the filter of a pane', after({ kind: 'focus', pane: 'health' }, { kind: 'start-filter' })],
  ['the command line', after({ kind: 'open-command-line' })],
  ['a prompt', { ...after({ kind: 'focus', pane: 'responses' }, { kind: 'enter-weight' }) }],
];

/** Keys, and what is left of `one two` behind them: the cursor is where the bar is. */
const EDITS: readonly (readonly [keys: string, chunks: readonly string[], left: string])[] = [
  ['ctrl-u', ['\x15'], '|'],
  ['ctrl-u in the middle', ['\x1b[D', '\x1b[D', '\x15'], '|wo'],
  ['ctrl-a', ['\x01', 'x'], 'x|one-two'],
  ['Home', ['\x1b[H', 'x'], 'x|one-two'],
  ['ctrl-e', ['\x01', '\x05', 'x'], 'one-twox|'],
  ['End', ['\x01', '\x1b[F', 'x'], 'one-twox|'],
  ['ctrl-k', ['\x01', '\x06', '\x0b'], 'o|'],
  ['ctrl-w', ['\x17'], '|'],
  ['alt and backspace', ['\x1b\x7f'], '|'],
  ['ctrl-b', ['\x02', 'x'], 'one-twx|o'],
  ['left and right', ['\x1b[D', '\x1b[D', '\x1b[C', 'x'], 'one-twx|o'],
  ['Delete', ['\x01', '\x1b[3~'], '|ne-two'],
  ['ctrl-d', ['\x01', '\x04'], '|ne-two'],
  ['ctrl-h', ['\x08'], 'one-tw|'],
  ['three backspaces in one chunk', ['\x7f\x7f\x7f'], 'one-|'],
  ['text around a key in one chunk', ['abc\x15def'], 'def|'],
  ['an arrow with ctrl, by words', ['\x1b[1;5D', 'x'], 'x|one-two'],
  ['alt-b and alt-f', ['\x1bb', '\x1bf', 'x'], 'one-twox|'],
  ['a key that means nothing there', ['\x0f', '\x1b[5;3~', '\x1bq'], 'one-two|'],
  ['a colon and a slash', [':/?'], 'one-two:/?|'],
];

describe.each(PLACES)('in %s', (_place, state) => {
  it.each(EDITS)('%s does what it does in a shell', async (_keys, chunks, left) => {
    const { press } = await openKeyboard(state);
    await press('one-two');
    const line = openLine(await press(...chunks));
    expect(`${line?.before}|${line?.after}`).toBe(left);
  });
});

it('takes nothing but digits for a weight, wherever the cursor is', async () => {
  const { press } = await openKeyboard(after({ kind: 'enter-weight' }));
  const line = openLine(await press('12', '\x01', 'a\x06b', '3x'));
  expect(line).toMatchObject({ before: '13', after: '2' });
});

it('filters a pane in one chunk, and goes on with the keys of its rows', async () => {
  const { press } = await openKeyboard(healthy);
  const typed = await press('1/istiod\r');
  expect(typed.ui.paneRows.health).toMatchObject({ filter: 'istiod', isFiltering: false });
  expect((await press('\r')).ui.overlay).toMatchObject({ kind: 'details', subject: { kind: 'pod' } });
});

it('takes what is typed and enter in one chunk', async () => {
  const { press } = await openKeyboard(healthy);
  expect((await press('=37\r')).weights.requested).toEqual([63, 37]);
});
