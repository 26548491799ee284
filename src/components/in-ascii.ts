import stringWidth from 'string-width';

const LIKENESSES: Readonly<Record<string, string>> = {
  '…': '~',
  '×': 'x',
  '·': '-',
  '←': '<',
  '→': '>',
  '↑': '^',
  '↓': 'v',
};

/**
 * The text for a locale that has only ASCII, in as many cells: a likeness where there is one, a question mark for each cell
 * elsewhere. What Ink cuts and what a cluster says holds more than the glyphs of a theme.
 */
export function inAscii(text: string): string {
  return text.replaceAll(/[^\x00-\x7f]\p{M}*/gu, character => {
    return LIKENESSES[character] ?? '?'.repeat(stringWidth(character));
  });
}
