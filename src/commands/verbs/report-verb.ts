import { withOutputFlag } from '../output-flag.ts';
import type { ReportFlags } from '../report.ts';
import { answersOf, EXITS, withHelp } from '../verb-help.ts';
import type { Verb } from './verb.ts';

export const reportVerb: Verb = (program, io, end) => {
  const command = program
    .command('report')
    .description('say what is remembered of the shifts of a context; asks no cluster')
    .argument('[virtualservice]', 'of this VirtualService alone')
    .option('--last', 'of the newest shift alone', false)
    .option('--context <name>', 'context of the kubeconfig')
    .option('-n, --namespace <name>', 'of this namespace alone')
    .option('--kubeconfig <file>', 'path of the kubeconfig');
  withOutputFlag(command, 'text is Markdown for people').action(
    async (virtualService: string | undefined, flags: ReportFlags) => {
      const { report } = await import('../report.ts');
      end(await report(virtualService, flags, io));
    },
  );
  withHelp(command, {
    about: [
      'The last 100 shifts of each context are remembered below $XDG_STATE_HOME/weighbridge/shifts (~/.local/state where that is not set), whether they were made on the screen or without it; those of a demo cluster that ended with the program are not.',
      answersOf('report'),
    ],
    exits: [
      ['0', 'done, also where nothing is remembered'],
      ['1', 'the command line cannot be used, or what is remembered cannot be read'],
      ['2', 'no kubeconfig names a current context'],
      EXITS.bug,
    ],
    examples: [
      ['weighbridge report --last', 'to paste into a pull request'],
      ['weighbridge report myapp -o json', 'every remembered shift of one VirtualService, for programs'],
    ],
  });
};
