import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { converse } from './conversation.ts';
import { type Env, run } from './processes.ts';
import type { Client, Row } from './row.ts';

/** The version of the client on PyPI. */
const VERSION = '37.0.2';

const SCRIPT = join(import.meta.dirname, 'client.py');

/** Where this version of the client is kept from one run to the next. */
function environmentFolder(env: NodeJS.ProcessEnv): string {
  const cache = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'weighbridge-test', `python-kubernetes-${VERSION}`);
}

const markerIn = (folder: string) => join(folder, 'installed');
const pythonIn = (folder: string) => join(folder, 'bin', 'python');

/** The Python that has the client, if it was installed before. */
export function installedPython(env: NodeJS.ProcessEnv): string | undefined {
  const folder = environmentFolder(env);
  return existsSync(markerIn(folder)) ? pythonIn(folder) : undefined;
}

async function succeeds(program: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(program, args, process.env as Env);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit code ${code}\n${stdout}${stderr}`);
}

/** The Python that has the client, installed from PyPI where it is not. */
async function installPython(python3: string): Promise<string> {
  const installed = installedPython(process.env);
  if (installed) return installed;
  const folder = environmentFolder(process.env);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await succeeds(python3, ['-m', 'venv', folder]);
  const python = pythonIn(folder);
  await succeeds(python, ['-m', 'pip', 'install', '--quiet', `kubernetes==${VERSION}`]);
  // Last, so that an interrupted installation is repeated.
  writeFileSync(markerIn(folder), '');
  return python;
}

function rowsOf(names: readonly string[], ask: (line: string) => Promise<string>): readonly Row[] {
  return names.map(what => ({
    what,
    run: async () => {
      const { failure } = JSON.parse(await ask(what)) as { readonly failure: string | null };
      if (failure !== null) throw new Error(failure);
    },
  }));
}

/** Starts the rows of the Python client that `python` has. */
export async function startPython(python: string, { env, namespace }: Cluster): Promise<Client> {
  const { greeting, ask, stop } = await converse(python, [SCRIPT, namespace], env);
  return { name: 'python', rows: rowsOf(JSON.parse(greeting) as readonly string[], ask), stop };
}

/** The Python client of Kubernetes. One that cannot be installed is a row that fails. */
export async function python(python3: string, cluster: Cluster): Promise<Client> {
  try {
    return await startPython(await installPython(python3), cluster);
  } catch (error) {
    const hint = 'Leave it out with WEIGHBRIDGE_SKIP_FOREIGN=python.';
    const failure = new Error(`${error instanceof Error ? error.message : error}\n${hint}`);
    const run = () => Promise.reject(failure);
    return { name: 'python', rows: [{ what: `is installed from PyPI, version ${VERSION}`, run }] };
  }
}
