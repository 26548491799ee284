import { version } from '../../version.ts';
import { type Output, writeDocument } from '../answer-document.ts';
import { EXIT } from '../io.ts';
import { withOutputFlag } from '../output-flag.ts';
import { answersOf, withHelp } from '../verb-help.ts';
import type { Verb } from './verb.ts';

export const versionVerb: Verb = (program, io, end) => {
  const command = program
    .command('version')
    .description('say which release this is and what runs it; asks no cluster');
  withOutputFlag(command).action(async ({ output }: { readonly output: Output }) => {
    const { node } = process.versions;
    const { platform, arch: architecture } = process;
    const document = { version: 1, weighbridge: version, node, platform, architecture };
    if (output !== 'text') await writeDocument(io, output, document);
    else io.stdout.write(`weighbridge ${version} (Node ${node}, ${platform} ${architecture})\n`);
    end(EXIT.done);
  });
  withHelp(command, {
    about: ['`weighbridge --version` prints the number alone.', answersOf('version')],
    exits: [
      ['0', 'done'],
      ['1', 'the command line cannot be used'],
    ],
    examples: [
      ['weighbridge version', 'what to put into a bug report'],
      ['weighbridge version -o json', 'for programs'],
    ],
  });
};
