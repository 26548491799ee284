import { commandLine, type Step } from '../tutorial/step.ts';
import { type Copyable, copyableText } from './copyable.ts';
import type { AppState } from './state.ts';
import { shownStep } from './tutorial-panel.ts';

/** What a person may want of the step that the tutorial shows: all of its commands, each of them, and where its pages are. */
export function stepCopyables(state: AppState): readonly Copyable[] {
  const step = shownStep(state);
  if (!step) return [];
  const commands = commandsOf(step);
  const all = commands.map(({ line }) => `${line}\n`).join('');
  const whole =
    commands.length > 1 ? [copyableText(`the ${commands.length} commands of step ${step.number}`, all)] : [];
  return [
    ...whole,
    ...commands.map(({ words, line }) => copyableText(`the command to ${words}`, `${line}\n`)),
    ...pagesOf(state, step),
  ];
}

function commandsOf({ runs }: Step): readonly { readonly words: string; readonly line: string }[] {
  return runs.flatMap(action => {
    if (action.kind === 'keys') return [];
    // The screen is open already.
    if (action.kind === 'look' && action.command[0] === 'weighbridge') return [];
    return [
      { words: action.words, line: action.kind === 'shell' ? action.line : commandLine(action.command) },
    ];
  });
}

function pagesOf({ tutorial }: AppState, { id }: Step): readonly Copyable[] {
  if (id !== 'versions') return [];
  return tutorial.pages
    .filter(({ isShown }) => isShown)
    .map(({ version, url }) => copyableText(`where ${version} is on this computer`, url));
}
