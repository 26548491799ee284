import type { Cluster } from './cluster.ts';
import { type Ended, type Env, type Running, run, start } from './processes.ts';

/** The kubectl on the PATH, pointed at one cluster. */
export type Kubectl = {
  /** Its stdout; throws with its stderr when it fails. */
  readonly ok: (command: string, input?: string) => Promise<string>;
  /** Its failure; throws when it succeeds. */
  readonly fails: (command: string, input?: string) => Promise<Ended>;
  /** Whatever comes of it, with more in its environment. */
  readonly attempt: (command: string, input?: string, env?: Env) => Promise<Ended>;
  /** One that goes on until it is stopped. */
  readonly start: (command: string) => Running;
};

/** Words of a command line; what stands between single quotes is one word. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/((?:[^\s']|'[^']*')+)/g)].map(([word]) => word.replaceAll("'", ''));
}

export function kubectlFor(program: string, { env }: Cluster): Kubectl {
  const attempt: Kubectl['attempt'] = (command, input, more = {}) =>
    run(program, wordsOf(command), { ...env, ...more }, input);
  return {
    attempt,
    ok: async (command, input) => {
      const { code, stdout, stderr } = await attempt(command, input);
      if (code !== 0) throw new Error(`kubectl ${command}: exit code ${code}\n${stdout}${stderr}`);
      return stdout;
    },
    fails: async (command, input) => {
      const ended = await attempt(command, input);
      if (ended.code === 0) throw new Error(`kubectl ${command} did not fail\n${ended.stdout}`);
      return ended;
    },
    start: command => start(program, wordsOf(command), env),
  };
}

/** The objects in the JSON that kubectl reads from stdin. */
export function asInput(...objects: readonly object[]): string {
  return objects.map(object => JSON.stringify(object)).join('\n');
}

/** Calls `use` with a program that goes on, and stops it afterwards. */
export async function whileRunning(
  running: Running,
  use: (running: Running) => Promise<void>,
): Promise<void> {
  try {
    await use(running);
  } finally {
    await running.stop();
  }
}
