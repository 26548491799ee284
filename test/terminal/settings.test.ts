import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EmptyPlace } from './program.ts';
import { isLive } from './read-screen.ts';
import type { ScreenInPty } from './screen-in-pty.ts';
import { emptyPlace, openScreen } from './test-bed.ts';

/** Words that are painted in a colour. Signs and labels may be; what is to be read is not, because 3:1 is not enough for that. */
function colouredWords(screen: ScreenInPty): readonly string[] {
  const texts = screen.cells.map(cells =>
    cells.map(({ characters, foreground }) => (foreground === undefined ? ' ' : characters)).join(''),
  );
  return [...new Set(texts.flatMap(text => text.match(/[a-z]\S+/gi) ?? []))].toSorted();
}

/** A machine with this configuration file. */
function placeWith(settings: string): EmptyPlace {
  const place = emptyPlace();
  const folder = join(place.home, '.config', 'weighbridge');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.yaml'), settings);
  return place;
}

const ESCAPE = String.fromCharCode(27);
const sequences = (output: string, parameters: string) =>
  output.split(ESCAPE).filter(part => new RegExp(`^\\[(${parameters})m`).test(part)).length;
const colours = (output: string) => sequences(output, '3[0-7]|4[0-7]|9[0-7]|38;.*|48;.*');
const named = (output: string) => sequences(output, '3[0-7]|4[0-7]|9[0-7]|10[0-7]');
const dimmed = (output: string) => sequences(output, '2');

describe('the configuration file', () => {
  test('sets the theme and the rate, which a flag overrides', async () => {
    const place = placeWith('theme: mono\nrate: 50\n');
    const screen = openScreen(['demo'], place);
    await screen.waitFor('live', isLive);
    await screen.waitFor('the rate', text => / (4[5-9]|5[0-5])\/s /.test(text));
    expect(colours(screen.output)).toBe(0);
    expect(dimmed(screen.output)).toBeGreaterThan(0);
    const other = openScreen(['demo', '--rate', '10'], place);
    await other.waitFor('the rate', text => / (9|1[01])\/s /.test(text));
  });

  test('may ask for high contrast: colours, and nothing dim', async () => {
    const screen = openScreen(['demo'], placeWith('theme: high-contrast'));
    await screen.waitFor('live', isLive);
    expect(colours(screen.output)).toBeGreaterThan(0);
    expect(dimmed(screen.output)).toBe(0);
  });

  test('with a mistake is refused in one sentence, before any screen', async () => {
    const screen = openScreen(['demo'], placeWith('# mine\nthem: mono\n'));
    const { exitCode } = await screen.ended;
    expect(exitCode).toBe(1);
    expect(screen.output).not.toContain(`${ESCAPE}[?1049h`);
    expect(screen.text.replaceAll('\n', '')).toContain(
      'config.yaml, line 2: there is no key "them"; there are protected, rate, theme.',
    );
  });
});

test('NO_COLOR leaves colours out', async () => {
  const place = emptyPlace();
  const screen = openScreen(['demo'], { env: { ...place.env, NO_COLOR: '1' } });
  await screen.waitFor('live', isLive);
  expect(colours(screen.output)).toBe(0);
});

test('a terminal with 16 colours gets those that it has', async () => {
  const place = emptyPlace();
  const screen = openScreen(['demo'], { env: { ...place.env, TERM: 'xterm' } });
  await screen.waitFor('live', isLive);
  expect(named(screen.output)).toBeGreaterThan(0);
  expect(colours(screen.output)).toBe(named(screen.output));
  expect(dimmed(screen.output)).toBeGreaterThan(0);
  // In the help as well: its headings, and a filter that is typed.
  expect(colouredWords(screen)).toEqual(['v1', 'v2']);
  screen.press('?/');
  await screen.waitFor('the help', text => text.includes('Every key'));
  expect(colouredWords(screen)).toEqual([]);
});

test('flags win over the file, the locale and NO_COLOR', async () => {
  const place = placeWith('theme: mono');
  const screen = openScreen(['demo', '--ascii', '--theme', 'high-contrast'], {
    env: { ...place.env, NO_COLOR: '1' },
  });
  await screen.waitFor('live', text => / \+ live$/m.test(text));
  expect(screen.output).toMatch(/^[\x00-\x7f]*$/);
  expect(colours(screen.output)).toBeGreaterThan(0);
  expect(dimmed(screen.output)).toBe(0);
});

test('a locale without more leaves nothing but ASCII, in the help as well', async () => {
  const place = emptyPlace();
  const screen = openScreen(['demo'], { env: { ...place.env, LC_ALL: 'C' } });
  await screen.waitFor('live', text => / \+ live$/m.test(text));
  screen.press('?');
  await screen.waitFor('the help', text => text.includes('Every key'));
  expect(screen.output).toMatch(/^[\x00-\x7f]*$/);
});
