import { type Command, CommanderError, InvalidArgumentError } from 'commander';
import { EXIT } from './io.ts';

/** How a command that needs no screen is told to boot a demo cluster of its own. */
export type DemoChoice = { readonly demo: boolean; readonly scenario?: string | undefined };

export function withDemoFlags(command: Command, whatFor: string): Command {
  return command
    .optionsGroup('Demo cluster:')
    .option('--demo', `${whatFor}; --kubeconfig says where to write its kubeconfig`, false)
    .option('--scenario <name>', 'the scenario of the demo; implies --demo')
    .option('--seed <number>', "seed of the demo's random choices", readCount);
}

export function withCrowdFlag(command: Command): Command {
  return command.option(
    '--pods <number>',
    'how many pods the scenario `crowded` has in the namespace',
    readCount,
  );
}

/** Whether the demo is wanted. Throws what the parser throws of a flag that cannot be used, where there is no such scenario. */
export async function demoChoice({ demo, scenario }: DemoChoice): Promise<boolean> {
  if (scenario === undefined) return demo;
  // Only when asked: the list of scenarios loads the whole cluster.
  const { scenarioProblem } = await import('./scenarios.ts');
  const problem = scenarioProblem(scenario);
  if (problem !== undefined) throw new CommanderError(EXIT.usage, 'weighbridge.scenario', problem);
  return true;
}

export function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 0)
    throw new InvalidArgumentError('Give a whole number from 0 on.');
  return count;
}
