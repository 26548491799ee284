import stringWidth from 'string-width';

/**
 * The text in lines of at most so many cells, broken between words; a word that is wider than a line is broken within it. Lines
 * after the first begin with as many blanks as `indent` says. Whoever scrolls text has to know its lines before they are drawn.
 */
export function wrappedLines(text: string, columns: number, indent = 0): readonly string[] {
  const lines: string[] = [];
  const blanks = ' '.repeat(indent);
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (stringWidth(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line.trim() !== '') lines.push(line);
    line = (lines.length === 0 ? '' : blanks) + word;
    while (stringWidth(line) > columns) {
      const head = headOf(line, columns);
      lines.push(head);
      line = blanks + line.slice(head.length);
    }
  }
  return [...lines, line];
}

/** As much of the beginning as fits; at least one character, so that every break gets further. */
function headOf(text: string, columns: number): string {
  let head = '';
  for (const character of text) {
    if (head.trim() !== '' && stringWidth(head + character) > columns) break;
    head += character;
  }
  return head;
}
