import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editLine, insertText, type Line, type LineEdit, lineText } from '../../src/session/line-edit.ts';

const line = (text: string): Line => {
  const [before = '', after = ''] = text.split('|');
  return { before, after };
};
const shown = ({ before, after }: Line) => `${before}|${after}`;

const EDITS: readonly LineEdit[] = [
  'left',
  'right',
  'word-left',
  'word-right',
  'start',
  'end',
  'erase-left',
  'erase-right',
  'erase-word',
  'erase-before',
  'erase-after',
];

describe('a line after', () => {
  it.each<readonly [LineEdit, string, string]>([
    ['left', 'ab|c', 'a|bc'],
    ['left', '|abc', '|abc'],
    ['right', 'ab|c', 'abc|'],
    ['right', 'abc|', 'abc|'],
    ['word-left', 'one two  |x', 'one |two  x'],
    ['word-right', 'one|  two x', 'one  two| x'],
    ['start', 'ab|c', '|abc'],
    ['end', 'ab|c', 'abc|'],
    ['erase-left', 'ab|c', 'a|c'],
    ['erase-left', 'a👩‍🚀|c', 'a|c'],
    ['erase-left', '|c', '|c'],
    ['erase-right', 'a|👩‍🚀c', 'a|c'],
    ['erase-right', 'a|', 'a|'],
    ['erase-word', 'one two |x', 'one |x'],
    ['erase-before', 'one two|x', '|x'],
    ['erase-after', 'one two|x', 'one two|'],
  ])('%s: %j is %j', (edit, before, after) => {
    expect(shown(editLine(line(before), edit))).toBe(after);
  });

  it('text is typed: at the cursor, without what a terminal would act on, and as far as there is room', () => {
    expect(shown(insertText(line('a|c'), 'b'))).toBe('ab|c');
    expect(shown(insertText(line('a|b'), '\u001b[31mx\u0000\u202e'))).toBe('a[31mx|b');
    expect(lineText(insertText(line('a|b'), 'x'.repeat(500)))).toHaveLength(253);
    expect(lineText(insertText(line('|'), `${'x'.repeat(252)}🚀`)).isWellFormed()).toBe(true);
  });

  it('any keys holds nothing that was not in it, and no half of a character', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(text, text, fc.array(fc.constantFrom(...EDITS)), (before, after, edits) => {
        const start: Line = {
          before: insertText(line('|'), before).before,
          after: insertText(line('|'), after).before,
        };
        const end = edits.reduce(editLine, start);
        expect(end.before.isWellFormed() && end.after.isWellFormed()).toBe(true);
        expect(lineText(end).length).toBeLessThanOrEqual(lineText(start).length);
      }),
    );
  });
});
