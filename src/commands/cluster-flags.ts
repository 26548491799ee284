import { type Command, Option } from 'commander';
import { THEMES } from '../session/ui-state.ts';

/** Where a verb looks. */
export function withPlaceFlags(command: Command): Command {
  command
    .optionsGroup('Cluster:')
    .option('--context <name>', 'context of the kubeconfig; the current one where absent')
    .option('--kubeconfig <file>', 'path of the kubeconfig; where kubectl finds it where absent');
  return withNamespaceFlags(command);
}

export function withNamespaceFlags(command: Command): Command {
  return command
    .option('-n, --namespace <name>', "namespace of the VirtualService; the context's where absent")
    .option('-i, --istio-namespace <name>', 'where istiod and the gateways run', 'istio-system');
}

/** What the verbs that write take besides. */
export function withWriteFlags(command: Command): Command {
  return command
    .optionsGroup('Writing:')
    .option('--read-only', 'let no write leave the process: what would write says so')
    .option(
      '--override-owner <name>',
      'change weights although this owner puts its own back; once for each owner',
      (name: string, before: readonly string[] = []) => [...before, name],
    );
}

/** What the verbs that open the screen take besides. */
export function withScreenFlags(command: Command): Command {
  return command
    .optionsGroup('Screen:')
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
