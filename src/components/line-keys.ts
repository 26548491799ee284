import type { LineEdit } from '../session/line-edit.ts';
import type { Binding, KeyContext } from './binding.ts';

/** Where text is typed. */
const LINES: readonly KeyContext[] = ['filter', 'text-entry', 'command-line'];

const edits: readonly (readonly [
  edit: LineEdit,
  keys: readonly string[],
  shown: string,
  label: string,
  sentence: string,
])[] = [
  ['left', ['left', 'ctrl+b'], '←', 'left', 'the character before'],
  ['right', ['right', 'ctrl+f'], '→', 'right', 'the character behind'],
  ['word-left', ['alt+b', 'ctrl+left', 'alt+left'], 'alt-b', 'word', 'the word before'],
  ['word-right', ['alt+f', 'ctrl+right', 'alt+right'], 'alt-f', 'word', 'the word behind'],
  ['start', ['home', 'ctrl+a'], 'Home or ctrl-a', 'begin', 'the beginning of the line'],
  ['end', ['end', 'ctrl+e'], 'End or ctrl-e', 'end', 'the end of the line'],
  ['erase-left', ['backspace', 'ctrl+h'], 'backspace', 'erase', 'erase the character before'],
  ['erase-right', ['delete', 'ctrl+d'], 'Del or ctrl-d', 'erase', 'erase the character behind'],
  ['erase-word', ['ctrl+w', 'alt+backspace'], 'ctrl-w', 'erase', 'erase the word before'],
  ['erase-before', ['ctrl+u'], 'ctrl-u', 'erase', 'erase all that is before'],
  ['erase-after', ['ctrl+k'], 'ctrl-k', 'erase', 'erase all that is behind'],
];

/** The keys of a line of text, as in a shell. */
export const lineKeys: readonly Binding[] = edits.map(([edit, keys, shown, label, sentence]) => ({
  id: `line-${edit}`,
  context: LINES,
  keys,
  shown,
  label,
  sentence,
  intent: { kind: 'edit-line', edit },
}));
