import { withPlaceFlags, withScreenFlags, withWriteFlags } from '../cluster-flags.ts';
import { open } from '../open.ts';
import type { OpenFlags } from '../open-flags.ts';
import { withSamplingFlags } from '../sampling-flags.ts';
import { EXITS, NO_SCREEN, withHelp } from '../verb-help.ts';
import type { Verb } from './verb.ts';

export const openVerb: Verb = (program, io, end) => {
  const command = program
    .command('open', { isDefault: true })
    .description('open the screen (the default verb; needed for a VirtualService named like a verb)')
    .argument('[virtualservice]', 'which VirtualService to shift; found where there is one')
    .action(async (virtualService: string | undefined, flags: Omit<OpenFlags, 'virtualService' | 'demo'>) => {
      end(await open({ ...flags, virtualService, demo: false }, io));
    });
  withScreenFlags(withWriteFlags(withSamplingFlags(withPlaceFlags(command))));
  withHelp(command, {
    about: [
      'Without a kubeconfig it opens on the embedded demo cluster. Nothing but weights is written, and only those that you ask for; ? shows every key, q quits.',
    ],
    exits: [['0', 'the screen was left'], NO_SCREEN, EXITS.cluster, EXITS.bug, EXITS.signal],
    examples: [
      ['weighbridge', 'the only VirtualService of the namespace; asked for where there are several'],
      ['weighbridge --context minikube -n shop reviews', 'one by its name'],
      ['weighbridge open status', 'one that is named like a verb'],
      ['weighbridge --read-only --record session.jsonl reviews', 'look, change nothing, keep what was seen'],
    ],
  });
};
