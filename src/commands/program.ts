import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import { EXIT, type Io } from './io.ts';
import { canaryVerb } from './verbs/canary-verb.ts';
import { completionVerb } from './verbs/completion-verb.ts';
import { demoVerb } from './verbs/demo-verb.ts';
import { doctorVerb } from './verbs/doctor-verb.ts';
import { openVerb } from './verbs/open-verb.ts';
import { reportVerb } from './verbs/report-verb.ts';
import { shiftVerb } from './verbs/shift-verb.ts';
import { statusVerb } from './verbs/status-verb.ts';
import { tutorialVerb } from './verbs/tutorial-verb.ts';
import type { Verb } from './verbs/verb.ts';
import { versionVerb } from './verbs/version-verb.ts';

/** Each verb by its name, in the order of the alphabet. */
const VERBS: Readonly<Record<string, Verb>> = {
  canary: canaryVerb,
  completion: completionVerb,
  demo: demoVerb,
  doctor: doctorVerb,
  open: openVerb,
  report: reportVerb,
  shift: shiftVerb,
  status: statusVerb,
  tutorial: tutorialVerb,
  version: versionVerb,
};

/** The hidden verb that completion scripts ask. What follows it is no command line to be parsed. */
const COMPLETE_VERB = '__complete';

/** Parses the command line, runs its verb and yields the exit code. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.done;
  const program = createProgram(io, given => {
    code = given;
  });
  if (args[0] === COMPLETE_VERB) {
    const { complete } = await import('./complete.ts');
    await complete(program, args.slice(1), io);
    return EXIT.done;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    const { answerUsageError } = await import('./answer-document.ts');
    await answerUsageError(io, args, error.message);
    return EXIT.usage;
  }
  return code;
}

/** Every verb with its flags and its help; `end` takes the exit code of the one that is run. */
export function createProgram(io: Io, end: (code: number) => void): Command {
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
  for (const register of Object.values(VERBS)) register(program, io, end);
  return program;
}
