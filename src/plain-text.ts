import { stripVTControlCharacters } from 'node:util';

/** Characters that move, hide or reorder text on a terminal: C0, C1, bidirectional controls, zero-width, line separators, tags. */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/** Long enough for any name or message worth a line, short enough that a hostile one costs nothing to lay out. */
const DEFAULT_MAX_CHARACTERS = 1000;

/**
 * Text of a cluster or an application as one line that is safe to draw: escape sequences removed, white space folded
 * to single spaces, every other control, bidirectional or invisible character removed, cut to `maxCharacters` (code points).
 */
export function plainText(text: string, maxCharacters: number = DEFAULT_MAX_CHARACTERS): string {
  // Cleaning costs time in proportion to the input, so a body of megabytes is cut before it is cleaned.
  const head = text.slice(0, maxCharacters * 4);
  const line = stripVTControlCharacters(head)
    .replace(/[\s\u0085]+/gu, ' ')
    .replace(UNSAFE, '')
    .trim();
  const points = Array.from(line);
  if (points.length <= maxCharacters) return line.toWellFormed();
  return `${points.slice(0, maxCharacters - 1).join('')}…`.toWellFormed();
}
