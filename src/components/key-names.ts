import type { Key } from 'ink';

const SPECIAL: readonly (readonly [name: string, is: (key: Key) => boolean])[] = [
  ['left', key => key.leftArrow],
  ['right', key => key.rightArrow],
  ['up', key => key.upArrow],
  ['down', key => key.downArrow],
  ['home', key => key.home],
  ['end', key => key.end],
  ['pageup', key => key.pageUp],
  ['pagedown', key => key.pageDown],
  ['enter', key => key.return],
  ['escape', key => key.escape],
  ['tab', key => key.tab],
  ['backspace', key => key.backspace],
  ['delete', key => key.delete],
];

/** Names that are also told apart with shift. */
const SHIFTED = new Set(['left', 'right', 'tab']);

/**
 * The names of the keys in one input event, as the key map writes them. Plain characters typed quickly arrive in one event;
 * each is a key of its own.
 */
export function keyNames(input: string, key: Key): readonly string[] {
  const special = SPECIAL.find(([, is]) => is(key))?.[0];
  if (special === 'escape') return [special];
  // With ctrl or alt it is another key.
  if (key.meta) return [`alt+${special ?? input}`];
  if (key.ctrl) return [`ctrl+${special ?? input}`];
  if (special) return [key.shift && SHIFTED.has(special) ? `shift+${special}` : special];
  return Array.from(input, nameOf);
}

/** A control character is a key with ctrl, also in the middle of what was typed. */
function nameOf(character: string): string {
  if (character === ' ') return 'space';
  if (character === '\r' || character === '\n') return 'enter';
  if (character === '\t') return 'tab';
  const code = character.charCodeAt(0);
  return code >= 1 && code <= 26 ? `ctrl+${String.fromCharCode(code + 96)}` : character;
}

/** The text that a key types: empty for one that types nothing. */
export function textOf(name: string): string {
  if (name === 'space') return ' ';
  return Array.from(name).length === 1 ? name : '';
}
