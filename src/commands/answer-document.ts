import type { Failure } from '../session/route-known.ts';
import { version as release } from '../version.ts';
import { EXIT, type Io } from './io.ts';

/** Rises when a reader of the old format would be misled. */
export const FORMAT_VERSION = 1;

export const OUTPUTS = ['text', 'json', 'yaml'] as const;
export type Output = (typeof OUTPUTS)[number];

/** What an answer for programs begins with, and all there is of one that is nothing but a failure: see `schemas/error.json`. */
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
  // As in JSON, a member without a value is none.
  const yaml = dump(document, { lineWidth: -1, noRefs: true, skipInvalid: true });
  io.stdout.write(isAlone ? yaml : `---\n${yaml}`);
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

/** For programs; its stack is on stderr. */
export const BUG: Failure = {
  headline: 'weighbridge has a bug.',
  nextStep: 'Report it with what is on stderr.',
};

/** A failure that ends a verb, and the exit code that it ends with. */
export type Refusal = Failure & { readonly code: number };

/** What is wrong as a text for people, whose first sentence says what is so and whose others what to do. */
export function failureOf(problem: string): Failure {
  const [, headline = problem, nextStep = ''] = /^(.+?\.) (?=[A-Z])(.+)$/s.exec(problem) ?? [];
  return { headline, nextStep };
}

/** Something on the command line or in the settings that cannot be used. */
export function usageRefusal({ problem }: { readonly problem: string }): Refusal {
  return { ...failureOf(problem), code: EXIT.usage };
}
