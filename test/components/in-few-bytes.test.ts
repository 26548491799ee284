import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { inFewBytes } from '../../src/components/in-few-bytes.ts';

/** What a terminal full of `#` shows once it was written this: every cell with its style, and where the cursor is. */
async function picture(text: string): Promise<unknown> {
  const terminal = new xterm.Terminal({ cols: 40, rows: 6, allowProposedApi: true });
  const full = Array.from({ length: 6 }, () => '#'.repeat(40)).join('\r\n');
  await new Promise<void>(resolve => terminal.write(`${full}\x1b[H${text}`, resolve));
  const { active } = terminal.buffer;
  const cells = Array.from({ length: 6 * 40 }, (_, at) => {
    const cell = active.getLine(Math.floor(at / 40))?.getCell(at % 40);
    const characters = cell?.getChars() || ' ';
    const background = [cell?.getBgColor(), cell?.isInverse(), cell?.isUnderline()];
    if (characters === ' ') return { characters, background };
    const weight = [cell?.isBold(), cell?.isDim()];
    return { characters, background, foreground: cell?.getFgColor(), weight };
  });
  terminal.dispose();
  return { cells, cursor: [active.cursorX, active.cursorY] };
}

const BLANKS = ' '.repeat(12);

describe('a frame in few bytes', () => {
  it.each([
    ['rows are skipped together', 'a\x1b[E\x1b[E\x1b[Eb', 'a\x1b[3Eb'],
    [
      'colours that no character has are left out',
      '\x1b[38;5;30m\x1b[39m\x1b[33m\x1b[39m\x1b[1m\x1b[38;5;28mv1\x1b[39m\x1b[22m.',
      '\x1b[1m\x1b[38;5;28mv1\x1b[39m\x1b[22m.',
    ],
    [
      'and so are weights',
      '\x1b[1m\x1b[31m\x1b[22ma\x1b[2mb\x1b[22m\x1b[39m',
      '\x1b[31m\x1b[22ma\x1b[2mb\x1b[22m\x1b[39m',
    ],
    [
      'blanks are not written onto a row that was erased',
      `\x1b[3G\x1b[K\x1b[33mab${BLANKS}\x1b[39m│\r\n`,
      '\x1b[3G\x1b[K\x1b[33mab\x1b[12C\x1b[39m│\r\n',
    ],
    ['but where they cover something', `ab${BLANKS}c`, `ab${BLANKS}c`],
    [
      'and where they are seen',
      `\x1b[3G\x1b[Ka\x1b[7m${BLANKS}\x1b[27m│\r\n`,
      `\x1b[3G\x1b[Ka\x1b[7m${BLANKS}\x1b[27m│\r\n`,
    ],
    [
      'as behind a background, up to the next row',
      `\x1b[K\x1b[44m${BLANKS}\x1b[49m${BLANKS}a\r\n\x1b[3G\x1b[K${BLANKS}a`,
      `\x1b[K\x1b[44m${BLANKS}\x1b[49m${BLANKS}a\r\n\x1b[3G\x1b[K\x1b[12Ca`,
    ],
  ])('is the same picture: %s', async (_, frame, few) => {
    expect(inFewBytes(frame)).toBe(few);
    expect(await picture(few)).toEqual(await picture(frame));
  });
});
