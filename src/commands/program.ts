import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import { EXIT, type Io } from './io.ts';
import { demoVerb } from './verbs/demo-verb.ts';
import { doctorVerb } from './verbs/doctor-verb.ts';
import { openVerb } from './verbs/open-verb.ts';
import { tutorialVerb } from './verbs/tutorial-verb.ts';
import type { Verb } from './verbs/verb.ts';

/** Each verb by its name, in the order of the alphabet. */
const VERBS: Readonly<Record<string, Verb>> = {
  demo: demoVerb,
  doctor: doctorVerb,
  open: openVerb,
  tutorial: tutorialVerb,
};

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
  const end = (given: number) => {
    code = given;
  };
  for (const register of Object.values(VERBS)) register(program, io, end);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  return code;
}
