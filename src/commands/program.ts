import { Command, CommanderError, Help } from 'commander';
import { version } from '../version.ts';
import { Crash } from './crash.ts';
import { EXIT, type Io } from './io.ts';
import { EXITS, type VerbHelp, withHelp } from './verb-help.ts';
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

const DEFAULT_VERB = 'open';

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

const PROGRAM_HELP: VerbHelp = {
  about: [
    'Without a verb it opens the screen; `weighbridge open --help` has its flags, and `weighbridge VERB --help` those of each verb, with its exit codes and examples. Where there is no terminal, status, shift, canary, report and doctor answer without one.',
  ],
  exits: [
    ['0', 'done'],
    ['1', 'the command line or the settings cannot be used, there is no terminal, or doctor found an error'],
    EXITS.cluster,
    ['3', 'an owner puts its own weights back, or somebody else changed the weights meanwhile'],
    ['4', 'traffic did not agree in time'],
    ['5', 'a limit of failures or latency broke'],
    EXITS.bug,
    EXITS.signal,
  ],
  examples: [
    ['weighbridge demo', 'the screen on a cluster of its own, with nothing installed'],
    ['weighbridge', 'the screen on the current context'],
    ['weighbridge status -o json', 'what is so now, for programs'],
    ['weighbridge shift v2=20 --verify', 'give v2 20 %, and wait until live traffic agrees'],
  ],
};

/** The hidden verb that completion scripts ask. What follows it is no command line to be parsed. */
const COMPLETE_VERB = '__complete';

/** Parses the command line, runs its verb and yields the exit code. Rejects with what is a bug, once programs are told of it. */
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
    if (error instanceof Crash) throw error.cause;
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    const { answerBug, answerUsageError } = await import('./usage-error.ts');
    const verb = verbOf(program, args);
    if (!(error instanceof CommanderError)) {
      await answerBug(io, verb, args);
      throw error;
    }
    await answerUsageError(io, verb, args, error);
    return EXIT.usage;
  }
  return code;
}

/** The verb of a command line: where it begins with none, that is the default verb. */
function verbOf({ commands }: Command, [first]: readonly string[]): string {
  return commands.some(verb => verb.name() === first) ? (first ?? DEFAULT_VERB) : DEFAULT_VERB;
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
      // Said by `run`, with what to do.
      outputError: () => undefined,
    });
  program.configureHelp({
    // What a verb takes is in its own help.
    subcommandTerm: verb => verb.name(),
    // That a flag is off where it is not given says nothing to anybody.
    optionDescription: option =>
      option.defaultValue === false ? option.description : Help.prototype.optionDescription(option),
  });
  for (const register of Object.values(VERBS)) register(program, io, end);
  withHelp(program, PROGRAM_HELP);
  return program;
}
