import { describe, expect, it } from 'vitest';
import { bigDigits } from '../../src/components/big-digits.ts';

describe('large digits', () => {
  it('are drawn with heavy lines', () => {
    expect(`\n${bigDigits(1234567890, true).join('\n')}\n`).toBe(`
╺┓  ┏━┓ ┏━┓ ╻ ╻ ┏━╸ ┏━╸ ┏━┓ ┏━┓ ┏━┓ ┏━┓
 ┃  ┏━┛ ╺━┫ ┗━┫ ┗━┓ ┣━┓   ┃ ┣━┫ ┗━┫ ┃ ┃
╺┻╸ ┗━╸ ┗━┛   ╹ ┗━┛ ┗━┛   ╹ ┗━┛ ┗━┛ ┗━┛
`);
  });

  it('are drawn like those of a pocket calculator where there is only ASCII', () => {
    const lines = bigDigits(1234567890, false).map(line => line.trimEnd());
    expect(`\n${lines.join('\n')}\n`).toBe(`
     _   _       _   _   _   _   _   _
  |  _|  _| |_| |_  |_    | |_| |_| | |
  | |_   _|   |  _| |_|   | |_|  _| |_|
`);
  });

  it('are as wide for a number as the large split has room for', () => {
    for (let weight = 0; weight <= 100; weight += 1) {
      for (const isUnicode of [true, false]) {
        const widths = bigDigits(weight, isUnicode).map(line => line.length);
        expect(widths).toEqual(new Array(3).fill(String(weight).length * 4 - 1));
      }
    }
  });
});
