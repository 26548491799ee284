import { withNamespaceFlags, withScreenFlags, withWriteFlags } from '../cluster-flags.ts';
import { readCount, withCrowdFlag } from '../demo-flags.ts';
import { EXIT, type Io } from '../io.ts';
import { open } from '../open.ts';
import type { OpenFlags } from '../open-flags.ts';
import { withSamplingFlags } from '../sampling-flags.ts';
import { EXITS, NO_SCREEN, withHelp } from '../verb-help.ts';
import type { Verb } from './verb.ts';

type DemoVerbFlags = Omit<OpenFlags, 'virtualService' | 'demo'> & {
  readonly serve: boolean;
  readonly list: boolean;
};

export const demoVerb: Verb = (program, io, end) => {
  const command = program
    .command('demo')
    .description('open the screen on the embedded demo cluster, or serve that cluster alone')
    .option(
      '--serve',
      'no screen: print where the cluster is as one line of JSON, and serve until stopped',
      false,
    )
    .option('--list', 'name the scenarios with a sentence each, and open nothing', false)
    .optionsGroup('Cluster:')
    .option('--scenario <name>', 'what is wrong in the cluster, or unusual; --list names them all')
    .option('--seed <number>', "seed of the gateway's random choices", readCount)
    .option('--kubeconfig <file>', 'where to write its kubeconfig; a temporary file where absent');
  withNamespaceFlags(withCrowdFlag(command));
  withScreenFlags(withWriteFlags(withSamplingFlags(command))).action(async (flags: DemoVerbFlags) => {
    end(await demo(flags, io));
  });
  withHelp(command, {
    about: [
      'The demo cluster is a Kubernetes API server with two versions of an application and an ingress gateway, in this process and on loopback alone. kubectl works against it: the screen says how. It is gone when the program ends.',
    ],
    exits: [
      ['0', 'the screen was left, the scenarios were named, or serving was ended by a signal'],
      NO_SCREEN,
      EXITS.bug,
      EXITS.signal,
    ],
    examples: [
      ['weighbridge demo', 'try everything, with nothing installed'],
      ['weighbridge demo --scenario lossy-gateway --seed 7', 'see what trouble looks like'],
      ['weighbridge demo --serve --kubeconfig demo.yaml', 'a cluster for other programs, until ctrl-c'],
    ],
  });
};

async function demo(flags: DemoVerbFlags, io: Io): Promise<number> {
  if (flags.list || flags.scenario !== undefined) {
    // Only then: the list knows the whole cluster, and the screen is to be drawn before that is loaded.
    const { listScenarios, scenarioProblem } = await import('../scenarios.ts');
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
  const { serveDemo } = await import('../demo.ts');
  return serveDemo(flags, io);
}
