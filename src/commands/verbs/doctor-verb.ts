import { withPlaceFlags } from '../cluster-flags.ts';
import { type DemoChoice, demoChoice, withCrowdFlag, withDemoFlags } from '../demo-flags.ts';
import type { DoctorFlags } from '../doctor.ts';
import { withOutputFlag } from '../output-flag.ts';
import { withGatewayFlags } from '../sampling-flags.ts';
import { answersOf, EXITS, withHelp } from '../verb-help.ts';
import type { Verb } from './verb.ts';

export const doctorVerb: Verb = (program, io, end) => {
  const command = program
    .command('doctor')
    .description(
      'say what keeps requests from following the weights, each with what to do; needs no terminal',
    )
    .argument('[virtualservice]', 'which VirtualService to examine; found where there is one');
  withOutputFlag(command);
  withGatewayFlags(withPlaceFlags(command));
  withCrowdFlag(withDemoFlags(command, 'boot the embedded demo cluster and examine that')).action(
    async (virtualService: string | undefined, flags: DoctorFlags & DemoChoice) => {
      const demo = await demoChoice(flags);
      const { doctor } = await import('../doctor.ts');
      end(await doctor({ ...flags, virtualService, demo }, io));
    },
  );
  withHelp(command, {
    about: ['It writes nothing; of the gateway it asks for a page.', answersOf('doctor')],
    exits: [
      ['0', 'no error was found; there may be warnings'],
      ['1', 'an error was found, or the command line cannot be used'],
      ['2', 'no cluster, or it does not answer, or the right to patch or to read VirtualServices is missing'],
      EXITS.bug,
      EXITS.signal,
    ],
    examples: [
      ['weighbridge doctor', 'the only VirtualService of the namespace'],
      ['weighbridge doctor -n shop reviews -o json', 'one by its name, for programs'],
      ['weighbridge doctor --scenario no-subset', 'what a finding looks like, on the demo cluster'],
    ],
  });
};
