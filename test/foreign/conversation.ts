import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Env } from './processes.ts';

/** A program that answers each line with a line. */
export type Conversation = {
  /** What it said first. */
  readonly greeting: string;
  readonly ask: (line: string) => Promise<string>;
  readonly stop: () => Promise<void>;
};

/** Starts the program. Rejects with what it wrote to stderr when it ends before it has said anything. */
export async function converse(program: string, args: readonly string[], env: Env): Promise<Conversation> {
  const child = spawn(program, [...args], { env, stdio: 'pipe' });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', chunk => {
    complaints += chunk;
  });
  child.stdin.on('error', () => {});
  const closed = once(child, 'close');
  // Awaited by whoever reads or stops.
  closed.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (!done) return String(value);
    await closed;
    throw new Error(`${program} ended with exit code ${child.exitCode}\n${complaints}`);
  };
  return {
    greeting: await next(),
    ask: line => {
      child.stdin.write(`${line}\n`);
      return next();
    },
    stop: async () => {
      child.stdin.end();
      child.kill('SIGTERM');
      await closed;
    },
  };
}
