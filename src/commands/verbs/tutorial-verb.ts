import { Option } from 'commander';
import { RUN_TO } from '../../tutorial/step.ts';
import { withClusterFlags } from '../cluster-flags.ts';
import { type DemoChoice, demoChoice, withDemoFlags } from '../demo-flags.ts';
import { EXIT } from '../io.ts';
import type { TutorialFlags } from '../tutorial.ts';
import { EXITS, withHelp } from '../verb-help.ts';
import type { Verb } from './verb.ts';

export const tutorialVerb: Verb = (program, io, end) => {
  const command = withClusterFlags(program.command('tutorial'))
    .description('say each step from an empty machine to a shift, and what of it is done; needs no terminal')
    .option('--print', 'as Markdown, which is what it does anyway', false)
    .option('--json', 'as JSON, for programs', false)
    .addOption(
      new Option('--through <step>', 'run every step up to this one that is not done').choices(RUN_TO),
    )
    .option('--clean-up', 'take away what weighbridge made, in reverse order', false)
    .option('--yes', 'agree to what is run, without a question; no cluster is ever deleted by it', false);
  withDemoFlags(command, 'boot the embedded demo cluster, with nothing deployed, and take that').action(
    async (flags: TutorialFlags & DemoChoice) => {
      const demo = await demoChoice(flags, io);
      if (demo === undefined) return end(EXIT.usage);
      const { tutorial } = await import('../tutorial.ts');
      end(await tutorial({ ...flags, demo }, io));
    },
  );
  withHelp(command, {
    about: [
      [
        'Without --through and --clean-up it writes nothing. What is done is told from what is there, so it takes up where',
        'it was left. As JSON it is what src/commands/schemas/tutorial.json describes.',
      ].join('\n'),
    ],
    exits: [
      ['0', 'done'],
      EXITS.usage,
      ['2', 'no cluster, or a step fails, which is named'],
      EXITS.bug,
      EXITS.signal,
    ],
    examples: [
      ['weighbridge tutorial', 'what is done here and what is next, as Markdown'],
      ['weighbridge tutorial --through routing --yes', 'run every step that is missing'],
      ['weighbridge tutorial --clean-up --yes', 'take away what it made'],
    ],
  });
};
