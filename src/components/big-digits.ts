/** Rows of a large digit; it is as wide. */
export const DIGIT_HEIGHT = 3;

const HEAVY = [
  ['┏━┓', '┃ ┃', '┗━┛'],
  ['╺┓ ', ' ┃ ', '╺┻╸'],
  ['┏━┓', '┏━┛', '┗━╸'],
  ['┏━┓', '╺━┫', '┗━┛'],
  ['╻ ╻', '┗━┫', '  ╹'],
  ['┏━╸', '┗━┓', '┗━┛'],
  ['┏━╸', '┣━┓', '┗━┛'],
  ['┏━┓', '  ┃', '  ╹'],
  ['┏━┓', '┣━┫', '┗━┛'],
  ['┏━┓', '┗━┫', '┗━┛'],
];

const ASCII = [
  [' _ ', '| |', '|_|'],
  ['   ', '  |', '  |'],
  [' _ ', ' _|', '|_ '],
  [' _ ', ' _|', ' _|'],
  ['   ', '|_|', '  |'],
  [' _ ', '|_ ', ' _|'],
  [' _ ', '|_ ', '|_|'],
  [' _ ', '  |', '  |'],
  [' _ ', '|_|', '|_|'],
  [' _ ', '|_|', ' _|'],
];

/** A whole number, not negative, in large digits: lines from the top, each as wide as the others. */
export function bigDigits(number: number, isUnicode: boolean): readonly string[] {
  const shapes = isUnicode ? HEAVY : ASCII;
  const digits = Array.from(String(number), digit => shapes[Number(digit)] ?? []);
  return Array.from({ length: DIGIT_HEIGHT }, (_, row) => digits.map(shape => shape[row] ?? '').join(' '));
}
