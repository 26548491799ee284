import { PassThrough } from 'node:stream';
import type { Io } from '../../src/commands/io.ts';
import { run } from '../../src/commands/program.ts';

export type Finished = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs a command line in this process, without a terminal and on a machine with nothing in its environment but `env`. */
export async function runCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv = { LC_ALL: 'C.UTF-8', KUBECONFIG: '/nowhere/kubeconfig' },
): Promise<Finished> {
  const said = { stdout: '', stderr: '' };
  const code = await run(args, ioWith(env, said));
  // The streams hand on what was written to them in the next turn.
  await new Promise(resolve => setImmediate(resolve));
  return { code, ...said };
}

/** What a command has of a process without a terminal; what it writes is added to `said`. */
export function ioWith(env: NodeJS.ProcessEnv, said = { stdout: '', stderr: '' }): Io {
  const collect = (name: keyof typeof said) => {
    const stream = new PassThrough();
    stream.on('data', chunk => {
      said[name] += chunk;
    });
    return stream as unknown as NodeJS.WriteStream;
  };
  return {
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    env,
    openScreen: () => {
      throw new Error('no command without a terminal opens a screen');
    },
  };
}
