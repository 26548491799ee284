import { Option } from 'commander';
import { RUN_TO } from '../../tutorial/step.ts';
import { withPlaceFlags, withScreenFlags, withWriteFlags } from '../cluster-flags.ts';
import { type DemoChoice, demoChoice, withDemoFlags } from '../demo-flags.ts';
import type { Io } from '../io.ts';
import { open } from '../open.ts';
import type { OpenFlags } from '../open-flags.ts';
import { withOutputFlag } from '../output-flag.ts';
import { withSamplingFlags } from '../sampling-flags.ts';
import type { TutorialFlags } from '../tutorial.ts';
import { answersOf, EXITS, withHelp } from '../verb-help.ts';
import type { Verb } from './verb.ts';

type TutorialVerbFlags = TutorialFlags &
  DemoChoice & {
    readonly print: boolean;
    /** Short for `-o json`. */
    readonly json: boolean;
  };

export const tutorialVerb: Verb = (program, io, end) => {
  const command = program
    .command('tutorial')
    .description(
      'open the screen with the tutorial, from an empty machine to a shift; without a terminal, print its steps',
    )
    .option('--print', 'print each step, and what of it is done, as Markdown', false)
    .option('--json', 'the same as -o json', false)
    .addOption(
      new Option('--through <step>', 'run every step up to this one that is not done').choices(RUN_TO),
    )
    .option('--clean-up', 'take away what weighbridge made, in reverse order', false)
    .option('--yes', 'agree to what is run, without a question; no cluster is ever deleted by it', false);
  withOutputFlag(command, 'text is Markdown for people');
  withScreenFlags(withWriteFlags(withSamplingFlags(withPlaceFlags(command))));
  withDemoFlags(command, 'boot the embedded demo cluster, with nothing deployed, and take that').action(
    async ({ json, ...given }: TutorialVerbFlags) => {
      const flags = { ...given, output: json ? 'json' : given.output };
      const demo = await demoChoice(flags);
      if (isForScreen(flags, io)) return end(await open(onScreen({ ...flags, demo }), io));
      const { tutorial } = await import('../tutorial.ts');
      end(await tutorial({ ...flags, demo }, io));
    },
  );
  withHelp(command, {
    about: [
      'On the screen every step is shown before it is run, and confirmed. Without a screen, and without --through and --clean-up, it writes nothing. What is done is told from what is there, so it takes up where it was left.',
      answersOf('tutorial'),
    ],
    exits: [
      ['0', 'done'],
      ['1', 'the command line or the settings cannot be used, or --yes is missing'],
      ['2', 'no cluster, or a step fails, which is named'],
      EXITS.bug,
      EXITS.signal,
    ],
    examples: [
      ['weighbridge tutorial', 'the screen with the tutorial open'],
      ['weighbridge tutorial --print', 'what is done here and what is next, as Markdown'],
      ['weighbridge tutorial -o json', 'the same, for programs'],
      ['weighbridge tutorial --through routing --yes', 'run every step that is missing'],
      ['weighbridge tutorial --through shift --yes', 'the same, and shift with proof from live traffic'],
      ['weighbridge tutorial --clean-up --yes', 'take away what it made'],
    ],
  });
};

/** A person at a terminal who asks for nothing else gets the panel; everybody else the text. */
function isForScreen(
  { print, output, through, cleanUp, yes }: Omit<TutorialVerbFlags, 'json'>,
  { stdin, stdout }: Io,
): boolean {
  const asksForText = print || output !== 'text' || through !== undefined || cleanUp || yes;
  return stdin.isTTY && stdout.isTTY && !asksForText;
}

/** On the demo there is nothing deployed, so that there is something to do. */
function onScreen(flags: TutorialFlags): OpenFlags {
  return { ...flags, virtualService: undefined, tutorial: true, scenario: flags.scenario ?? 'empty' };
}
