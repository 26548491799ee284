/** Longer than any name in a cluster. */
const MAX_LINE = 253;

/**
 * A filter after an edit. What arrived in one chunk may hold several backspaces, which the text input takes for characters;
 * no other control character is kept.
 */
export function editedLine(text: string): string {
  const line: string[] = [];
  for (const character of text) {
    if (character === '\u007f' || character === '\b') line.pop();
    else if (!/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(character))
      line.push(character);
  }
  return line.slice(0, MAX_LINE).join('');
}

/**
 * The line `current` after an edit that made `to` out of `from`. Several keys can arrive before the text input is drawn again:
 * then each edits what was drawn, and what it did to that is done to the end of the line as it is now.
 */
export function rebasedEdit(current: string, from: string, to: string): string {
  if (current === from) return to;
  const shorter = Math.min(from.length, to.length);
  let before = 0;
  while (before < shorter && from[before] === to[before]) before += 1;
  let behind = 0;
  while (behind < shorter - before && from.at(-1 - behind) === to.at(-1 - behind)) behind += 1;
  const removed = from.length - before - behind;
  return current.slice(0, Math.max(0, current.length - removed)) + to.slice(before, to.length - behind);
}

/** What is taken of pasted text. A line break in it submits nothing: nobody sees beforehand what is on a clipboard. */
export function firstLine(pasted: string): string {
  return pasted.trimStart().split(/[\r\n]/)[0] ?? '';
}
