import type { Command } from 'commander';

/** What the help of a verb says besides its arguments and flags. */
export type VerbHelp = {
  /** What it does and what it leaves alone, a paragraph each, each line as it is printed. */
  readonly about?: readonly string[];
  /** The exit codes that it can end with, with what each means. */
  readonly exits: readonly (readonly [code: string, meaning: string])[];
  /** Command lines as they are typed, with what each is for. */
  readonly examples: readonly (readonly [line: string, what: string])[];
};

/** Exit codes that several verbs have in common, worded once. */
export const EXITS = {
  usage: ['1', 'the command line or the settings cannot be used'],
  cluster: ['2', 'no cluster, or it does not answer, or a right is missing'],
  bug: ['70', 'a bug in weighbridge'],
  signal: ['128+n', 'ended by signal n'],
} as const satisfies Readonly<Record<string, VerbHelp['exits'][number]>>;

/** Gives a verb the help of a manual page. */
export function withHelp(command: Command, { about = [], exits, examples }: VerbHelp): Command {
  const width = Math.max(...exits.map(([code]) => code.length));
  return command.addHelpText('after', () =>
    [
      ...about.flatMap(paragraph => ['', paragraph]),
      '',
      'Exit codes:',
      ...exits.map(([code, meaning]) => `  ${code.padEnd(width)}  ${meaning}`),
      '',
      'Examples:',
      ...examples.flatMap(([line, what]) => [`  # ${what}`, `  $ ${line}`]),
    ].join('\n'),
  );
}

/** For the verbs that draw. */
export const NO_SCREEN = [
  '1',
  'the command line or the settings cannot be used, or there is no terminal',
] as const;
