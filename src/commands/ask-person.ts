import { createInterface } from 'node:readline';
import type { Io } from './io.ts';

/** Whether somebody is there to be asked. */
export function canAsk({ stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/**
 * Asks a question on stderr; only `y` or `yes` agrees. Anything else, the end of the input and an aborted `signal` do not. The terminal
 * stays as it is, so that ctrl-c is a signal as ever.
 */
export function askPerson(
  question: string,
  { stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise(resolve => {
    const lines = createInterface({ input: stdin, terminal: false });
    let isYes = false;
    const end = () => lines.close();
    signal.addEventListener('abort', end, { once: true });
    lines.once('line', line => {
      isYes = /^\s*y(es)?\s*$/i.test(line);
      lines.close();
    });
    lines.once('close', () => {
      signal.removeEventListener('abort', end);
      stdin.pause();
      resolve(isYes);
    });
    stderr.write(`${question} [y/N] `);
  });
}
