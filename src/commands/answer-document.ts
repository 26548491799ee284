import { plainText } from '../plain-text.ts';
import type { Failure } from '../session/route-known.ts';
import { version as release } from '../version.ts';
import { EXIT, type Io } from './io.ts';

/** Rises when a reader of the old format would be misled. */
export const FORMAT_VERSION = 1;

export const OUTPUTS = ['text', 'json', 'yaml'] as const;
export type Output = (typeof OUTPUTS)[number];

/** What an answer for programs begins with, and all there is of one that is nothing but a failure. */
export type AnswerHead = {
  /** Of the format. */
  readonly version: typeof FORMAT_VERSION;
  /** The release. */
  readonly weighbridge: string;
  readonly verb: string;
  /** Of the process. */
  readonly exitCode: number;
  readonly error: Failure | null;
};

export function answerHead(verb: string, exitCode: number, error: Failure | undefined): AnswerHead {
  const told = error ? { headline: error.headline, nextStep: error.nextStep } : null;
  return { version: FORMAT_VERSION, weighbridge: release, verb, exitCode, error: told };
}

/** Writes a document for programs to stdout. Where more come, it is one line of JSON, or begins as YAML separates documents. */
export async function writeDocument(
  io: Io,
  output: Exclude<Output, 'text'>,
  document: object,
  place: 'alone' | 'one of several' = 'alone',
): Promise<void> {
  const isAlone = place === 'alone';
  if (output === 'json') {
    io.stdout.write(`${JSON.stringify(document, null, isAlone ? 2 : 0)}\n`);
    return;
  }
  const { dump } = await import('js-yaml');
  io.stdout.write(`${isAlone ? '' : '---\n'}${dump(document, { lineWidth: -1, noRefs: true })}`);
}

/** A failure as people read it on stderr: what is so, and what to do. */
export function failureText({ headline, nextStep }: Failure): string {
  return `${`${headline} ${nextStep}`.trim()}\n`;
}

/**
 * Ends a verb that has nothing but a failure to tell: for people on stderr, for programs on stdout as well, in a form that whoever reads
 * lines can take too. Yields the exit code.
 */
export async function refuse(
  io: Io,
  verb: string,
  output: Output,
  code: number,
  failure: Failure,
): Promise<number> {
  io.stderr.write(failureText(failure));
  if (output !== 'text') await writeDocument(io, output, answerHead(verb, code, failure), 'one of several');
  return code;
}

/** What is wrong as a text for people, whose first sentence says what is so and whose others what to do. */
export function failureOf(problem: string): Failure {
  const [, headline = problem, nextStep = ''] = /^(.+?\.) (?=[A-Z])(.+)$/s.exec(problem) ?? [];
  return { headline, nextStep };
}

/** Answers a command line that could not be parsed, where it asks for a document; people were told already. */
export async function answerUsageError(io: Io, args: readonly string[], message: string): Promise<void> {
  const output = outputAskedFor(args);
  if (output === 'text') return;
  const headline = plainText(message.replace(/^error: /, ''), 300);
  const failure = { headline, nextStep: 'See weighbridge --help.' };
  await writeDocument(io, output, answerHead(args[0] ?? '', EXIT.usage, failure), 'one of several');
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
