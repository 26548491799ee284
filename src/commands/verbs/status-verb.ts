import { withPlaceFlags } from '../cluster-flags.ts';
import { type DemoChoice, demoChoice, withDemoFlags } from '../demo-flags.ts';
import { withOutputFlag } from '../output-flag.ts';
import { asSamples } from '../quantity-flags.ts';
import { withSamplingFlags } from '../sampling-flags.ts';
import type { StatusFlags } from '../status.ts';
import { answersOf, EXITS, withHelp } from '../verb-help.ts';
import type { Verb } from './verb.ts';

export const statusVerb: Verb = (program, io, end) => {
  const command = program
    .command('status')
    .description('say what is so now: applied weights, versions, health, owners, findings; writes nothing')
    .argument('[virtualservice]', 'which VirtualService to look at; found where there is one')
    .option('--route <name>', 'which route of the VirtualService: its name, or its place such as `http 2`')
    .option('-w, --watch', 'after the answer a line for each change, until ctrl-c', false)
    .option(
      '--samples <number>',
      'sample the gateway until so many show their version, and say which share each has',
      asSamples,
    );
  withOutputFlag(command);
  withSamplingFlags(withPlaceFlags(command));
  withDemoFlags(command, 'boot the embedded demo cluster and look at that').action(
    async (virtualService: string | undefined, flags: StatusFlags & DemoChoice) => {
      const demo = await demoChoice(flags);
      const { status } = await import('../status.ts');
      end(await status({ ...flags, virtualService, demo }, io));
    },
  );
  withHelp(command, {
    about: [
      'A canary that is under way, or that was killed in the middle, is told with how to go back from it.',
      'With --watch each change follows on a line: weights and who set them, versions, health, owners, findings, a route that goes or is back, a connection that is lost or is back. It goes on until a signal, whatever happens to the API server. For programs each line is what src/commands/schemas/status-watch.json describes, the answer being the first.',
      'With --samples it goes on until so many samples showed their version, for half as long again as that takes at --rate at most, and some 20 s before that to find the gateway. Whether traffic agrees is told and decides no exit code: shift --verify is for that.',
      answersOf('status'),
    ],
    exits: [
      ['0', 'done, whatever is found'],
      ['1', 'the command line cannot be used, or there is no such route'],
      ['2', 'no cluster, or it does not answer'],
      [
        '4',
        'fewer samples than --samples showed their version, or the gateway cannot be sampled; all else is told',
      ],
      EXITS.bug,
      ['128+n', 'ended by signal n, 130 for ctrl-c, as --watch ends'],
    ],
    examples: [
      ['weighbridge status', 'the only VirtualService of the namespace'],
      ['weighbridge status -n shop reviews -o json', 'one by its name, for programs'],
      ['weighbridge status --watch', 'and what changes from now on'],
      ['weighbridge status --samples 400', 'and which version answers how often'],
    ],
  });
};
