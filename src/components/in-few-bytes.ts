const FOREGROUND = '\\x1b\\[(?:39|3[0-7]|9[0-7]|38;[25];[\\d;]+)m';
const WEIGHT = '\\x1b\\[(?:1|2|22)m';

const ROWS_TO_SKIP = /(?:\x1b\[E){2,}/g;
const COLOUR_OF_NOTHING = new RegExp(`${FOREGROUND}(?=(?:${WEIGHT})*${FOREGROUND})`, 'g');
const WEIGHT_OF_NOTHING = new RegExp(`\\x1b\\[[12]m((?:${FOREGROUND})*\\x1b\\[22m)`, 'g');
/** What is drawn behind where a row was erased, in colours and weights alone. */
const ON_ERASED_ROW = new RegExp(`(?<=\\x1b\\[K)(?:[^\\x00-\\x1f]|${FOREGROUND}|${WEIGHT})+`, 'g');
const BLANKS = / {5,}/g;

/**
 * The same picture in about two thirds of the bytes, for terminals at the end of a slow link: rows are skipped together, styles that no
 * character has are left out, and blanks are not written onto a row that was erased. Ink erases a row from where it changes on.
 */
export function inFewBytes(frame: string): string {
  return frame
    .replaceAll(ROWS_TO_SKIP, rows => `\x1b[${rows.length / '\x1b[E'.length}E`)
    .replaceAll(COLOUR_OF_NOTHING, '')
    .replaceAll(WEIGHT_OF_NOTHING, '$1')
    .replaceAll(ON_ERASED_ROW, row => row.replaceAll(BLANKS, ({ length }) => `\x1b[${length}C`));
}
