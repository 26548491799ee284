import { expect, it } from 'vitest';
import { looksOf } from '../../src/commands/terminal-looks.ts';

it.each([
  ['auto without a word', {}, {}, {}, 'auto'],
  ['what the file says', {}, { theme: 'high-contrast' }, {}, 'high-contrast'],
  ['the flag before the file', { theme: 'mono' }, { theme: 'high-contrast' }, {}, 'mono'],
  ['no colours with NO_COLOR', {}, {}, { NO_COLOR: '1' }, 'mono'],
  ['nothing of an empty NO_COLOR', {}, {}, { NO_COLOR: '' }, 'auto'],
  ['the file before NO_COLOR', {}, { theme: 'high-contrast' }, { NO_COLOR: '1' }, 'high-contrast'],
] as const)('takes for the theme %s', (_what, flags, settings, env, theme) => {
  expect(looksOf(flags, settings, env).theme).toBe(theme);
});

it.each([
  [{ TERM: 'xterm-256color' }, true],
  [{ TERM: 'tmux-256color' }, true],
  [{ TERM: 'screen' }, false],
  [{ TERM: 'xterm' }, false],
  [{ TERM: 'linux' }, false],
  [{ TERM: 'xterm-kitty', COLORTERM: 'truecolor' }, true],
  [{}, false],
])('of a terminal that says %j has more than 16 colours: %s', (env, hasFixedColours) => {
  expect(looksOf({}, {}, env).hasFixedColours).toBe(hasFixedColours);
});
