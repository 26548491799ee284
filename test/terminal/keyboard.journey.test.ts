import { expect, test } from 'vitest';
import { isLive, isSettledAt, strayRows, weightsRow } from './read-screen.ts';
import { LARGE, type ScreenInPty, SMALL } from './screen-in-pty.ts';
import { emptyPlace, openScreen } from './test-bed.ts';

const RIGHT = '\x1b[C';
const pasted = (text: string) => `\x1b[200~${text}\x1b[201~`;

async function openLive(args: readonly string[] = ['demo']): Promise<ScreenInPty> {
  const screen = openScreen(args, emptyPlace());
  await screen.waitFor('the live screen', isLive);
  return screen;
}

const isClean = (screen: ScreenInPty, size: typeof SMALL) => (text: string) =>
  isLive(text) && screen.rows.length === size.rows && strayRows(text.split('\n'), size).length === 0;

test('what is typed before the first frame leaves no rubbish on it', async () => {
  const screen = openScreen(['demo'], emptyPlace());
  const typing = setInterval(() => screen.press('3'), 5);
  await screen
    .waitFor('the first frame', text => text.includes('1 Health'))
    .finally(() => clearInterval(typing));
  await screen.waitFor('a live screen without rubbish', isClean(screen, SMALL));
});

test('a paste into the panes does nothing, not even what its characters would as keys', async () => {
  const screen = await openLive();
  screen.press(pasted('>q\r\n++=99\r'));
  // The key behind it is read behind it.
  screen.press(RIGHT);
  await screen.waitFor('60 applied', text => isSettledAt(text, 60));
  expect(screen.text).not.toContain('Weight of v2');
});

test('a paste into a prompt is its text as far as the first line, and is submitted by enter alone', async () => {
  const screen = await openLive();
  screen.press('=');
  await screen.waitFor('the prompt', text => text.includes('Weight of v2, 0 to 100'));
  screen.press(pasted('37\r\nq'));
  await screen.waitFor('what was pasted', text => /> 37/.test(text));
  expect(weightsRow(screen.text, 'v2')?.requested ?? 50).toBe(50);
  screen.press('\r');
  await screen.waitFor('37 applied', text => isSettledAt(text, 37));
});

test('a window whose size changes while a key is held ends with every key and without rubbish', async () => {
  const screen = await openLive();
  for (let step = 0; step < 30; step += 1) {
    screen.press('-');
    const [columns, rows] = [SMALL.columns + step, SMALL.rows + (step % 9)];
    screen.resize({ columns, rows });
  }
  screen.resize(LARGE);
  await screen.waitFor('20 applied', text => isSettledAt(text, 20));
  await screen.waitFor('a large screen without rubbish', isClean(screen, LARGE));
  screen.resize(SMALL);
  await screen.waitFor('a small screen without rubbish', isClean(screen, SMALL));
});

test('quitting in the midst of a held key and hundreds of samples a second applies what was asked for', async () => {
  const screen = await openLive(['demo', '--rate', '500']);
  await screen.waitFor('many samples', text => /[1-9]\d\d\/s/.test(text));
  screen.press(RIGHT.repeat(4));
  screen.press('q');
  const { exitCode, signal } = await screen.ended;
  expect({ exitCode, signal }).toEqual({ exitCode: 0, signal: 0 });
  expect(screen.rows.join('')).toContain('applied v1 10, v2 90');
  expect(screen.modes).toMatchObject({ isAlternateScreen: false, isBracketedPaste: false });
});
