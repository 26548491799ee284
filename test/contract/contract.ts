import { it as base, vi } from 'vitest';
import type { Answer, Api } from './api.ts';
import { type Server, startServer } from './server.ts';

/** How long a test waits for something that is certain to come, on a machine that is busy. */
const PATIENCE = { timeout: 20_000, interval: 25 };

type Contract = {
  readonly server: Server;
  readonly api: Api;
  /** A namespace of the test's own, which ends with it. */
  readonly namespace: string;
};

/** A test against one API server for the whole file, in a namespace of its own. */
export const it = base.extend<Contract>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern what a fixture needs.
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: 'file' },
  ],
  api: async ({ server }, use) => {
    await use(server.api);
  },
  namespace: async ({ api }, use) => {
    const { body } = await api.post('/api/v1/namespaces', {
      metadata: { generateName: 'weighbridge-contract-' },
    });
    await use(body.metadata.name);
    await api.delete(`/api/v1/namespaces/${body.metadata.name}`);
  },
});

/** Waits until `check` passes. */
export function eventually<T>(check: () => T | Promise<T>, patience: object = PATIENCE): Promise<T> {
  return vi.waitFor(check, patience);
}

/** For what a controller does in its own time: a busy one ends namespaces one after the other. */
export const LONG_PATIENCE = { timeout: 100_000, interval: 250 };

/** A Status as the API writes it. */
export function failure(code: number, reason: string, message: unknown, details?: object) {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  return { code, body: details ? { ...status, details } : status };
}

/** Code and body of an answer, to compare with `failure`. */
export function refusal({ code, body }: Answer) {
  return { code, body };
}
