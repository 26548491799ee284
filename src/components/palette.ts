import type { Theme } from '../session/ui-state.ts';

export type Colour = 'blue' | 'green' | 'magenta' | 'cyan' | 'yellow' | 'red';

/** How the screen is painted: the theme, and whether the terminal has the colours that are the same everywhere. */
export type Look = { readonly theme: Theme; readonly hasFixedColours: boolean };

/** What Ink paints a text with. */
export type Paint = {
  readonly color?: string;
  readonly backgroundColor?: string;
  readonly dimColor?: boolean;
};

/**
 * Colours by their numbers among xterm's 256, of which those above 15 are the same in every terminal. The first 16, which have
 * names, are whatever a terminal makes of them: in most palettes yellow or cyan cannot be read on white, or blue on black.
 */
type Palette = Readonly<Record<Colour, number>>;

/**
 * Bright enough for a dark background and dark enough for a light one: at least 3:1 on either. Blue and green for the versions;
 * green, yellow and red (nearer to tan and rose here) for how things are; each apart from its fellows for colour-blind eyes.
 */
export const AUTO: Palette = { blue: 33, green: 28, magenta: 134, cyan: 30, yellow: 137, red: 168 };

/** For what is of less weight: a grey that can be read on both, where `dim` is what each terminal makes of it. */
export const AUTO_SECONDARY = 243;

/** On black, which is painted with them, so that the terminal's background does not matter: at least 7:1. */
export const HIGH_CONTRAST: Palette = {
  blue: 75,
  green: 85,
  magenta: 213,
  cyan: 87,
  yellow: 226,
  red: 203,
};

export const HIGH_CONTRAST_GROUND = 16;

/** What is painted: an icon or a label, which has to be read, or a bar, a line or a border, which has to be seen. */
export type Painted = 'sign' | 'shape';

/**
 * What to paint something with that has this colour, or is of less weight. What is of less weight has no colour of its own, and
 * in high contrast shapes have none: the terminal's own is the one that is seen best, and black behind a chart is not a shape.
 */
export function paintOf(
  { theme, hasFixedColours }: Look,
  colour: Colour | undefined,
  isDim: boolean,
  painted: Painted = 'sign',
): Paint {
  switch (theme) {
    case 'mono':
      return isDim ? { dimColor: true } : {};
    case 'high-contrast': {
      // What a terminal makes of its 16 colours may be hard to read.
      if (colour === undefined || !hasFixedColours || painted === 'shape') return {};
      return { color: fixed(HIGH_CONTRAST[colour]), backgroundColor: fixed(HIGH_CONTRAST_GROUND) };
    }
    case 'auto': {
      if (isDim) return hasFixedColours ? { color: fixed(AUTO_SECONDARY) } : { dimColor: true };
      if (colour === undefined) return {};
      return { color: hasFixedColours ? fixed(AUTO[colour]) : colour };
    }
  }
}

function fixed(number: number): string {
  return `ansi256(${number})`;
}
