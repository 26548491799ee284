import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createApiHandler } from '../../src/demo/api/api-handler.ts';
import { createPermissions } from '../../src/demo/api/permissions.ts';
import type { ApiRequest, ApiResponse } from '../../src/demo/api/request.ts';
import { applyManifests, readManifests } from '../../src/demo/boot-manifests.ts';
import { compileGatewayConfig } from '../../src/demo/gateway/gateway-config.ts';
import { createPodLogs } from '../../src/demo/pods/pod-logs.ts';
import { createPodNetwork } from '../../src/demo/pods/pod-network.ts';
import { createRandom } from '../../src/demo/random.ts';
import { createStorage } from '../../src/demo/storage.ts';
import { putSystemObjects } from '../../src/demo/system-objects.ts';
import { createTimers } from '../../src/demo/timers.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { MANIFESTS } from './cluster.ts';

const manifests = await readManifests(MANIFESTS);

/** The API without sockets, over the tutorial's objects. */
function createApi() {
  const storage = createStorage();
  const timers = createTimers(new ManualClock(0));
  const random = createRandom(1);
  putSystemObjects({ storage, random, network: createPodNetwork(), nowMs: 0, gatewayPort: 31_380 });
  applyManifests(manifests, { storage, random, nowMs: 0, manager: 'test', isDryRun: false });
  const handle = createApiHandler({
    storage,
    timers,
    random,
    permissions: createPermissions(),
    logs: createPodLogs(timers.now),
    token: 't',
    user: 'u',
  });
  const request = (
    method: string,
    path: string,
    body = '',
    contentType = 'application/json',
    query = '',
  ): ApiResponse => {
    const headers: ApiRequest['headers'] = { authorization: 'Bearer t', 'content-type': contentType };
    return handle({ method, path, query: new URLSearchParams(query), headers, body });
  };
  return { storage, request };
}

function codeOf(response: ApiResponse): number {
  return 'code' in response ? response.code : 200;
}

const OBJECTS = [
  '/apis/networking.istio.io/v1/namespaces/default/virtualservices/myapp',
  '/apis/networking.istio.io/v1beta1/namespaces/default/destinationrules/myapp',
  '/apis/networking.istio.io/v1/namespaces/default/gateways/app-gateway',
  '/apis/apps/v1/namespaces/default/deployments/myapp-v1',
  '/apis/apps/v1/namespaces/default/deployments/myapp-v1/scale',
  '/apis/apps/v1/namespaces/default/deployments/myapp-v1/status',
  '/api/v1/namespaces/default/services/myapp',
  '/api/v1/nodes/minikube',
  '/api/v1/namespaces/default',
];

/** Fields that rules of the kinds look at, at depths where they do. */
const steps = fc.constantFrom(
  ...[
    'metadata',
    'spec',
    'status',
    'http',
    'route',
    'match',
    'weight',
    'destination',
    'host',
    'hosts',
    'servers',
    'template',
  ],
  ...[
    'containers',
    'ports',
    'selector',
    'matchLabels',
    'labels',
    'replicas',
    'strategy',
    'name',
    'uid',
    '0',
    '1',
    '-',
    '__proto__',
  ],
);
const pointer = fc.array(steps, { maxLength: 7 }).map(parts => parts.map(part => `/${part}`).join(''));
const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(null, {}, [], '', -1, 1e12, 'v1'));
const operation = fc.record({
  op: fc.constantFrom('add', 'replace', 'remove', 'test', 'move', 'copy'),
  path: pointer,
  from: pointer,
  value,
});

/** An object of steps, so that patches hit members that mean something. */
const { tree } = fc.letrec<{ tree: unknown }>(tie => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    value,
    fc.dictionary(steps, tie('tree'), { maxKeys: 4 }),
    fc.array(tie('tree'), { maxLength: 2 }),
  ),
}));

describe('whatever a client sends', () => {
  it('as a patch, it is done or refused, and the object stays readable and the gateway can be told of it', () => {
    const patch = fc.oneof(
      fc.tuple(fc.constant('application/json-patch+json'), fc.array(operation, { maxLength: 4 })),
      fc.tuple(
        fc.constantFrom('application/merge-patch+json', 'application/strategic-merge-patch+json'),
        tree,
      ),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...OBJECTS),
        fc.array(patch, { minLength: 1, maxLength: 3 }),
        (path, patches) => {
          const { storage, request } = createApi();
          for (const [contentType, body] of patches) {
            expect(codeOf(request('PATCH', path, JSON.stringify(body), contentType))).toBeLessThan(500);
          }
          expect(codeOf(request('GET', path))).toBe(200);
          compileGatewayConfig(storage);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('as an object, it is stored or refused', () => {
    const collections = OBJECTS.map(path => path.split('/').slice(0, -1).join('/'));
    fc.assert(
      fc.property(fc.constantFrom(...collections), tree, fc.string(), (path, body, text) => {
        const { storage, request } = createApi();
        const named =
          typeof body === 'object' && !Array.isArray(body) ? { ...body, metadata: { name: 'x' } } : body;
        for (const sent of [JSON.stringify(body), JSON.stringify(named), text]) {
          expect(codeOf(request('POST', path, sent))).toBeLessThan(500);
          expect(codeOf(request('POST', path, sent, 'application/yaml'))).toBeLessThan(500);
        }
        compileGatewayConfig(storage);
      }),
      { numRuns: 200 },
    );
  });

  it('as a path and a query, it is answered', () => {
    const part = fc.oneof(
      fc.constantFrom('api', 'apis', 'v1', 'namespaces', 'default', 'pods', 'apps', 'status', '%', '..', ''),
      fc.string(),
    );
    const query = fc.dictionary(
      fc.constantFrom(
        'watch',
        'limit',
        'continue',
        'labelSelector',
        'fieldSelector',
        'resourceVersion',
        'timeoutSeconds',
        'dryRun',
      ),
      fc.oneof(
        fc.string(),
        fc.constantFrom('true', '1', '0', '-1', 'e30', 'app=myapp', 'metadata.name=x', '99999999999'),
      ),
    );
    const { request } = createApi();
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'OPTIONS'),
        fc.array(part),
        query,
        (method, parts, asked) => {
          const text = new URLSearchParams(asked).toString();
          for (const path of [
            `/${parts.join('/')}`,
            '/api/v1/pods',
            '/api/v1/namespaces/default/services/myapp',
          ]) {
            const code = codeOf(request(method, path, '', 'application/json', text));
            // 504 is how the API refuses a list at a revision that lies in the future.
            expect(code < 500 || code === 504).toBe(true);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('nested deeper than any stack, it is refused', () => {
    const { request } = createApi();
    const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
    const path = '/apis/networking.istio.io/v1/namespaces/default/virtualservices/myapp';
    expect(codeOf(request('PATCH', path, `{"spec":${deep}}`, 'application/merge-patch+json'))).toBe(400);
  });
});
