import type { Colour } from './palette.ts';

/** What the screen is made of: which colour means what, and every glyph. What a colour looks like is the palette's. */

const VERSION_COLOURS: readonly Colour[] = ['blue', 'green', 'magenta', 'cyan', 'yellow'];

/** The colour of the version at `index`: blue and green for the first two, as in the tutorial. */
export function versionColour(index: number): Colour {
  return VERSION_COLOURS[index % VERSION_COLOURS.length] ?? 'blue';
}

export type Status = 'well' | 'warning' | 'failing' | 'waiting';

export const statusColour: Readonly<Record<Status, Colour | undefined>> = {
  well: 'green',
  warning: 'yellow',
  failing: 'red',
  waiting: undefined,
};

export type Glyphs = {
  readonly isUnicode: boolean;
  readonly status: Readonly<Record<Status, string>>;
  readonly cursor: string;
  /** Of the row that is in force. */
  readonly current: string;
  readonly locked: string;
  readonly applied: string;
  readonly rest: string;
  readonly requested: string;
  readonly observed: string;
  /** Of the observed share's interval, where the bar is filled and where it is not. */
  readonly intervalWithin: string;
  readonly intervalBeside: string;
  readonly mark: string;
  readonly arrows: {
    readonly left: string;
    readonly right: string;
    readonly up: string;
    readonly down: string;
  };
  readonly border: { readonly topLeft: string; readonly topRight: string; readonly line: string };
  /** Name of Ink's border for the other three sides. */
  readonly borderStyle: 'round' | 'classic';
  /** In asciichart's order; absent for the usual ones. */
  readonly chart: readonly string[] | undefined;
};

const unicode: Glyphs = {
  isUnicode: true,
  status: { well: '✓', warning: '!', failing: '✗', waiting: '…' },
  cursor: '▸',
  current: '●',
  locked: '▪',
  applied: '━',
  rest: '╌',
  requested: '┃',
  observed: '◆',
  intervalWithin: '═',
  intervalBeside: '─',
  mark: '▲',
  arrows: { left: '←', right: '→', up: '↑', down: '↓' },
  border: { topLeft: '╭', topRight: '╮', line: '─' },
  borderStyle: 'round',
  chart: undefined,
};

const ascii: Glyphs = {
  isUnicode: false,
  status: { well: '+', warning: '!', failing: 'x', waiting: '~' },
  cursor: '>',
  current: '*',
  locked: 'L',
  applied: '=',
  rest: '-',
  requested: '|',
  observed: 'o',
  intervalWithin: '#',
  intervalBeside: '~',
  mark: '^',
  arrows: { left: '<-', right: '->', up: 'up', down: 'dn' },
  border: { topLeft: '+', topRight: '+', line: '-' },
  borderStyle: 'classic',
  chart: ['|', '|', '-', '-', '-', '\\', '/', '\\', '/', '|'],
};

export function glyphs(isUnicode: boolean): Glyphs {
  return isUnicode ? unicode : ascii;
}
