import type { Theme, UiState } from '../session/ui-state.ts';
import type { ScreenKind } from './io.ts';
import type { Settings } from './settings.ts';

/** What the command line says of how the screen looks. */
export type LooksFlags = {
  readonly theme?: Theme | undefined;
  /** Whether the screen is drawn in ASCII, whatever the locale. */
  readonly ascii?: boolean | undefined;
  /** Whether changes are said as sentences. */
  readonly screenReader?: boolean | undefined;
};

/**
 * How the screen is painted. A flag and what a person writes into a file of their own count more than NO_COLOR, by the rules of
 * that.
 */
export function looksOf(
  flags: LooksFlags,
  settings: Settings,
  env: NodeJS.ProcessEnv,
): Pick<UiState, 'theme' | 'hasFixedColours'> {
  const theme = flags.theme ?? settings.theme ?? 'auto';
  return {
    theme: theme === 'auto' && env.NO_COLOR ? 'mono' : theme,
    hasFixedColours: hasFixedColours(env),
  };
}

/** INK_SCREEN_READER is what people set for every program that is made with Ink. */
export function screenKind({ screenReader = false }: LooksFlags, env: NodeJS.ProcessEnv): ScreenKind {
  if (env.TERM === 'dumb') return 'lines';
  return screenReader || env.INK_SCREEN_READER === 'true' ? 'spoken' : 'drawn';
}

/**
 * Whether the terminal says that it has more than 16 colours. What Ink paints with believes the same two variables, and would
 * make other numbers of them where neither says so.
 */
function hasFixedColours({ TERM = '', COLORTERM = '' }: NodeJS.ProcessEnv): boolean {
  return /-256(color)?$/i.test(TERM) || COLORTERM === 'truecolor';
}
