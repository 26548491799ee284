import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import type { ApiFront } from './api-front.ts';

/** The text of a kubeconfig with one context. */
export function kubeconfigText(server: string, cluster: object, user: object): string {
  return dump({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'default' } }],
    'current-context': 'x',
  });
}

/** The part of a kubeconfig's cluster that trusts a server. */
export function trusting(front: ApiFront): object {
  return { 'certificate-authority-data': Buffer.from(front.cert).toString('base64') };
}

export type TestFolder = {
  readonly path: string;
  /** Writes a file and yields its path. */
  readonly write: (name: string, text: string, mode?: number) => Promise<string>;
  readonly remove: () => Promise<void>;
};

export async function testFolder(): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), 'weighbridge-test-'));
  return {
    path,
    write: async (name, text, mode = 0o600) => {
      const file = join(path, name);
      await writeFile(file, text, { mode });
      return file;
    },
    remove: () => rm(path, { recursive: true }),
  };
}
