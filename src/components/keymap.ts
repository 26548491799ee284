import type { Intent } from '../session/intents.ts';
import { refusal } from '../session/refusal.ts';
import type { AppState, PaneId } from '../session/state.ts';

/** Where a key has its meaning. A pane's keys come before those of `everywhere`; an overlay has only its own. */
export type KeyContext = PaneId | 'everywhere' | 'help' | 'confirm' | 'picker' | 'text-entry';

export type Binding = {
  readonly id: string;
  readonly context: readonly KeyContext[];
  /** Names as `keyNames` makes them: `left`, `ctrl+r`, `a`, `space`. */
  readonly keys: readonly string[];
  /** The keys as people read them. */
  readonly shown: string;
  /** One or two words for the line of keys. */
  readonly label: string;
  /** What it does, for the help. */
  readonly sentence: string;
  readonly intent: Intent;
  /** Position on the line of keys, the lowest first; absent where it is only in the help. */
  readonly hint?: number;
};

const LISTS: readonly KeyContext[] = ['health', 'versions', 'responses'];

/** Every key of the screen. Dispatch, the line of keys, the help and the README's table are made from it. */
export const keymap: readonly Binding[] = [
  {
    id: 'give-10',
    context: ['weights'],
    keys: ['right'],
    shown: '→',
    label: '+10',
    sentence: 'give the selected version 10 points',
    intent: { kind: 'shift', points: 10 },
    hint: 2,
  },
  {
    id: 'take-10',
    context: ['weights'],
    keys: ['left'],
    shown: '←',
    label: '-10',
    sentence: 'take 10 points from the selected version',
    intent: { kind: 'shift', points: -10 },
    hint: 1,
  },
  {
    id: 'give-1',
    context: ['weights'],
    keys: ['shift+right', '+'],
    shown: '+ or shift →',
    label: '+1',
    sentence: 'give the selected version 1 point',
    intent: { kind: 'shift', points: 1 },
    hint: 4,
  },
  {
    id: 'take-1',
    context: ['weights'],
    keys: ['shift+left', '-'],
    shown: '- or shift ←',
    label: '-1',
    sentence: 'take 1 point from the selected version',
    intent: { kind: 'shift', points: -1 },
    hint: 3,
  },
  {
    id: 'select-previous',
    context: ['weights'],
    keys: ['up', 'k'],
    shown: '↑',
    label: 'version',
    sentence: 'select the version above',
    intent: { kind: 'select-version', by: -1 },
    hint: 5,
  },
  {
    id: 'select-next',
    context: ['weights'],
    keys: ['down', 'j'],
    shown: '↓',
    label: 'version',
    sentence: 'select the version below',
    intent: { kind: 'select-version', by: 1 },
  },
  {
    id: 'set-0',
    context: ['weights'],
    keys: ['<', 'home'],
    shown: '< or Home',
    label: '0',
    sentence: 'give the selected version nothing',
    intent: { kind: 'set-to', weight: 0 },
    hint: 8,
  },
  {
    id: 'set-100',
    context: ['weights'],
    keys: ['>', 'end'],
    shown: '> or End',
    label: '100',
    sentence: 'give the selected version everything',
    intent: { kind: 'set-to', weight: 100 },
    hint: 9,
  },
  {
    id: 'set-exact',
    context: ['weights'],
    keys: ['='],
    shown: '=',
    label: 'exact',
    sentence: 'type the weight of the selected version',
    intent: { kind: 'enter-weight' },
    hint: 6,
  },
  {
    id: 'split-evenly',
    context: ['weights'],
    keys: ['e'],
    shown: 'e',
    label: 'even',
    sentence: 'split evenly between the versions that are not locked',
    intent: { kind: 'split-evenly' },
    hint: 12,
  },
  {
    id: 'toggle-lock',
    context: ['weights'],
    keys: ['space'],
    shown: 'space',
    label: 'lock',
    sentence: 'lock or unlock the weight of the selected version',
    intent: { kind: 'toggle-lock' },
    hint: 14,
  },
  {
    id: 'undo',
    context: ['weights'],
    keys: ['u'],
    shown: 'u',
    label: 'undo',
    sentence: 'take the last shift back, to exactly the weights before it',
    intent: { kind: 'undo' },
    hint: 7,
  },
  {
    id: 'redo',
    context: ['weights'],
    keys: ['ctrl+r'],
    shown: 'ctrl-r',
    label: 'redo',
    sentence: 'make the shift again that was taken back last',
    intent: { kind: 'redo' },
    hint: 15,
  },
  {
    id: 'back-to-good',
    context: ['weights'],
    keys: ['b'],
    shown: 'b',
    label: 'back',
    sentence: 'go back to the last split that traffic agreed with and that had no failures',
    intent: { kind: 'back-to-good' },
    hint: 13,
  },
  {
    id: 'set-gateway',
    context: ['responses'],
    keys: ['=', 'enter'],
    shown: '= or enter',
    label: 'gateway',
    sentence: 'type the URL of the gateway, or what else the sampler asks for',
    intent: { kind: 'enter-weight' },
    hint: 1,
  },
  {
    id: 'arrows-elsewhere',
    context: LISTS,
    keys: ['left', 'right'],
    shown: '← →',
    label: 'weights: 3',
    sentence: 'say where weights are changed: press 3',
    intent: { kind: 'no-arrows-here' },
  },
  {
    id: 'pause',
    context: ['everywhere'],
    keys: ['p'],
    shown: 'p',
    label: 'pause',
    sentence: 'pause or resume sampling',
    intent: { kind: 'pause-sampling' },
    hint: 20,
  },
  {
    id: 'ask-again',
    context: ['everywhere'],
    keys: ['r'],
    shown: 'r',
    label: 'ask again',
    sentence: 'ask again for the weights that were refused',
    intent: { kind: 'ask-again' },
    hint: 22,
  },
  {
    id: 'override-owner',
    context: ['everywhere'],
    keys: ['w'],
    shown: 'w',
    label: 'override',
    sentence: 'override an owner that puts weights back, after a confirmation',
    intent: { kind: 'override-owner' },
  },
  {
    id: 'pick-virtual-service',
    context: ['everywhere'],
    keys: ['v'],
    shown: 'v',
    label: 'VirtualService',
    sentence: 'choose another VirtualService or route',
    intent: { kind: 'open-picker' },
    hint: 23,
  },
  {
    id: 'focus-next',
    context: ['everywhere'],
    keys: ['tab'],
    shown: 'tab',
    label: 'pane',
    sentence: 'focus the next pane',
    intent: { kind: 'focus-next', by: 1 },
    hint: 19,
  },
  {
    id: 'focus-previous',
    context: ['everywhere'],
    keys: ['shift+tab'],
    shown: 'shift tab',
    label: 'pane',
    sentence: 'focus the previous pane',
    intent: { kind: 'focus-next', by: -1 },
  },
  {
    id: 'focus-health',
    context: ['everywhere'],
    keys: ['1'],
    shown: '1',
    label: 'health',
    sentence: 'focus Health',
    intent: { kind: 'focus', pane: 'health' },
  },
  {
    id: 'focus-versions',
    context: ['everywhere'],
    keys: ['2'],
    shown: '2',
    label: 'versions',
    sentence: 'focus Versions',
    intent: { kind: 'focus', pane: 'versions' },
  },
  {
    id: 'focus-weights',
    context: ['everywhere'],
    keys: ['3'],
    shown: '3',
    label: 'weights',
    sentence: 'focus Weights',
    intent: { kind: 'focus', pane: 'weights' },
  },
  {
    id: 'focus-responses',
    context: ['everywhere'],
    keys: ['4'],
    shown: '4',
    label: 'responses',
    sentence: 'focus Responses',
    intent: { kind: 'focus', pane: 'responses' },
  },
  {
    id: 'help',
    context: ['everywhere'],
    keys: ['?'],
    shown: '?',
    label: 'help',
    sentence: 'show every key',
    intent: { kind: 'open-help' },
    hint: 10,
  },
  {
    id: 'quit',
    context: ['everywhere', 'help', 'picker'],
    keys: ['q'],
    shown: 'q',
    label: 'quit',
    sentence: 'send what is still asked for, then quit',
    intent: { kind: 'quit' },
    hint: 11,
  },
  {
    id: 'interrupt',
    context: ['everywhere', 'help', 'confirm', 'picker', 'text-entry'],
    keys: ['ctrl+c'],
    shown: 'ctrl-c',
    label: 'quit',
    sentence: 'quit; a second time without waiting for anything',
    intent: { kind: 'quit' },
  },
  {
    id: 'close',
    context: ['help', 'picker', 'confirm', 'text-entry'],
    keys: ['escape'],
    shown: 'esc',
    label: 'close',
    sentence: 'close, and change nothing',
    intent: { kind: 'close-overlay' },
    hint: 3,
  },
  {
    id: 'close-help',
    context: ['help'],
    keys: ['?', 'enter'],
    shown: '? or enter',
    label: 'close',
    sentence: 'close the help',
    intent: { kind: 'close-overlay' },
  },
  {
    id: 'choose-previous',
    context: ['picker'],
    keys: ['up', 'k'],
    shown: '↑',
    label: 'previous',
    sentence: 'the choice above',
    intent: { kind: 'move-choice', by: -1 },
    hint: 1,
  },
  {
    id: 'choose-next',
    context: ['picker'],
    keys: ['down', 'j'],
    shown: '↓',
    label: 'next',
    sentence: 'the choice below',
    intent: { kind: 'move-choice', by: 1 },
    hint: 2,
  },
  {
    id: 'choose-other',
    context: ['confirm'],
    keys: ['tab'],
    shown: 'tab',
    label: 'other button',
    sentence: 'move to the other button; arrows do nothing here, so that a held key confirms nothing',
    intent: { kind: 'move-choice', by: 1 },
    hint: 1,
  },
  {
    id: 'accept',
    context: ['picker', 'confirm'],
    keys: ['enter'],
    shown: 'enter',
    label: 'choose',
    sentence: 'take what is highlighted',
    intent: { kind: 'accept' },
    hint: 0,
  },
];

