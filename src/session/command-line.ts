import type { Intent } from './intents.ts';
import type { LineEdit } from './line-edit.ts';
import type { AppState } from './state.ts';
import { commandNamed, type NamesOf, partsOf, readCommand, TYPED_COMMANDS } from './typed-commands.ts';
import type { CommandLine } from './ui-state.ts';

/** What a line can be completed to. */
export type Completion = {
  /** The whole line with each of the names that fit, the likeliest first. */
  readonly lines: readonly string[];
  /** Which of them is proposed; absent where none is. */
  readonly at: number | undefined;
  /** What is proposed behind the text that is typed; empty where nothing is. */
  readonly ghost: string;
};

export function commandLineOpened(state: AppState): AppState {
  return withCommandLine(state, { text: '', candidate: undefined, problem: '' });
}

function commandLineClosed(state: AppState): AppState {
  return withCommandLine(state, undefined);
}

/** Proposes another of the names that fit: the one after the last is the first. */
function candidateMoved(state: AppState, by: number): AppState {
  const { commandLine } = state.ui;
  if (!commandLine) return state;
  const { lines, at } = completion(state);
  if (lines.length === 0) return state;
  const from = at ?? (by > 0 ? -1 : 0);
  const candidate = (from + by + lines.length) % lines.length;
  return withCommandLine(state, { ...commandLine, candidate });
}

/** Takes what is proposed, or else the only name that fits. */
function candidateTaken(state: AppState): AppState {
  const { commandLine } = state.ui;
  const { lines, at = 0 } = completion(state);
  const text = lines[at];
  if (!commandLine || text === undefined) return state;
  const { name, argument } = partsOf(text);
  const goesOn = argument === undefined && commandNamed(name)?.argument !== undefined;
  return withCommandLine(state, { text: goesOn ? `${text} ` : text, candidate: undefined, problem: '' });
}

/** Whether a key that would move the cursor to the right takes what is proposed there. */
function takesProposal(state: AppState, edit: LineEdit): boolean {
  const { commandLine, behindCursor } = state.ui;
  const movesRight = edit === 'right' || edit === 'end';
  return commandLine !== undefined && behindCursor === 0 && movesRight && completion(state).ghost !== '';
}

type AtCommandLine = { readonly after: AppState; readonly intent?: Intent };

/**
 * What an intent does where the command line is open, and what it asks for in turn; undefined where that is what it does
 * everywhere.
 */
export function atCommandLine(state: AppState, intent: Intent): AtCommandLine | undefined {
  if (!state.ui.commandLine) return undefined;
  switch (intent.kind) {
    case 'close-overlay':
      return { after: commandLineClosed(state) };
    case 'move-choice':
      return { after: candidateMoved(state, intent.by) };
    case 'complete':
      return { after: candidateTaken(state) };
    case 'edit-line':
      return takesProposal(state, intent.edit) ? { after: candidateTaken(state) } : undefined;
    case 'submit':
      return commandEntered(state);
    default:
      return undefined;
  }
}

/** What enter asks for. A command that cannot be read stays, with the reason, to be made right. */
function commandEntered(state: AppState): AtCommandLine {
  const text = enteredText(state).trim();
  if (text === '') return { after: commandLineClosed(state) };
  const read = readCommand(text, state);
  return read.kind === 'intent'
    ? { after: commandLineClosed(state), intent: read.intent }
    : { after: withCommandLine(state, { text, candidate: undefined, problem: read.problem }) };
}

/** What was moved to counts, what is only proposed does not. */
function enteredText(state: AppState): string {
  const { text = '', candidate } = state.ui.commandLine ?? {};
  return candidate === undefined ? text : (completion(state).lines[candidate] ?? text);
}

/** Whose names are to be read, because the argument that is typed is one of them. */
export function namesWanted({ ui: { commandLine } }: Pick<AppState, 'ui'>): NamesOf | undefined {
  if (!commandLine) return undefined;
  const { name, argument } = partsOf(commandLine.text);
  return argument === undefined ? undefined : commandNamed(name)?.argument?.namesOf;
}

export function completion(state: AppState): Completion {
  const { text = '', candidate } = state.ui.commandLine ?? {};
  const lines = fittingLines(state, text);
  if (candidate !== undefined && lines[candidate] !== undefined) {
    return { lines, at: candidate, ghost: restOf(lines[candidate], text) };
  }
  // Of an empty line everything would fit.
  const at = lines.length === 0 || partsOf(text).name === '' ? undefined : 0;
  return { lines, at, ghost: at === undefined ? '' : restOf(lines[at] ?? '', text) };
}

function fittingLines(state: AppState, text: string): readonly string[] {
  const { name, argument } = partsOf(text);
  if (argument !== undefined) {
    const names = commandNamed(name)?.argument?.names(state) ?? [];
    const before = text.slice(0, text.length - argument.length);
    return names.filter(each => fits(each, argument)).map(each => before + each);
  }
  const names = TYPED_COMMANDS.map(command => command.name);
  const byName = names.filter(each => fits(each, name));
  // An alias is offered where no name begins so.
  const aliases = TYPED_COMMANDS.flatMap(command => command.aliases).filter(each => fits(each, name));
  return byName.length > 0 || commandNamed(name) ? byName : aliases;
}

function fits(name: string, typed: string): boolean {
  return name.toLowerCase().startsWith(typed.toLowerCase());
}

function restOf(line: string, text: string): string {
  return line.slice(text.length);
}

function withCommandLine(state: AppState, commandLine: CommandLine | undefined): AppState {
  return { ...state, ui: { ...state.ui, commandLine, behindCursor: 0 } };
}
