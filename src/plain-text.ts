import { stripVTControlCharacters } from 'node:util';

/** What moves, hides or reorders text: controls, formats (bidirectional ones among them), lone surrogates, separators, invisibles. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Marks that pile up on one character reach into the lines around it; no script needs more than a few. */
const PILED_MARKS = /(\p{M}{3})\p{M}+/gu;

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
    .replace(PILED_MARKS, '$1')
    .trim();
  const points = Array.from(line);
  if (points.length <= maxCharacters) return line.toWellFormed();
  return `${points.slice(0, maxCharacters - 1).join('')}…`.toWellFormed();
}
