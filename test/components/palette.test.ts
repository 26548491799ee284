import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  AUTO,
  AUTO_SECONDARY,
  type Colour,
  HIGH_CONTRAST,
  HIGH_CONTRAST_GROUND,
  paintOf,
} from '../../src/components/palette.ts';
import { statusColour, versionColour } from '../../src/components/theme.ts';
import { ciede2000, contrast, difference, fixedRgb, rgb, VISIONS } from '../support/colour-vision.ts';

/** For an icon, a bar or a label, which a word repeats: WCAG 2.2, 1.4.11. */
const MIN_ACCENT = 3;
/** For what is to be read: WCAG 2.2, 1.4.3. */
const MIN_TEXT = 4.5;
/** CIEDE2000 between colours that mean different things: seen at a glance. */
const MIN_DIFFERENCE = 10;

type Background = {
  readonly name: string;
  readonly ground: string;
  /** The terminal's own colour of text. */
  readonly text: string;
};

// Sources: XTerm-col.ad of xterm; terminalColorRegistry.ts and the default themes of VS Code; Apple's profiles Basic and Pro;
// ethanschoonover.com/solarized.
const BACKGROUNDS: readonly Background[] = [
  { name: 'white (xterm, Terminal Basic, VS Code light)', ground: '#ffffff', text: '#000000' },
  { name: 'black (xterm -rv, Terminal Pro)', ground: '#000000', text: '#ffffff' },
  { name: 'VS Code dark', ground: '#1e1e1e', text: '#cccccc' },
  { name: 'VS Code dark modern', ground: '#1f1f1f', text: '#cccccc' },
  { name: 'Solarized light', ground: '#fdf6e3', text: '#657b83' },
  { name: 'Solarized dark', ground: '#002b36', text: '#839496' },
];

/** What the 16 named colours are in palettes that many people have, each with its own background. */
const NAMED: readonly {
  readonly name: string;
  readonly ground: string;
  readonly of: Readonly<Record<Colour, string>>;
}[] = [
  {
    name: 'xterm on white',
    ground: '#ffffff',
    of: {
      blue: '#0000ee',
      green: '#00cd00',
      magenta: '#cd00cd',
      cyan: '#00cdcd',
      yellow: '#cdcd00',
      red: '#cd0000',
    },
  },
  {
    name: 'xterm on black',
    ground: '#000000',
    of: {
      blue: '#0000ee',
      green: '#00cd00',
      magenta: '#cd00cd',
      cyan: '#00cdcd',
      yellow: '#cdcd00',
      red: '#cd0000',
    },
  },
  {
    name: 'VS Code light',
    ground: '#ffffff',
    of: {
      blue: '#0451a5',
      green: '#00bc00',
      magenta: '#bc05bc',
      cyan: '#0598bc',
      yellow: '#949800',
      red: '#cd3131',
    },
  },
  {
    name: 'VS Code dark',
    ground: '#1e1e1e',
    of: {
      blue: '#2472c8',
      green: '#0dbc79',
      magenta: '#bc3fbc',
      cyan: '#11a8cd',
      yellow: '#e5e510',
      red: '#cd3131',
    },
  },
  {
    name: 'Terminal Basic',
    ground: '#ffffff',
    of: {
      blue: '#0000b2',
      green: '#00a600',
      magenta: '#b200b2',
      cyan: '#00a6b2',
      yellow: '#999900',
      red: '#990000',
    },
  },
  {
    name: 'Solarized light',
    ground: '#fdf6e3',
    of: {
      blue: '#268bd2',
      green: '#859900',
      magenta: '#d33682',
      cyan: '#2aa198',
      yellow: '#b58900',
      red: '#dc322f',
    },
  },
];

const COLOURS = Object.keys(AUTO) as readonly Colour[];
const ratio = (value: number) => value.toFixed(1).padStart(5);
const row = (name: string, cells: readonly string[]) => `${name.padEnd(47)}${cells.join('  ')}`.trimEnd();
const heading = (title: string, names: readonly string[]) => [
  '',
  row(
    title,
    names.map(name => name.slice(0, 9).padStart(Math.max(5, Math.min(9, name.length)))),
  ),
];

function contrastTable(): readonly string[] {
  const wide = (value: number, name: string) =>
    value.toFixed(1).padStart(Math.max(5, Math.min(9, name.length)));
  const names = [...COLOURS, 'secondary', 'text'];
  return [
    ...heading('auto, 256 colours: contrast on', names),
    ...BACKGROUNDS.map(({ name, ground, text }) =>
      row(
        name,
        [...COLOURS.map(colour => fixedRgb(AUTO[colour])), fixedRgb(AUTO_SECONDARY), rgb(text)].map(
          (colour, at) => wide(contrast(colour, rgb(ground)), names[at] ?? ''),
        ),
      ),
    ),
    ...heading('high-contrast, 256 colours: contrast on', COLOURS),
    row(
      'the black that is painted with them',
      COLOURS.map(colour =>
        wide(contrast(fixedRgb(HIGH_CONTRAST[colour]), fixedRgb(HIGH_CONTRAST_GROUND)), colour),
      ),
    ),
    ...heading('16 colours, as the terminal has them', COLOURS),
    ...NAMED.map(({ name, ground, of }) =>
      row(
        name,
        COLOURS.map(colour => wide(contrast(rgb(of[colour]), rgb(ground)), colour)),
      ),
    ),
  ];
}

