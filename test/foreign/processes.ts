import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export type Env = Readonly<Record<string, string>>;

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** A program that goes on until it is stopped, and what it has written so far. */
export type Running = {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with what `read` finds in the output as soon as it finds something. Fails when the program ends before. */
  readonly until: <T>(read: (output: string) => T | undefined) => Promise<T>;
  readonly ended: Promise<Ended>;
  readonly stop: () => Promise<void>;
};

/** The path of a program, if there is one on the PATH. */
export function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map(folder => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What still runs, to be ended with this process. */
const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGTERM');
});

/** Starts a program, with `input` as its whole stdin. */
export function start(program: string, args: readonly string[], env: Env, input = ''): Running {
  const child = spawn(program, [...args], { env, stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', chunk => {
      output[name] += chunk;
      for (const check of waiting) check();
    });
  // A program that does not read its stdin may be gone before it is written.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = endOf(child, output);
  return {
    pid: child.pid ?? 0,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    until: read => untilFound(waiting, ended, () => read(output.stdout)),
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      await ended.catch(() => {});
    },
  };
}

async function endOf(child: ChildProcess, output: { stdout: string; stderr: string }): Promise<Ended> {
  children.add(child);
  const [code] = await once(child, 'close').finally(() => children.delete(child));
  return { code, ...output };
}

function untilFound<T>(
  waiting: Set<() => void>,
  ended: Promise<Ended>,
  find: () => T | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const check = () => {
      const found = find();
      if (found === undefined) return;
      waiting.delete(check);
      resolve(found);
    };
    waiting.add(check);
    check();
    const give = (error: unknown) => {
      check();
      reject(error);
    };
    ended.then(({ code, stdout, stderr }) => {
      give(new Error(`ended with exit code ${code} before that\n${stdout}${stderr}`));
    }, give);
  });
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], env: Env, input?: string): Promise<Ended> {
  return start(program, args, env, input).ended;
}
