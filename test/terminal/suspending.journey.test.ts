import { describe, expect, it } from 'vitest';
import { processesBelow } from './processes.ts';
import { builtProgram } from './program.ts';
import { isLive, isSettledAt, strayRows } from './read-screen.ts';
import { LARGE, type ScreenInPty } from './screen-in-pty.ts';
import { emptyPlace, openScreen, runInPty } from './test-bed.ts';

/** A shell with job control, as a person has one, and weighbridge typed into it. */
async function openFromPrompt(): Promise<ScreenInPty> {
  const { env } = emptyPlace();
  const screen = runInPty({
    command: 'bash',
    args: ['--norc', '--noprofile', '-i'],
    env: { ...env, PS1: 'prompt> ', HISTFILE: '/dev/null' },
  });
  await screen.waitFor('a prompt', text => text.includes('prompt>'));
  screen.press(`'${process.execPath}' '${builtProgram()}' demo\r`);
  await screen.waitFor('the live screen', isLive);
  return screen;
}

/** Whether the cursor was shown last, and not hidden. */
const isCursorShown = ({ output }: ScreenInPty) =>
  output.lastIndexOf('\u001b[?25h') > output.lastIndexOf('\u001b[?25l');

async function expectPrompt(screen: ScreenInPty): Promise<void> {
  await screen.waitFor('the prompt of the shell', text => /Stopped[\s\S]*prompt>/.test(text));
  expect(screen.modes).toMatchObject({ isAlternateScreen: false, isBracketedPaste: true, mouse: 'none' });
  expect(isCursorShown(screen)).toBe(true);
  screen.press('stty -a\r');
  await screen.waitFor(
    'a terminal that reads lines',
    text => /(?<!-)icanon/.test(text) && / echo\b/.test(text),
  );
}

describe('ctrl-z', () => {
  it('gives the terminal back to the shell, and fg brings the screen back in the size of then', async () => {
    const screen = await openFromPrompt();
    screen.press('\u001a');
    await expectPrompt(screen);
    screen.resize(LARGE);
    screen.press('fg\r');
    await screen.waitFor('the screen in its new size', text => {
      return isLive(text) && strayRows(text.split('\n'), LARGE).length === 0;
    });
    expect(screen.modes.isAlternateScreen).toBe(true);
    // It reads keys again, and its sampling and watches go on.
    screen.press('\u001b[C');
    await screen.waitFor('a shift that is applied', text => isSettledAt(text, 60));
    screen.press('q');
    await screen.waitFor('the summary', text => text.includes('applied v1 40, v2 60'));
    expect(screen.modes.isAlternateScreen).toBe(false);
  });

  it('sends weights under way before it stops', async () => {
    const screen = await openFromPrompt();
    screen.press('\u001b[C\u001b[C\u001b[C\u001a');
    await expectPrompt(screen);
    screen.press('clear; fg\r');
    await screen.waitFor('weights that are applied', text => isLive(text) && isSettledAt(text, 80));
  });

  it('is what SIGTSTP does as well, and the screen survives a stop that nobody told it of', async () => {
    const screen = await openFromPrompt();
    const [program = 0] = processesBelow(screen.pid);
    process.kill(program, 'SIGTSTP');
    await expectPrompt(screen);
    screen.press('clear; fg\r');
    await screen.waitFor('the screen', isLive);
    process.kill(program, 'SIGSTOP');
    await screen.waitFor('the prompt', text => text.includes('prompt>'));
    screen.press('clear; fg\r');
    await screen.waitFor('the screen again', text => isLive(text) && !text.includes('prompt>'));
    screen.press('\u001b[C');
    await screen.waitFor('a shift that is applied', text => isSettledAt(text, 60));
  });

  it('stays, and says so, where no shell could continue it', async () => {
    const screen = openScreen(['demo'], emptyPlace());
    await screen.waitFor('the live screen', isLive);
    screen.press('\u001a');
    await screen.waitFor('why it stays', text => {
      return isLive(text) && text.includes('no shell here that could bring weighbridge back');
    });
    expect(screen.modes.isAlternateScreen).toBe(true);
  });
});
