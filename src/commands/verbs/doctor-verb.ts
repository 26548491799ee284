import { Option } from 'commander';
import { withClusterFlags } from '../cluster-flags.ts';
import { type DemoChoice, demoChoice, withCrowdFlag, withDemoFlags } from '../demo-flags.ts';
import type { DoctorFlags } from '../doctor.ts';
import { EXIT } from '../io.ts';
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
};
