import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KeyContext } from '../../src/components/binding.ts';
import { bindingOf, hints, keysAsMarkdown } from '../../src/components/key-lookup.ts';
import { keyNames } from '../../src/components/key-names.ts';
import { keymap } from '../../src/components/keymap.ts';
import { areKeys } from '../../src/components/typed-keys.ts';
import { initialState } from '../../src/session/state.ts';
import { commandsAsMarkdown } from '../../src/session/typed-commands.ts';
import type { Overlay, PaneId } from '../../src/session/ui-state.ts';
import { stateOf } from '../support/states.ts';

const state = initialState(0, { columns: 80, rows: 24, isUnicode: true });
const at = (focus: PaneId, overlay: Overlay = { kind: 'none' }) => ({
  ...state,
  ui: { ...state.ui, focus, overlay },
});
const noKey = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
};

describe('the key map', () => {
  it('gives no key two meanings in one place', () => {
    const meanings = keymap.flatMap(({ id, context, keys }) =>
      context.flatMap(place => keys.map(key => ({ id, at: `${place} ${key}` }))),
    );
    const clashes = meanings.filter(
      ({ at }, index) => meanings.findIndex(other => other.at === at) !== index,
    );
    expect(clashes).toEqual([]);
  });

  it('lets a pane redefine no key of everywhere, so that a key means one thing', () => {
    const everywhere = new Set(
      keymap.filter(({ context }) => context.includes('everywhere')).flatMap(({ keys }) => keys),
    );
    const panes: readonly KeyContext[] = ['health', 'versions', 'weights', 'responses'];
    const redefined = keymap.filter(
      ({ context, keys }) =>
        context.some(place => panes.includes(place)) && keys.some(key => everywhere.has(key)),
    );
    expect(redefined.map(({ id }) => id)).toEqual([]);
  });

  it('says of every key what it does, and names it once', () => {
    expect(
      keymap.filter(({ sentence, label, shown, keys }) => !sentence || !label || !shown || keys.length === 0),
    ).toEqual([]);
    expect(new Set(keymap.map(({ id }) => id)).size).toBe(keymap.length);
  });

  it('has a key for every intent that a person can ask for without typing', () => {
    const bound = new Set(keymap.map(({ intent }) => intent.kind));
    const byKey = [
      'shift',
      'set-to',
      'split-evenly',
      'select-version',
      'toggle-lock',
      'undo',
      'redo',
      'back-to-good',
      'ask-again',
      'override-owner',
      'enter-weight',
      'focus',
      'focus-next',
      'open-help',
      'zoom',
      'open-list',
      'start-filter',
      'move-page',
      'move-to-end',
      'close-overlay',
      'move-choice',
      'accept',
      'pause-sampling',
      'open-command-line',
      'complete',
      'edit-line',
      'submit',
      'copy',
      'suspend',
      'export-shifts',
      'no-arrows-here',
      'quit',
    ];
    expect(byKey.filter(kind => !bound.has(kind as never))).toEqual([]);
  });

  it("is the README's table", () => {
    const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
    expect(readme).toContain(keysAsMarkdown());
  });
});

it("has the commands of the README's table", () => {
  const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
  expect(readme).toContain(commandsAsMarkdown());
});

describe('a key', () => {
  it('shifts in the Weights pane, and elsewhere says where weights are changed', () => {
    expect(bindingOf(at('weights'), 'right')?.intent).toEqual({ kind: 'shift', points: 10 });
    expect(bindingOf(at('health'), 'right')?.intent).toEqual({ kind: 'no-arrows-here' });
  });

  it('confirms nothing by an arrow, and quits nothing by q, while a question is open', () => {
    const question: Overlay = {
      kind: 'confirm',
      question: '',
      detail: '',
      accept: '',
      requested: [],
      grants: [],
      intent: { kind: 'quit' },
      focus: 'cancel',
    };
    const keys = ['left', 'right', 'up', 'down', 'q', 'space', 'home', 'end', '>', '1'];
    expect(keys.filter(key => bindingOf(at('weights', question), key))).toEqual([]);
  });

  it('is text while a prompt is open, unless it edits a line in every shell', () => {
    const prompt: Overlay = { kind: 'prompt', asks: 'weight', draft: '', problem: '' };
    const keys = ['q', '?', 'tab', '1', 'space', ':', '/'];
    expect(keys.filter(key => bindingOf(at('weights', prompt), key))).toEqual([]);
    expect(bindingOf(at('weights', prompt), 'escape')?.intent).toEqual({ kind: 'close-overlay' });
    expect(bindingOf(at('weights', prompt), 'ctrl+c')?.intent).toEqual({ kind: 'quit' });
  });
});

describe('names of keys', () => {
  it('are one for each character that arrived at once', () => {
    expect(keyNames('j+ \r', noKey)).toEqual(['j', '+', 'space', 'enter']);
  });

  it('tell shift apart where it matters', () => {
    expect(keyNames('', { ...noKey, rightArrow: true, shift: true })).toEqual(['shift+right']);
    expect(keyNames('', { ...noKey, end: true })).toEqual(['end']);
    expect(keyNames('r', { ...noKey, ctrl: true })).toEqual(['ctrl+r']);
  });

  it('are others with ctrl or alt', () => {
    expect(keyNames('', { ...noKey, leftArrow: true, ctrl: true })).toEqual(['ctrl+left']);
    expect(keyNames('', { ...noKey, rightArrow: true, meta: true })).toEqual(['alt+right']);
    expect(keyNames('q', { ...noKey, meta: true })).toEqual(['alt+q']);
    expect(keyNames('', { ...noKey, escape: true, meta: true })).toEqual(['escape']);
  });

  it('are taken for keys only if each of them means something', () => {
    const keys = (text: string) => areKeys(at('weights'), keyNames(text, noKey));
    expect(keys('++++')).toBe(true);
    expect(keys('u')).toBe(true);
    // The late answer of a terminal to the question who it is.
    expect(keys('>|kitty(0.35.2)')).toBe(false);
    // What follows a key that opens a prompt is typed into it.
    expect(keys('=70\r')).toBe(true);
  });

  it('are taken for what they mean where the keys before them lead', () => {
    const keys = (text: string) => areKeys(at('weights'), keyNames(text, noKey));
    expect(keys('4[')).toBe(true);
    expect(keys('4[[3++')).toBe(true);
    expect(keys('v/shop\r')).toBe(true);
    expect(keys('vvv')).toBe(true);
    expect(keys('2[')).toBe(false);
  });

  it('are those of control characters also in the middle of text', () => {
    expect(keyNames('ab\u0015c', noKey)).toEqual(['a', 'b', 'ctrl+u', 'c']);
  });
});

it('shows keys that can do nothing now, but not as available', () => {
  const undo = hints(state).find(({ key }) => key === 'u');
  expect(undo).toEqual({ key: 'u', label: 'undo', isAvailable: false });
});

it('shows a key that is seldom of use where it is, and there first', () => {
  expect(hints(state).some(({ key }) => key === 'r')).toBe(false);
  const refused = { ...state, weights: { ...stateOf('healthy', [50, 50]).weights, refusedAsk: [70, 30] } };
  expect(hints(refused)[0]).toEqual({ key: 'r', label: 'ask again', isAvailable: true });
});

it('shows the keys that lead to a route first where there is none', () => {
  const unavailable = hints(state).findIndex(({ isAvailable }) => !isAvailable);
  expect(hints(state).findIndex(({ key }) => key === 'c')).toBeLessThan(unavailable);
});
