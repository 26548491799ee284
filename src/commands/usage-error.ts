import type { CommanderError } from 'commander';
import { plainText } from '../plain-text.ts';
import { sentence } from '../sentence.ts';
import type { Failure } from '../session/route-known.ts';
import { BUG, failureOf, OUTPUTS, type Output, type Refusal, refuse } from './answer-document.ts';
import { EXIT, type Io } from './io.ts';
import { insteadOfScreen } from './verb-help.ts';

/** What the parser begins its messages with. */
const BY_PARSER = 'error: ';

/**
 * Answers a command line that cannot be used, for people and, where it asks for that, for programs. `verb` is the one that it names;
 * `open` where it names none.
 */
export async function answerUsageError(
  io: Io,
  verb: string,
  args: readonly string[],
  error: CommanderError,
): Promise<void> {
  await answerFailure(io, verb, args, { ...usageFailure(verb, args, error), code: EXIT.usage });
}

/** Answers a program whose verb a bug ended; people are shown the stack. */
export async function answerBug(io: Io, verb: string, args: readonly string[]): Promise<void> {
  if (outputAskedFor(args) !== 'text') await answerFailure(io, verb, args, { ...BUG, code: EXIT.bug });
}

async function answerFailure(io: Io, verb: string, args: readonly string[], refusal: Refusal): Promise<void> {
  const output = outputAskedFor(args);
  if (verb === 'canary') {
    // Its answer is lines, of which this is the last one.
    const { refuseCanary } = await import('./canary.ts');
    refuseCanary(io, output, refusal);
  } else await refuse(io, verb, output, refusal.code, refusal);
}

function usageFailure(
  verb: string,
  [first = '', second = '']: readonly string[],
  { message }: CommanderError,
): Failure {
  if (first === 'help')
    return { headline: `There is no verb ${plainText(second, 60)}.`, nextStep: 'See weighbridge --help.' };
  // A verb that found it itself says what to do as well.
  if (!message.startsWith(BY_PARSER)) return failureOf(message);
  const why = plainText(message.slice(BY_PARSER.length), 300);
  if (verb !== 'open') {
    return {
      headline: sentence(`Can't run weighbridge ${verb}: ${why}`),
      nextStep: `See weighbridge ${verb} --help.`,
    };
  }
  return {
    headline: sentence(`Can't open the screen: ${why}`),
    nextStep: `See weighbridge open --help. Without a screen: ${insteadOfScreen()}.`,
  };
}

/** `text` where no document is asked for. */
function outputAskedFor(args: readonly string[]): Output {
  const after = (flag: string) => args[args.indexOf(flag) + 1];
  const separate = ['-o', '--output'].filter(flag => args.includes(flag)).map(after);
  const joined = args.flatMap(arg => /^(?:-o=?|--output=)(.+)$/.exec(arg)?.[1] ?? []);
  const asked = [...separate, ...joined];
  if (args.includes('--json')) return 'json';
  return OUTPUTS.find(output => output !== 'text' && asked.includes(output)) ?? 'text';
}
