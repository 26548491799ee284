import { withClusterFlags, withScreenFlags } from '../cluster-flags.ts';
import { open } from '../open.ts';
import type { OpenFlags } from '../open-flags.ts';
import type { Verb } from './verb.ts';

export const openVerb: Verb = (program, io, end) => {
  withScreenFlags(withClusterFlags(program.command('open', { isDefault: true })))
    .description('open the screen (the default verb; needed for a VirtualService named like a verb)')
    .argument('[virtualservice]', 'which VirtualService to shift; found where there is one')
    .action(async (virtualService: string | undefined, flags: Omit<OpenFlags, 'virtualService' | 'demo'>) => {
      end(await open({ ...flags, virtualService, demo: false }, io));
    });
};
