import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What stand-ins do, in JavaScript, by the name of the program. */
export type FakeTools = Readonly<Record<string, string>>;

/** A folder with these programs and nothing else, as a PATH; it goes with the test. */
export async function pathOf(tools: FakeTools): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weighbridge-tools-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, body] of Object.entries(tools)) {
    await writeFile(join(folder, name), `#!${process.execPath}\n${body}\n`, { mode: 0o755 });
  }
  return folder;
}

const says = (json: object) => `console.log(${JSON.stringify(JSON.stringify(json))});`;

/** As minikube 1.38.1 does. */
export const minikube = (version = 'v1.38.1', profiles: readonly object[] = []): string => `
const args = process.argv.slice(2).join(' ');
if (args === 'version -o json') { ${says({ commit: 'abc', minikubeVersion: version })} }
else if (args === 'profile list -o json') { ${says({ invalid: [], valid: profiles })} }
else { console.error('unknown: ' + args); process.exitCode = 64; }
`;

/** As kubectl 1.36.3 does. */
export const kubectl = (version = 'v1.36.3'): string =>
  says({ clientVersion: { gitVersion: version, major: '1' } });

/** As istioctl 1.30.3 does. */
export const istioctl = (version = '1.30.3'): string => says({ clientVersion: { version, revision: 'abc' } });

/** As docker does with a daemon that has that much. */
export const docker = (memoryBytes = 16_000_000_000, cpus = 8): string =>
  says({ MemTotal: memoryBytes, NCPU: cpus, ServerErrors: null });

/** As docker does without a daemon: it succeeds, and tells of it inside. */
export const dockerWithoutDaemon = says({
  ServerErrors: [
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
  ],
});

export const ALL_TOOLS: FakeTools = {
  minikube: minikube(),
  kubectl: kubectl(),
  istioctl: istioctl(),
  docker: docker(),
};
