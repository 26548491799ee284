import { Option } from 'commander';
import { withPlaceFlags, withWriteFlags } from '../cluster-flags.ts';
import { type DemoChoice, demoChoice, readCount, withDemoFlags } from '../demo-flags.ts';
import { withOutputFlag } from '../output-flag.ts';
import { asDuration, asShare } from '../quantity-flags.ts';
import { withSamplingFlags } from '../sampling-flags.ts';
import type { ShiftFlags } from '../shift.ts';
import { answersOf, EXITS, withHelp } from '../verb-help.ts';
import type { Verb } from './verb.ts';

type Parsed = Omit<ShiftFlags, 'words'> & DemoChoice;

export const shiftVerb: Verb = (program, io, end) => {
  const command = program
    .command('shift')
    .description('set weights once, without a screen, and prove by live traffic that they took')
    .argument('[virtualservice]', 'which VirtualService to shift; found where there is one')
    .argument('[weights...]', 'weights by name, such as v2=20; versions that are not named share the rest')
    .option('--even', 'the same weight for every version', false)
    .option(
      '--undo',
      'take back the last shift of this route that weighbridge remembers, or the last canary as a whole',
      false,
    )
    .option('--route <name>', 'which route of the VirtualService: its name, or its place such as `http 2`')
    .option('--verify', 'sample the gateway until traffic agrees with the weights', false)
    .option(
      '--timeout <duration>',
      'how long --verify may take; 60s, or as long as a limit needs',
      asDuration,
    )
    .option('--max-failures <number>', 'so many samples may fail; implies --verify', readCount)
    .option(
      '--max-failure-rate <share>',
      'such a share of samples may fail, as 0.5%; implies --verify',
      asShare,
    )
    .option('--max-p99 <duration>', '99 of 100 answers come within this; implies --verify', asDuration)
    .option(
      '--rollback-on-failure',
      'set the weights from before again where traffic does not agree or a limit breaks; implies --verify',
      false,
    )
    .addOption(
      new Option('--dry-run [where]', 'change nothing: say what would be done, or have the API server try it')
        .choices(['client', 'server'])
        .preset('client'),
    )
    .option(
      '--yes',
      'agree to every question, as of a protected context or a version without a ready pod',
      false,
    );
  withOutputFlag(command);
  withSamplingFlags(withWriteFlags(withPlaceFlags(command)));
  withDemoFlags(command, 'boot the embedded demo cluster and shift that').action(
    async (first: string | undefined, more: readonly string[], flags: Parsed) => {
      const demo = await demoChoice(flags);
      const { shift } = await import('../shift.ts');
      const words = first === undefined ? more : [first, ...more];
      end(await shift({ ...flags, words, demo }, io));
    },
  );
  withHelp(command, {
    about: [
      'A version is named by its subset, its host, or host/subset. Weights that are named are exact, the other versions share the rest in the proportions that they have. Only weights are patched, and the same things refuse or question it as on the screen: owners, missing rights, protected contexts, versions without a ready pod.',
      'With --verify it ends once traffic agrees with the weights, which takes some hundred samples. Ended by a signal it leaves the weights as they are then, and says which; what it is setting back, it still sets back.',
      answersOf('shift'),
    ],
    exits: [
      ['0', 'the weights are applied; with --verify, traffic agrees and no limit broke'],
      ['1', 'the command line cannot be used, or a question was not agreed to: nothing was changed'],
      ['2', 'no cluster, or it does not answer or refuses, or a right is missing'],
      ['3', 'an owner puts its own weights back, or somebody else set others meanwhile'],
      ['4', 'traffic did not agree in time, or cannot be sampled; says whether it was rolled back'],
      ['5', 'a limit broke: --max-failures and its like; says whether it was rolled back'],
      EXITS.bug,
      ['128+n', 'ended by signal n, 130 for ctrl-c; says what is applied'],
    ],
    examples: [
      ['weighbridge shift v2=20', 'v2 gets 20, the others share 80'],
      ['weighbridge shift myapp v1=80 v2=20 --verify', 'and wait until traffic agrees'],
      [
        'weighbridge shift v2=50 --max-failure-rate 0.5% --rollback-on-failure -o json',
        'for a pipeline: back to the weights from before when more than 0.5 % fail',
      ],
      ['weighbridge shift --undo', 'take the last shift back, absent weights too'],
      ['weighbridge shift v2=100 --dry-run=server', 'have the API server try it'],
    ],
  });
};
