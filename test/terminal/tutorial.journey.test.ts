import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { weightsRow } from './read-screen.ts';
import { LARGE, type ScreenInPty, SMALL } from './screen-in-pty.ts';
import { emptyPlace, openScreen } from './test-bed.ts';

const TAB = '\t';
const ENTER = '\r';
const LEFT = '\x1b[D';

const golden = (name: string) => join(import.meta.dirname, 'frames', `tutorial-${name}.txt`);

/** What the panel shows, without its border: the upper part of a small screen, the right side of a large one. */
function panelOf({ rows }: ScreenInPty): readonly string[] {
  const top = rows.findIndex(row => /╭▸?─?t Tutorial/.test(row));
  const left = rows[top]?.search(/╭▸?─?t Tutorial/) ?? 0;
  const rest = rows.slice(top).map(row => row.slice(left));
  return rest.slice(0, rest.findIndex(row => row.startsWith('╰')) + 1);
}

/** What is the same wherever and whenever it is played: commands hold paths, which decide how many lines there are. */
function steady(lines: readonly string[]): string {
  const commands = lines.findIndex(row => /│ (It runs|To see it):/.test(row));
  const same = commands < 0 ? lines : lines.slice(0, commands);
  return `${same.join('\n')}\n`.replace(/─* PgDn \d+ more ─*╮/, '╮');
}

/** The line of the panel that says which key leads on. */
function keyLine(screen: ScreenInPty): string {
  const inside = panelOf(screen)
    .slice(1, -1)
    .map(row => row.replace(/^│ | *│$/g, ''));
  const last = inside.at(-1) ?? '';
  return /^(enter|press|wait|esc)/.test(last) ? last : `${inside.at(-2) ?? ''} ${last}`;
}

/** Presses the key that the panel names. */
async function pressNamedKey(screen: ScreenInPty): Promise<void> {
  await screen.waitFor('a key that leads on', () => /^(enter|press)/.test(keyLine(screen)));
  const line = keyLine(screen);
  const times = /^press ← (\d) times/.exec(line)?.[1];
  if (times) return screen.press(LEFT.repeat(Number(times)));
  screen.press(line.startsWith('press >') ? '>' : ENTER);
}

const hasPanel = (screen: ScreenInPty, words: RegExp) => () => words.test(panelOf(screen).join('\n'));

/** What the panel shows is right at both sizes, and it is the size of the design again afterwards. */
async function frameAtBothSizes(screen: ScreenInPty, name: string, words: RegExp): Promise<void> {
  for (const size of [LARGE, SMALL]) {
    const before = screen.output.length;
    screen.resize(size);
    // Until then the terminal shows the frame of the other size, with its rows broken to this one.
    const isRedrawn = () => screen.output.includes('\x1b[2J', before);
    const isDrawn = () => isRedrawn() && screen.rows.length === size.rows && panelOf(screen).length > 2;
    await screen.waitFor(`${name} at ${size.columns}x${size.rows}`, text => {
      const isBeside = /╮╭▸?─?t Tutorial/.test(text);
      return isDrawn() && isBeside === (size === LARGE) && words.test(panelOf(screen).join('\n'));
    });
    if (name === '') continue;
    const text = steady(panelOf(screen));
    await expect(text).toMatchFileSnapshot(golden(`${name}-${size.columns}x${size.rows}`));
  }
}

/** Confirms what a step runs: the button that runs it is not the focused one. */
async function confirm(screen: ScreenInPty, step: number): Promise<void> {
  await screen.waitFor(
    'what it runs, with Cancel focused',
    text => text.includes(`Run step ${step},`) && text.includes('[ Cancel ]'),
  );
  screen.press(LEFT + LEFT);
  screen.press(TAB);
  await screen.waitFor('the other button', text => text.includes('[ Run it ]'));
  screen.press(ENTER);
}

/** Closes the panel and opens it again: it takes up where it was left. */
async function reopen(screen: ScreenInPty, words: RegExp): Promise<void> {
  screen.press('t');
  await screen.waitFor('the panes alone', text => !text.includes('t Tutorial'));
  screen.press('t');
  await screen.waitFor('the same step', hasPanel(screen, words));
}

