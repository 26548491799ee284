import { type Command, Option } from 'commander';
import { OUTPUTS } from './answer-document.ts';

/** How a verb without a screen is told to answer a program. `asText` is what a person gets. */
export function withOutputFlag(command: Command, asText = 'text for people'): Command {
  return command.addOption(
    new Option('-o, --output <format>', `${asText}, json or yaml for programs`)
      .choices(OUTPUTS)
      .default('text'),
  );
}
