/** Said in the place of rows. */
export const NOTHING_LEFT = 'nothing here holds the filter; esc clears it';

/** How many rows of a pane are not seen: for want of room, and because of its filter. Empty where all are. */
export function hiddenWords(beyond: number, filtered: number): string {
  return [beyond > 0 ? `${beyond} more` : '', filtered > 0 ? `${filtered} filtered` : '']
    .filter(words => words !== '')
    .join(', ');
}
