import type { ScreenSize } from '../session/ui-state.ts';
import type { Io } from './io.ts';

/** What the terminal offers; where there is none, what a usual one would. `isAscii` takes for granted that it shows no more. */
export function screenSize({ stdout, env }: Io, isAscii = false): ScreenSize {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return {
    columns: stdout.columns || 80,
    rows: stdout.rows || 24,
    isUnicode:
      !isAscii && (/utf-?8/i.test(locale) || process.platform === 'win32' || process.platform === 'darwin'),
  };
}