test('the tutorial is played on the demo, by the keys that it names, from nothing deployed to 0/100 and back', async () => {
  const { env, home } = emptyPlace();
  const browser = join(home, 'xdg-open');
  const opened = join(home, 'opened');
  writeFileSync(browser, `#!/bin/sh\necho "$1" >> '${opened}'\n`);
  chmodSync(browser, 0o755);
  const screen = openScreen(['tutorial', '--demo', '--rate', '100'], {
    env: { ...env, DISPLAY: ':0', PATH: `${home}:${env.PATH}` },
  });

  // The steps that the demo brings along, and the first that is to do.
  await screen.waitFor('the first step', hasPanel(screen, /4 Two versions, to do/));
  await screen.waitFor('what is there', hasPanel(screen, /✓ 1-3 already there/));
  await frameAtBothSizes(screen, '4-to-do', /enter shows the 3 commands/);
  await reopen(screen, /4 Two versions, to do/);

  await pressNamedKey(screen);
  await confirm(screen, 4);
  await screen.waitFor('both pages', hasPanel(screen, /v1 on .* on blue\s[\s\S]*v2 on .* on green/));
  await frameAtBothSizes(screen, '', /enter goes on to 5/);
  screen.press('o');
  await expect
    .poll(() => readFileSync(opened, { encoding: 'utf8', flag: 'a+' }).trim().split('\n'))
    .toEqual([
      expect.stringMatching(/^http:\/\/localhost:\d+$/),
      expect.stringMatching(/^http:\/\/localhost:\d+$/),
    ]);
  await reopen(screen, /5 The route, half and half, to do/);

  await screen.waitFor('the next step', hasPanel(screen, /5 The route, half and half, to do/));
  await frameAtBothSizes(screen, '5-to-do', /enter shows the 3 commands/);
  await pressNamedKey(screen);
  await confirm(screen, 5);
  await screen.waitFor('the way in', hasPanel(screen, /of 20 answers v1 \d+, v2 \d+, none/));
  await frameAtBothSizes(screen, '', /enter goes on to 6/);
  expect(panelOf(screen).join('\n')).toMatch(/curl -s http:\/\/127\.0\.0\.1:\d+\//);

  await pressNamedKey(screen);
  await screen.waitFor('50/50 proved', hasPanel(screen, /✓ 50\/50 .*traffic agreed/));
  await frameAtBothSizes(screen, '6-half', /press ← 4 times: 90\/10/);
  await reopen(screen, /press ← 4 times: 90\/10/);
  await pressNamedKey(screen);
  await screen.waitFor('90/10 applied', text => weightsRow(text, 'v2')?.applied === 10);
  await screen.waitFor('90/10 proved', hasPanel(screen, /✓ 90\/10 .*traffic agreed/));
  await frameAtBothSizes(screen, '', /press >: 0\/100/);
  await pressNamedKey(screen);
  await screen.waitFor('0/100 proved', hasPanel(screen, /✓ 0\/100 .*traffic agreed/));
  await screen.waitFor('what the record says', hasPanel(screen, /No request failed: 0 of \d+ in 2 shifts/));
  await frameAtBothSizes(screen, '', /enter goes on to 7/);

  await pressNamedKey(screen);
  await screen.waitFor('the last step', hasPanel(screen, /7 Clean up, to choose/));
  await frameAtBothSizes(screen, '7-to-choose', /enter shows the 6 commands/);
  await pressNamedKey(screen);
  await confirm(screen, 7);
  await screen.waitFor('that all is gone', hasPanel(screen, /what weighbridge made is gone/));
  await screen.waitFor('that no route is left', text =>
    text.includes('VirtualService myapp is not there any more'),
  );
  await screen.waitFor('what comes next', hasPanel(screen, /▸ 4 next/));
  await frameAtBothSizes(screen, '7-done', /what weighbridge made is gone/);
  screen.press('q');
  expect((await screen.ended).exitCode).toBe(0);
});
