/** A line of text with its cursor: between what stands before it and what stands behind it. */
export type Line = { readonly before: string; readonly after: string };

/** What a key does to a line, as in readline. */
export type LineEdit =
  | 'left'
  | 'right'
  | 'word-left'
  | 'word-right'
  | 'start'
  | 'end'
  | 'erase-left'
  | 'erase-right'
  | 'erase-word'
  | 'erase-before'
  | 'erase-after';

/** Longer than any name in a cluster. */
const MAX_LINE = 253;

/** What moves, hides or reorders text, or is none at all. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

export function lineText({ before, after }: Line): string {
  return before + after;
}

/** The line after a key. At its end, or where there is nothing to erase, it stays as it is. */
export function editLine({ before, after }: Line, edit: LineEdit): Line {
  switch (edit) {
    case 'left':
      return parted(before, after, lastCharacter(before));
    case 'right':
      return parted(before, after, -firstCharacter(after));
    case 'word-left':
      return parted(before, after, lastWord(before));
    case 'word-right':
      return parted(before, after, -nextWord(after));
    case 'start':
      return { before: '', after: before + after };
    case 'end':
      return { before: before + after, after: '' };
    case 'erase-left':
      return { before: before.slice(0, before.length - lastCharacter(before)), after };
    case 'erase-right':
      return { before, after: after.slice(firstCharacter(after)) };
    case 'erase-word':
      return { before: before.slice(0, before.length - lastWord(before)), after };
    case 'erase-before':
      return { before: '', after };
    case 'erase-after':
      return { before, after: '' };
  }
}

/** The line with the text at its cursor: without control characters, and as far as there is room. */
export function insertText({ before, after }: Line, text: string): Line {
  const room = Math.max(0, MAX_LINE - before.length - after.length);
  return { before: (before + text.replace(UNSAFE, '').slice(0, room)).toWellFormed(), after };
}

/** What is taken of pasted text. A line break in it submits nothing: nobody sees beforehand what is on a clipboard. */
export function firstLine(pasted: string): string {
  return pasted.trimStart().split(/[\r\n]/)[0] ?? '';
}

/** The cursor moved to the left by so many code units. */
function parted(before: string, after: string, by: number): Line {
  const text = before + after;
  const at = before.length - by;
  return { before: text.slice(0, at), after: text.slice(at) };
}

/** Made when it is needed: the first one takes 8 ms and more, and no first frame needs it. */
function charactersOf(text: string): Intl.Segments {
  return new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text);
}

/** Code units of the first character as a person sees one: an emoji with its modifiers is one. */
export function firstCharacter(text: string): number {
  const [first] = charactersOf(text);
  return first?.segment.length ?? 0;
}

function lastCharacter(text: string): number {
  return text.length - (charactersOf(text).containing(text.length - 1)?.index ?? 0);
}

/** Code units of the last word and of the blanks behind it. A word ends at a blank, as for `ctrl-w` in a shell. */
function lastWord(text: string): number {
  return /\S*\s*$/.exec(text)?.[0].length ?? 0;
}

function nextWord(text: string): number {
  return /^\s*\S*/.exec(text)?.[0].length ?? 0;
}
