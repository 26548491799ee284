import { fileURLToPath } from 'node:url';
import { createApiHandler } from '../../src/demo/api/api-handler.ts';
import { createPermissions } from '../../src/demo/api/permissions.ts';
import type { ApiRequest, ApiResponse } from '../../src/demo/api/request.ts';
import { applyManifests, readManifests } from '../../src/demo/boot-manifests.ts';
import { createPodLogs } from '../../src/demo/pods/pod-logs.ts';
import { createPodNetwork } from '../../src/demo/pods/pod-network.ts';
import { createRandom } from '../../src/demo/random.ts';
import { createStorage } from '../../src/demo/storage.ts';
import { putIstio, putSystemObjects } from '../../src/demo/system-objects.ts';
import { createTimers } from '../../src/demo/timers.ts';
import { ManualClock } from '../support/manual-clock.ts';

const MANIFESTS = fileURLToPath(new URL('../../manifests', import.meta.url));

const manifests = await readManifests(MANIFESTS);

export type Sent = {
  readonly body?: string;
  readonly contentType?: string;
  readonly query?: string;
  readonly accept?: string;
};

/** The API without sockets or controllers, over the tutorial's objects. */
export function createApi() {
  const storage = createStorage();
  const timers = createTimers(new ManualClock(0));
  const random = createRandom(1);
  const permissions = createPermissions();
  const parts = { storage, random, network: createPodNetwork(), nowMs: 0 };
  putSystemObjects({ ...parts, architecture: 'amd64' });
  putIstio({ ...parts, gatewayPort: 31_380 });
  applyManifests(manifests, { storage, random, nowMs: 0, manager: 'test', isDryRun: false });
  const handle = createApiHandler({
    storage,
    timers,
    random,
    permissions,
    logs: createPodLogs(timers.now),
    token: 't',
    user: 'u',
  });
  const request = (method: string, path: string, sent: Sent = {}): ApiResponse => {
    const { body = '', contentType = 'application/json', query = '', accept = 'application/json' } = sent;
    const headers: ApiRequest['headers'] = {
      authorization: 'Bearer t',
      'content-type': contentType,
      accept,
    };
    return handle({ method, path, query: new URLSearchParams(query), headers, body });
  };
  return { storage, permissions, request };
}

export function codeOf(response: ApiResponse): number {
  return 'code' in response ? response.code : 200;
}

/** The code of an answer, and the JSON that it holds. */
export function read(response: ApiResponse): { readonly code: number; readonly body: unknown } {
  const text = response.type === 'content' ? String(response.content) : '';
  return { code: codeOf(response), body: text === '' ? undefined : JSON.parse(text) };
}
