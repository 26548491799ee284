import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { version } from '../version.ts';
import { EXIT, type Io } from './io.ts';
import { type OpenFlags, open } from './open.ts';

type Parsed = Omit<OpenFlags, 'virtualService' | 'demo'>;

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
  withClusterFlags(program.command('open', { isDefault: true }))
    .description('open the screen (the default verb; needed for a VirtualService named like a verb)')
    .argument('[virtualservice]', 'which VirtualService to shift; found where there is one')
    .action(async (virtualService: string | undefined, flags: Parsed) => {
      code = await open({ ...flags, virtualService, demo: false }, io);
    });
  withClusterFlags(program.command('demo'))
    .description('open the screen on the embedded demo cluster, or serve that cluster alone')
    .option(
      '--serve',
      'no screen: print where the cluster is as one line of JSON, and serve until stopped',
      false,
    )
    .option('--seed <number>', "seed of the gateway's random choices", readSeed)
    .action(async (flags: Parsed & { serve: boolean }) => {
      if (!flags.serve) {
        code = await open({ ...flags, demo: true }, io);
        return;
      }
      const { serveDemo } = await import('./demo.ts');
      code = await serveDemo(flags, io);
    });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  return code;
}

function withClusterFlags(command: Command): Command {
  return command
    .option('--context <name>', 'context of the kubeconfig')
    .option('-n, --namespace <name>', 'namespace of the VirtualService')
    .option('--kubeconfig <file>', 'path of the kubeconfig; for a demo, where to write it')
    .option('-i, --istio-namespace <name>', "Istio's namespace", 'istio-system')
    .option('--read-only', 'write nothing: keys that would say so')
    .option('--gateway <url>', 'URL of the ingress gateway; found where absent')
    .option('--host <name>', 'Host header of the samples; found where absent');
}

function readSeed(text: string): number {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new InvalidArgumentError('a whole number from 0 on.');
  return seed;
}
