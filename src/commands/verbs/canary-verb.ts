import { InvalidArgumentError, Option } from 'commander';
import { DEFAULT_STEPS, readSteps, STEPS_WORDS } from '../../session/canary-steps.ts';
import type { CanaryFlags } from '../canary.ts';
import { withPlaceFlags, withWriteFlags } from '../cluster-flags.ts';
import { type DemoChoice, demoChoice, readCount, withDemoFlags } from '../demo-flags.ts';
import { asDuration, asShare } from '../quantity-flags.ts';
import { withSamplingFlags } from '../sampling-flags.ts';
import { EXITS, withHelp } from '../verb-help.ts';
import type { Verb } from './verb.ts';

const HOLD_MS = 30_000;
const TIMEOUT_MS = 600_000;
const OUTAGE_MS = 60_000;

export const canaryVerb: Verb = (program, io, end) => {
  const command = program
    .command('canary')
    .description('give a version more traffic step by step while live traffic proves each step, else go back')
    .argument('[virtualservice]', 'which VirtualService to shift; found where there is one')
    .requiredOption('--to <version>', 'the version that gets more: its subset, host or host/subset')
    .option(
      '--route <name>',
      'which route, by its name or its place such as `http 2`; needed where there are several',
    )
    .addOption(
      new Option('--steps <weights>', `its weights, one after the other: ${STEPS_WORDS}`)
        .argParser(asSteps)
        .default(DEFAULT_STEPS, DEFAULT_STEPS.join(',')),
    )
    .addOption(duration('--hold <time>', 'how long each step holds at least', HOLD_MS, '30s'))
    .option('--max-failures <number>', 'how many samples may fail in all', readCount)
    .option(
      '--max-failure-rate <share>',
      'which share of the samples of a step may fail, such as 0.5%; 1% where no limit of failures is given',
      asShare,
    )
    .option(
      '--max-p99 <time>',
      'within which time 99 of 100 answers of a step come, such as 800ms',
      asDuration,
    )
    .option('--confirm', 'ask before each step but the first; needs a terminal', false)
    .option(
      '--yes',
      'agree to what would be asked before the first step, such as on a protected context',
      false,
    )
    .addOption(duration('--timeout <time>', 'how long a step may take until it has held', TIMEOUT_MS, '10m'))
    .addOption(
      duration('--max-outage <time>', 'how long the API server or the gateway may be away', OUTAGE_MS, '60s'),
    )
    .addOption(
      new Option('-o, --output <format>', 'text for people, json for programs: a line for each event')
        .choices(['text', 'json'])
        .default('text'),
    );
  withSamplingFlags(withWriteFlags(withPlaceFlags(command)));
  withDemoFlags(command, 'boot the embedded demo cluster and shift there').action(
    async (virtualService: string | undefined, flags: CanaryFlags & DemoChoice) => {
      const demo = await demoChoice(flags);
      const { canary } = await import('../canary.ts');
      end(await canary({ ...flags, virtualService, demo }, io));
    },
  );
  withHelp(command, {
    about: [
      'A step holds once traffic agrees with its weights, --hold is over and enough samples came to judge the limits: 598 without a failure for 0.5%, 299 for 1%, and more where some failed. A burst of failures or of slow answers is found after a few samples; a milder excess once the step has held. Samples that meet no gateway count as its outage, not as failures.',
      'Where a limit breaks, a step is not proved in time, or ctrl-c or SIGTERM comes, it sets the weights from the start again, and says what is applied. A second signal leaves them. Somebody else who sets weights meanwhile is not fought: it stops. While it runs, and where it was killed, `weighbridge status` says how to go back.',
      'As JSON, each line is what src/commands/schemas/canary.json describes; the last one says how it ended, also where it did not begin. Notices, and the progress of text, are on stderr.',
    ],
    exits: [
      ['0', 'every step held'],
      ['1', 'the command line or the settings cannot be used, or a question was not agreed to'],
      EXITS.cluster,
      ['3', 'somebody else set weights meanwhile, or owns them'],
      ['4', 'a step was not proved in time, or you said no to the next; it went back'],
      ['5', 'a limit broke; it went back'],
      EXITS.bug,
      ['128+n', 'signal n came; it went back'],
    ],
    examples: [
      ['weighbridge canary --to v2', '5, 10, 25, 50 and 100 %, each for 30 s, with at most 1 % failures'],
      [
        'weighbridge canary reviews --to v3 --steps 1,10,50,100 --max-failure-rate 0.5% --max-p99 800ms --yes -o json',
        'in a pipeline',
      ],
      ['weighbridge canary --to v2 --confirm', 'with you saying yes to each step'],
      ['weighbridge canary --demo --scenario lossy-gateway --to v2 --steps 60 --hold 5s', 'see one go back'],
    ],
  });
};

function duration(flags: string, description: string, defaultMs: number, shown: string): Option {
  return new Option(flags, description).argParser(asDuration).default(defaultMs, shown);
}

function asSteps(text: string): readonly number[] {
  const steps = readSteps(text);
  if (steps === undefined) throw new InvalidArgumentError(`Give ${STEPS_WORDS}.`);
  return steps;
}
