import type { Consent } from '../session/ask-headless.ts';
import type { Io } from './io.ts';

/**
 * Asks the person at the terminal, on stderr, and takes anything but `y` and `yes` for a no; so is no terminal, and a signal. Lines
 * are read as the terminal gives them, so that ctrl-c stays a signal.
 */
export async function askPerson(question: string, io: Io, signal: AbortSignal): Promise<boolean> {
  if (!io.stdin.isTTY || !io.stderr.isTTY) return false;
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: io.stdin, output: io.stderr, terminal: false });
  try {
    io.stderr.write(`${question} [y/N] `);
    return /^y(es)?$/i.test((await lines.question('', { signal })).trim());
  } catch {
    return false;
  } finally {
    lines.close();
  }
}

/** What answers the questions before a write: `--yes`, else the person. */
export function consentOf(yes: boolean, io: Io, signal: AbortSignal): Consent {
  return async ({ question, detail }) => yes || askPerson(`${question} ${detail}`, io, signal);
}
