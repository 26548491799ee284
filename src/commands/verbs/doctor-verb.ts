import { Option } from 'commander';
import { withClusterFlags } from '../cluster-flags.ts';
import { type DemoChoice, demoChoice, withCrowdFlag, withDemoFlags } from '../demo-flags.ts';
import type { DoctorFlags } from '../doctor.ts';
import { EXIT } from '../io.ts';
import { EXITS, withHelp } from '../verb-help.ts';
import type { Verb } from './verb.ts';

export const doctorVerb: Verb = (program, io, end) => {
  const command = withClusterFlags(program.command('doctor'))
    .description(
      'say what keeps requests from following the weights, each with what to do; needs no terminal',
    )
    .argument('[virtualservice]', 'which VirtualService to examine; found where there is one')
    .addOption(
      new Option('-o, --output <format>', 'text for people, json for programs')
        .choices(['text', 'json'])
        .default('text'),
    );
  withCrowdFlag(withDemoFlags(command, 'boot the embedded demo cluster and examine that')).action(
    async (virtualService: string | undefined, flags: DoctorFlags & DemoChoice) => {
      const demo = await demoChoice(flags, io);
      if (demo === undefined) return end(EXIT.usage);
      const { doctor } = await import('../doctor.ts');
      end(await doctor({ ...flags, virtualService, demo }, io));
    },
  );
  withHelp(command, {
    about: ['It writes nothing. As JSON it is what src/commands/schemas/doctor.json describes.'],
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
