import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { type Finished, runCommand } from '../../commands/run-command.ts';
import { isRunning } from '../../terminal/processes.ts';
import { STAND_IN_RELEASE } from './istio-objects.ts';
import type { IstioctlBehaviour } from './istioctl.ts';
import type { MinikubeBehaviour } from './minikube.ts';

/** A computer on whose PATH are stand-ins for the tools of the tutorial, and nothing else; no cluster yet. */
export type StandInMachine = {
  readonly folder: string;
  readonly kubeconfig: string;
  readonly env: Readonly<Record<string, string>>;
  /** How minikube and istioctl were called, but for questions after their versions and clusters. */
  readonly calls: () => Promise<readonly string[]>;
  readonly minikube: (behaviour: MinikubeBehaviour) => Promise<void>;
  readonly istioctl: (behaviour: IstioctlBehaviour) => Promise<void>;
  /** Puts a program in the place of a tool: JavaScript, or a shell script where it begins with `#!`. */
  readonly put: (tool: string, script: string) => Promise<void>;
  readonly remove: (tool: string) => Promise<void>;
  /** The processes that hang, once they do. */
  readonly hanging: () => Promise<readonly number[]>;
  /** Runs `weighbridge tutorial` there. */
  readonly tutorial: (...args: readonly string[]) => Promise<Finished>;
};

const here = import.meta.dirname;

const answers = (json: object) => `printf '%s\\n' '${JSON.stringify(json)}'`;

/** A shell starts in a fraction of the time, and these only say one line. */
const says = (json: object) => `#!/bin/sh\n${answers(json)}\n`;

/** A stand-in that is asked for its version and what it has much more often than for anything else. */
const program = (name: string, questions: readonly string[]) => `#!/bin/sh
case "$1" in
${questions.join('\n')}
*) exec '${process.execPath}' '${join(here, name)}' "$@" ;;
esac
`;

/** @param whenFinished a concurrent test brings its own. */
export async function standInMachine(
  whenFinished: typeof onTestFinished = onTestFinished,
): Promise<StandInMachine> {
  const folder = await mkdtemp(join(tmpdir(), 'weighbridge-machine-'));
  const bin = join(folder, 'bin');
  const kubeconfig = join(folder, 'home', '.kube', 'config');
  const env = {
    PATH: bin,
    HOME: join(folder, 'home'),
    KUBECONFIG: kubeconfig,
    LC_ALL: 'C.UTF-8',
    STAND_IN_FOLDER: folder,
  };
  whenFinished(async () => {
    for (const pid of await clusterProcesses(folder)) process.kill(pid, 'SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  await mkdir(bin);
  const put = async (tool: string, script: string) => {
    const text = script.startsWith('#!') ? script : `#!${process.execPath}\n${script}\n`;
    await writeFile(join(bin, tool), text, { mode: 0o755 });
  };
  await put(
    'minikube',
    program('minikube.ts', [
      `version) ${answers({ commit: 'abc', minikubeVersion: 'v1.38.1' })} ;;`,
      `profile) if [ -f '${folder}/profiles.json' ]; then /bin/cat '${folder}/profiles.json'; else ${answers({ invalid: [], valid: [] })}; fi ;;`,
    ]),
  );
  await put(
    'istioctl',
    program('istioctl.ts', [`version) ${answers({ clientVersion: { version: STAND_IN_RELEASE } })} ;;`]),
  );
  await put('kubectl', says({ clientVersion: { gitVersion: 'v1.36.3' } }));
  await put('docker', says({ MemTotal: 16_000_000_000, NCPU: 8, ServerErrors: null }));
  const configure = (file: string, behaviour: object) =>
    writeFile(join(folder, file), JSON.stringify(behaviour));
  return {
    folder,
    kubeconfig,
    env,
    put,
    calls: async () => {
      const text = existsSync(join(folder, 'calls')) ? await readFile(join(folder, 'calls'), 'utf8') : '';
      return text.split('\n').filter(line => line !== '');
    },
    minikube: behaviour => configure('minikube.json', behaviour),
    istioctl: behaviour => configure('istioctl.json', behaviour),
    remove: tool => rm(join(bin, tool)),
    hanging: () =>
      vi.waitFor(async () => {
        const ids = (await readFile(join(folder, 'hanging'), 'utf8')).split(' ').map(Number);
        expect(ids.filter(isRunning)).toHaveLength(2);
        return ids;
      }, 30_000),
    tutorial: (...args) => runCommand(['tutorial', ...args], env),
  };
}

async function clusterProcesses(folder: string): Promise<readonly number[]> {
  const files = (await readdir(folder)).filter(file => /^cluster-.*\.json$/.test(file));
  const texts = await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')));
  return texts.map(text => Number(JSON.parse(text).pid)).filter(isRunning);
}
