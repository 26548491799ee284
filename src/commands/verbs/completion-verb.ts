import { Argument } from 'commander';
import { completionScript, SHELLS, type Shell } from '../completion-scripts.ts';
import { EXIT } from '../io.ts';
import { EXITS, withHelp } from '../verb-help.ts';
import type { Verb } from './verb.ts';

export const completionVerb: Verb = (program, io, end) => {
  const command = program
    .command('completion')
    .description('print the script that makes a shell complete verbs, flags and what the cluster has')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .action((shell: Shell) => {
      io.stdout.write(completionScript(shell));
      end(EXIT.done);
    });
  withHelp(command, {
    about: [
      'Contexts come from the kubeconfig; namespaces, VirtualServices and versions from the cluster that the flags typed so far mean, as the line is typed. A cluster that does not answer within 1.5 s completes nothing.',
    ],
    exits: [['0', 'done'], EXITS.usage],
    examples: [
      ['source <(weighbridge completion bash)', 'bash, now; as a line of ~/.bashrc, for good'],
      ['source <(weighbridge completion zsh)', 'zsh, now; as a line of ~/.zshrc behind compinit, for good'],
      ['weighbridge completion fish > ~/.config/fish/completions/weighbridge.fish', 'fish, for good'],
    ],
  });
};
