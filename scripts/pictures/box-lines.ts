type Weight = 'none' | 'light' | 'heavy' | 'double';

/** Which arms a character of box drawing has. */
type Arms = { readonly up: Weight; readonly right: Weight; readonly down: Weight; readonly left: Weight };

const WEIGHTS: Readonly<Record<string, Weight>> = { '-': 'none', l: 'light', h: 'heavy', d: 'double' };

/** By their arms: up, right, down, left. */
const CHARACTERS: Readonly<Record<string, string>> = {
  '─': '-l-l',
  '│': 'l-l-',
  '┤': 'l-ll',
  '┼': 'llll',
  '├': 'lll-',
  '╶': '-l--',
  '╴': '---l',
  '━': '-h-h',
  '┃': 'h-h-',
  '┏': '-hh-',
  '┓': '--hh',
  '┗': 'hh--',
  '┛': 'h--h',
  '┣': 'hhh-',
  '┫': 'h-hh',
  '╸': '---h',
  '╹': 'h---',
  '╺': '-h--',
  '╻': '--h-',
  '┻': 'hh-h',
  '═': '-d-d',
};

/** Corners that are round: towards which sides they open. */
const CORNERS: Readonly<Record<string, readonly [x: 1 | -1, y: 1 | -1]>> = {
  '╭': [1, 1],
  '╮': [-1, 1],
  '╰': [1, -1],
  '╯': [-1, -1],
};

export type Line = { readonly path: string; readonly width: number; readonly dashes?: string };

type Box = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

/**
 * The lines of a character of box drawing in its cell; undefined for any other. Fonts differ in how far these reach, and what is
 * drawn with them falls apart where rows are not as high as in the terminal that they were made for.
 */
export function boxLines(character: string, box: Box): readonly Line[] | undefined {
  const { left, top, width, height } = box;
  const [x, y] = [left + width / 2, top + height / 2];
  const corner = CORNERS[character];
  if (corner) {
    const [sx, sy] = corner;
    const radius = width / 2;
    const path = `M${n(x)} ${n(y + (sy * height) / 2)}V${n(y + sy * radius)}Q${n(x)} ${n(y)} ${n(x + sx * radius)} ${n(y)}`;
    return [{ path, width: 1 }];
  }
  if (character === '╌') {
    return [
      { path: `M${n(left)} ${n(y)}H${n(left + width)}`, width: 1, dashes: `${n(width / 3)} ${n(width / 6)}` },
    ];
  }
  const arms = armsOf(character);
  if (!arms) return undefined;
  const reach = (weight: Weight, path: string): readonly Line[] => {
    if (weight === 'none') return [];
    return [{ path, width: weight === 'heavy' ? 2.4 : 1 }];
  };
  if (arms.left === 'double') {
    return [-1.5, 1.5].map(offset => ({ path: `M${n(left)} ${n(y + offset)}H${n(left + width)}`, width: 1 }));
  }
  return [
    ...reach(arms.up, `M${n(x)} ${n(y)}V${n(top)}`),
    ...reach(arms.right, `M${n(x)} ${n(y)}H${n(left + width)}`),
    ...reach(arms.down, `M${n(x)} ${n(y)}V${n(top + height)}`),
    ...reach(arms.left, `M${n(x)} ${n(y)}H${n(left)}`),
  ];
}

function armsOf(character: string): Arms | undefined {
  const arms = CHARACTERS[character];
  if (arms === undefined) return undefined;
  const [up = 'none', right = 'none', down = 'none', left = 'none'] = Array.from(
    arms,
    letter => WEIGHTS[letter] ?? 'none',
  );
  return { up, right, down, left };
}

const n = (value: number) => String(Number(value.toFixed(2)));
