import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { RUN_TO } from '../tutorial/step.ts';
import { version } from '../version.ts';
import type { DoctorFlags } from './doctor.ts';
import { EXIT, type Io } from './io.ts';
import { open } from './open.ts';
import type { OpenFlags } from './open-flags.ts';
import { withSamplingFlags } from './sampling-flags.ts';
import type { TutorialFlags } from './tutorial.ts';

type Parsed = Omit<OpenFlags, 'virtualService' | 'demo'>;
type DemoParsed = Parsed & { readonly serve: boolean; readonly list: boolean };

/** Parses the command line, runs its verb and yields the exit code. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.done;
  const program = new Command('weighbridge')
    .description(
      'Blue/green traffic shifting on Kubernetes with Istio: requested, applied and observed, side by side.',
    )
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: text => io.stdout.write(text),
      writeErr: text => io.stderr.write(text),
    });
  withScreenFlags(program.command('open', { isDefault: true }))
    .description('open the screen (the default verb; needed for a VirtualService named like a verb)')
    .argument('[virtualservice]', 'which VirtualService to shift; found where there is one')
    .action(async (virtualService: string | undefined, flags: Parsed) => {
      code = await open({ ...flags, virtualService, demo: false }, io);
    });
  withScreenFlags(program.command('demo'))
    .description('open the screen on the embedded demo cluster, or serve that cluster alone')
    .option(
      '--serve',
      'no screen: print where the cluster is as one line of JSON, and serve until stopped',
      false,
    )
    .option('--seed <number>', "seed of the gateway's random choices", readCount)
    .option('--scenario <name>', 'what is wrong in the cluster, or unusual; --list names them all')
    .option('--list', 'name the scenarios with a sentence each, and open nothing', false)
    .option('--pods <number>', 'how many pods the scenario `crowded` has in the namespace', readCount)
    .action(async (flags: DemoParsed) => {
      code = await demo(flags, io);
    });
  withClusterFlags(program.command('doctor'))
    .description(
      'say what keeps requests from following the weights, each with what to do; needs no terminal',
    )
    .argument('[virtualservice]', 'which VirtualService to examine; found where there is one')
    .addOption(
      new Option('-o, --output <format>', 'text for people, json for programs')
        .choices(['text', 'json'])
        .default('text'),
    )
    .option('--demo', 'boot the embedded demo cluster and examine that', false)
    .option('--scenario <name>', 'the scenario of the demo; implies --demo')
    .option('--seed <number>', "seed of the demo's random choices", readCount)
    .option('--pods <number>', 'how many pods the scenario `crowded` has in the namespace', readCount)
    .action(async (virtualService: string | undefined, flags: DoctorFlags) => {
      const demo = flags.demo || flags.scenario !== undefined;
      const problem = flags.scenario === undefined ? undefined : await unknownScenario(flags.scenario);
      if (problem !== undefined) io.stderr.write(`${problem}\n`);
      const { doctor } = await import('./doctor.ts');
      code = problem === undefined ? await doctor({ ...flags, virtualService, demo }, io) : EXIT.usage;
    });
  withClusterFlags(program.command('tutorial'))
    .description('say each step from an empty machine to a shift, and what of it is done; needs no terminal')
    .option('--print', 'as Markdown, which is what it does anyway', false)
    .option('--json', 'as JSON, for programs', false)
    .addOption(
      new Option('--through <step>', 'run every step up to this one that is not done').choices(RUN_TO),
    )
    .option('--clean-up', 'take away what weighbridge made, in reverse order', false)
    .option('--yes', 'agree to what is run, without a question; no cluster is ever deleted by it', false)
    .option('--demo', 'boot the embedded demo cluster, with nothing deployed, and take that', false)
    .option('--scenario <name>', 'the scenario of the demo; implies --demo')
    .option('--seed <number>', "seed of the demo's random choices", readCount)
    .action(async (flags: TutorialFlags) => {
      const demo = flags.demo || flags.scenario !== undefined;
      const problem = flags.scenario === undefined ? undefined : await unknownScenario(flags.scenario);
      if (problem !== undefined) io.stderr.write(`${problem}\n`);
      const { tutorial } = await import('./tutorial.ts');
      code = problem === undefined ? await tutorial({ ...flags, demo }, io) : EXIT.usage;
    });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  return code;
}

async function demo(flags: DemoParsed, io: Io): Promise<number> {
  if (flags.list || flags.scenario !== undefined) {
    // Only then: the list knows the whole cluster, and the screen is to be drawn before that is loaded.
    const { listScenarios, scenarioProblem } = await import('./scenarios.ts');
    if (flags.list) io.stdout.write(listScenarios());
    const problem = flags.list ? undefined : scenarioProblem(flags.scenario ?? '');
    if (problem !== undefined) io.stderr.write(`${problem}\n`);
    if (flags.list) return EXIT.done;
    if (problem !== undefined) return EXIT.usage;
  }
  if (!flags.serve) return open({ ...flags, demo: true }, io);
  if (flags.report !== undefined) {
    io.stderr.write("Can't use --report with --serve: only the screen sees shifts.\n");
    return EXIT.usage;
  }
  const { serveDemo } = await import('./demo.ts');
  return serveDemo(flags, io);
}

/** Only when asked: the list of scenarios loads the whole cluster. */
async function unknownScenario(name: string): Promise<string | undefined> {
  const { scenarioProblem } = await import('./scenarios.ts');
  return scenarioProblem(name);
}

function withScreenFlags(command: Command): Command {
  return withClusterFlags(command)
    .option(
      '--record <file>',
      'write the session to this file as lines of JSON, without secrets; at most 20 MB with <file>.1',
    )
    .option(
      '--report <file>',
      'write what is proved of each shift to this file, by its ending as .json or as .md',
    );
}

function withClusterFlags(command: Command): Command {
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

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 0) throw new InvalidArgumentError('a whole number from 0 on.');
  return count;
}
