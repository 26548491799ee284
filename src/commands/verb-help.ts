import type { Command } from 'commander';
import { plainText } from '../plain-text.ts';

/** What the help of a verb says besides its arguments and flags. */
export type VerbHelp = {
  /** What it does and what it leaves alone, a paragraph each. */
  readonly about?: readonly string[];
  /** The exit codes that it can end with, with what each means. */
  readonly exits: readonly (readonly [code: string, meaning: string])[];
  /** Command lines as they are typed, with what each is for. */
  readonly examples: readonly (readonly [line: string, what: string])[];
};

const PIPED_COLUMNS = 80;

/** Exit codes that several verbs have in common, worded once. */
export const EXITS = {
  usage: ['1', 'the command line or the settings cannot be used'],
  cluster: ['2', 'no cluster, or it does not answer, or a right is missing'],
  bug: ['70', 'a bug in weighbridge'],
  signal: ['128+n', 'ended by signal n'],
} as const satisfies Readonly<Record<string, VerbHelp['exits'][number]>>;

/** Gives a verb the help of a manual page, as wide as the terminal. */
export function withHelp(command: Command, { about = [], exits, examples }: VerbHelp): Command {
  return command.addHelpText('after', () => {
    const help = command.createHelp();
    const width = command.configureOutput().getOutHelpWidth?.() ?? PIPED_COLUMNS;
    help.prepareContext({ helpWidth: width });
    const codeColumns = Math.max(...exits.map(([code]) => code.length));
    return [
      ...about.flatMap(paragraph => ['', help.boxWrap(paragraph, width)]),
      '',
      'Exit codes:',
      ...exits.map(([code, meaning]) => help.formatItem(code, codeColumns, meaning, help)),
      '',
      'Examples:',
      ...examples.flatMap(([line, what]) => [`  # ${what}`, `  $ ${line}`]),
    ].join('\n');
  });
}

/** For the help of a verb without a screen: where its answers for programs are described. */
export function answersOf(verb: string): string {
  return `The answer for programs is what src/commands/schemas/${verb}.json describes, a failure what error.json there does. Nothing else is on stdout; notices and progress are on stderr.`;
}

/** What answers about a VirtualService, else about the only one, where no screen can be drawn. */
export function insteadOfScreen(virtualService?: string): string {
  const named = virtualService === undefined ? '' : ` ${plainText(virtualService, 253)}`;
  return `weighbridge status${named}, weighbridge shift${named} v2=20, or another verb of weighbridge --help`;
}

/** The same of the demo cluster. */
export const INSTEAD_OF_DEMO_SCREEN =
  'weighbridge demo --serve, weighbridge status --demo, or another verb of weighbridge --help';

/** For the verbs that draw. */
export const NO_SCREEN = [
  '1',
  'the command line or the settings cannot be used, or there is no terminal',
] as const;
