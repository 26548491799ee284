import { Option } from 'commander';
import { version } from '../../version.ts';
import { EXIT } from '../io.ts';
import { EXITS, withHelp } from '../verb-help.ts';
import type { Verb } from './verb.ts';

export const versionVerb: Verb = (program, io, end) => {
  const command = program
    .command('version')
    .description('say which release this is and what runs it; asks no cluster')
    .addOption(
      new Option('-o, --output <format>', 'text for people, json for programs')
        .choices(['text', 'json'])
        .default('text'),
    )
    .action(({ output }: { readonly output: 'text' | 'json' }) => {
      const { node } = process.versions;
      const { platform, arch: architecture } = process;
      const json = { version: 1, weighbridge: version, node, platform, architecture };
      io.stdout.write(
        output === 'json'
          ? `${JSON.stringify(json, null, 2)}\n`
          : `weighbridge ${version} (Node ${node}, ${platform} ${architecture})\n`,
      );
      end(EXIT.done);
    });
  withHelp(command, {
    about: [
      'As JSON it is what src/commands/schemas/version.json describes. `weighbridge --version` prints the number alone.',
    ],
    exits: [['0', 'done'], EXITS.usage],
    examples: [
      ['weighbridge version', 'what to put into a bug report'],
      ['weighbridge version -o json', 'for programs'],
    ],
  });
};