type Pair = readonly [name: string, one: Colour, other: Colour];

const STATUS_PAIRS: readonly Pair[] = [
  ['well and warning', 'green', 'yellow'],
  ['well and failing', 'green', 'red'],
  ['warning and failing', 'yellow', 'red'],
];
const PAIRS: readonly Pair[] = [['version 1 and version 2', 'blue', 'green'], ...STATUS_PAIRS];
const PALETTES = [
  ['auto', AUTO],
  ['high-contrast', HIGH_CONTRAST],
] as const;

function differenceTable(): readonly string[] {
  return PALETTES.flatMap(([theme, palette]) => [
    ...heading(`${theme}: CIEDE2000 for eyes that are`, VISIONS),
    ...PAIRS.map(([name, one, other]) =>
      row(
        name,
        VISIONS.map(vision =>
          ratio(difference(fixedRgb(palette[one]), fixedRgb(palette[other]), vision)).padStart(6),
        ),
      ),
    ),
  ]);
}

it('has the contrasts and the differences of this table', async () => {
  const text = [...contrastTable(), ...differenceTable(), ''].slice(1).join('\n');
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, 'frames', 'contrast.txt'));
});

describe.each(BACKGROUNDS)('on $name', ({ ground }) => {
  it.each(COLOURS)('an icon, a bar or a label in %s can be seen', colour => {
    expect(contrast(fixedRgb(AUTO[colour]), rgb(ground))).toBeGreaterThanOrEqual(MIN_ACCENT);
  });

  it('what is of less weight can be seen, and on black and white be read', () => {
    const isPlain = ground === '#ffffff' || ground === '#000000';
    const least = isPlain ? MIN_TEXT : MIN_ACCENT;
    expect(contrast(fixedRgb(AUTO_SECONDARY), rgb(ground))).toBeGreaterThanOrEqual(least);
  });
});

it.each(COLOURS)('high contrast makes even %s easier to read than text has to be', colour => {
  const ground = fixedRgb(HIGH_CONTRAST_GROUND);
  expect(contrast(fixedRgb(HIGH_CONTRAST[colour]), ground)).toBeGreaterThanOrEqual(7);
});

describe.each(PALETTES)('in %s', (_theme, palette) => {
  describe.each(PAIRS)('%s', (_name, one, other) => {
    it.each(VISIONS)('differ at a glance for eyes that are %s', vision => {
      const seen = difference(fixedRgb(palette[one]), fixedRgb(palette[other]), vision);
      expect(seen).toBeGreaterThanOrEqual(MIN_DIFFERENCE);
    });
  });
});

it('gives the two versions blue and green, as in the tutorial, and each status a colour of the pairs', () => {
  expect([versionColour(0), versionColour(1)]).toEqual(['blue', 'green']);
  expect([statusColour.well, statusColour.warning, statusColour.failing]).toEqual(['green', 'yellow', 'red']);
});

it.each([
  ['auto', true, 'ansi256(168)', 'ansi256(243)'],
  ['auto', false, 'red', undefined],
  ['mono', true, undefined, undefined],
  ['high-contrast', true, 'ansi256(203)', undefined],
  ['high-contrast', false, undefined, undefined],
] as const)('%s paints by what the terminal has (fixed colours: %s)', (theme, hasFixedColours, red, dim) => {
  const look = { theme, hasFixedColours };
  expect(paintOf(look, 'red', false).color).toBe(red);
  expect(paintOf(look, 'red', true).color).toBe(theme === 'high-contrast' ? red : dim);
});

it('gives shapes no colour in high contrast, where black behind a chart would be no shape', () => {
  const look = { theme: 'high-contrast', hasFixedColours: true } as const;
  expect(paintOf(look, 'green', false, 'shape')).toEqual({});
  expect(paintOf({ ...look, theme: 'auto' }, 'green', false, 'shape')).toEqual({ color: 'ansi256(28)' });
});

// The formula's own test data: its authors' table of pairs, of which these reach every branch.
it.each([
  [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
  [[50, -1.3802, -84.2814], [50, 0, -82.7485], 1.0],
  [[50, 2.5, 0], [50, 0, -2.5], 4.3065],
  [[50, 2.5, 0], [73, 25, -18], 27.1492],
  [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
  [[22.7233, 20.0904, -46.694], [23.0331, 14.973, -42.5619], 2.0373],
  [[50, 0, 0], [50, -1, 2], 2.3669],
] as const)('CIEDE2000 of %j and %j is %f', (one, other, expected) => {
  expect(ciede2000(one, other)).toBeCloseTo(expected, 4);
});