/** The contexts whose keys are in force, the most particular first. */
export function activeContexts({ ui }: Pick<AppState, 'ui'>): readonly KeyContext[] {
  switch (ui.overlay.kind) {
    case 'none':
      return [ui.focus, 'everywhere'];
    case 'prompt':
      return ['text-entry'];
    default:
      return [ui.overlay.kind];
  }
}

/** The binding of a key in the state; undefined for a key without meaning there. */
export function bindingOf(state: Pick<AppState, 'ui'>, key: string): Binding | undefined {
  for (const context of activeContexts(state)) {
    const found = keymap.find(binding => binding.context.includes(context) && binding.keys.includes(key));
    if (found) return found;
  }
  return undefined;
}

export type Hint = { readonly key: string; readonly label: string; readonly isAvailable: boolean };

/** The line of keys for the state, in the order of importance. A key that can do nothing now is there, but dim. */
export function hints(state: AppState): readonly Hint[] {
  const contexts = activeContexts(state);
  return keymap
    .filter(
      binding => binding.hint !== undefined && binding.context.some(context => contexts.includes(context)),
    )
    .toSorted((left, right) => (left.hint ?? 0) - (right.hint ?? 0))
    .map(binding => ({
      key: binding.shown.split(' ')[0] ?? '',
      label: binding.label,
      isAvailable: refusal(state, binding.intent) === undefined,
    }));
}

const CONTEXT_NAMES: Readonly<Record<KeyContext, string>> = {
  weights: 'Weights',
  responses: 'Responses',
  health: 'Health',
  versions: 'Versions',
  everywhere: 'everywhere',
  help: 'help',
  picker: 'lists',
  confirm: 'confirmations',
  'text-entry': 'typing',
};

/** Where a binding is in force, in words. */
export function contextWords({ context }: Binding): string {
  return context.map(name => CONTEXT_NAMES[name]).join(', ');
}

/** The key map as the README's table. */
export function keysAsMarkdown(): string {
  const rows = keymap.map(
    binding => `| ${binding.shown.replaceAll('|', '\\|')} | ${contextWords(binding)} | ${binding.sentence} |`,
  );
  return ['| key | where | what it does |', '|---|---|---|', ...rows].join('\n');
}
