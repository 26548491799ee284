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
];

/** Names that are also told apart with shift. */
const SHIFTED = new Set(['left', 'right', 'tab']);

/**
 * The names of the keys in one input event, as the key map writes them. Plain characters typed quickly arrive in one event;
 * each is a key of its own.
 */
export function keyNames(input: string, key: Key): readonly string[] {
  const special = SPECIAL.find(([, is]) => is(key))?.[0];
  // With ctrl or alt it is another key, which means something to the terminal or to nobody.
  if (special && (key.ctrl || (key.meta && special !== 'escape'))) return [];
  if (special) return [key.shift && SHIFTED.has(special) ? `shift+${special}` : special];
  if (key.meta) return [];
  if (key.ctrl) return [`ctrl+${input}`];
  return Array.from(input, character => {
    if (character === ' ') return 'space';
    return character === '\r' || character === '\n' ? 'enter' : character;
  });
}
