import { type Command, Option } from 'commander';
import { THEMES } from '../session/ui-state.ts';
import { withSamplingFlags } from './sampling-flags.ts';

/** What every verb that looks at a cluster takes. */
export function withClusterFlags(command: Command): Command {
  return withSamplingFlags(command)
    .option('--context <name>', 'context of the kubeconfig')
    .option('-n, --namespace <name>', 'namespace of the VirtualService')
    .option('--kubeconfig <file>', 'path of the kubeconfig; for a demo, where to write it')
    .option('-i, --istio-namespace <name>', "Istio's namespace", 'istio-system')
    .option('--read-only', 'write nothing: keys that would say so')
    .option(
      '--override-owner <name>',
      'change weights although this owner puts its own back; once for each owner',
      (name: string, before: readonly string[] = []) => [...before, name],
    );
}

/** What the verbs that open the screen take besides. */
export function withScreenFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--theme <name>',
        'auto for dark and light backgrounds, mono without colours, high-contrast with nothing dim',
      ).choices(THEMES),
    )
    .option('--ascii', 'draw with ASCII alone, whatever the locale')
    .option('--screen-reader', 'say changes as sentences in place of a screen; the keys are the same')
    .option(
      '--record <file>',
      'write the session to this file as lines of JSON, without secrets; at most 20 MB with <file>.1',
    )
    .option(
      '--report <file>',
      'write what is proved of each shift to this file, by its ending as .json or as .md',
    );
}
