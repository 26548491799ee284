import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApiResponse } from '../../src/demo/api/request.ts';
import { compileGatewayConfig } from '../../src/demo/gateway/gateway-config.ts';
import { isJsonArray, isJsonObject, isSameJson } from '../../src/demo/json.ts';
import { KINDS } from '../../src/demo/kinds/kinds.ts';
import type { Storage } from '../../src/demo/storage.ts';
import { codeOf, createApi, read } from './api-without-sockets.ts';

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

const APPLY = 'application/apply-patch+yaml';

/** On a machine that is busy fewer cases are tried, and the suite is not kept waiting. */
const BOUNDED = { interruptAfterTimeLimit: 2_000, markInterruptAsFailure: false } as const;

/** A real API server answers an applied configuration that does not fit its schema with 500, and so does this one. */
const UNTYPED = 'failed to create typed patch object';

/** Answered as expected of any request: done, or refused for a reason. */
function expectAnswered(response: ApiResponse): void {
  const code = codeOf(response);
  const text = response.type === 'content' ? String(response.content) : '';
  expect(code < 500 || code === 504 || text.includes(UNTYPED), `${code} ${text.slice(0, 300)}`).toBe(true);
}

/** Every object of the cluster, by its place. */
function placesIn(storage: Storage): readonly string[] {
  return KINDS.flatMap(kind =>
    storage.list(kind).map(({ metadata }) => `${kind.resource} ${metadata.namespace} ${metadata.name}`),
  );
}

/** Whether `whole` has everything that `part` says; items of lists may stand anywhere, and what is empty may be absent. */
function contains(whole: unknown, part: unknown): boolean {
  if (typeof part === 'object' && part !== null && Object.keys(part).length === 0) return true;
  if (isJsonArray(part))
    return isJsonArray(whole) && part.every(item => whole.some(other => contains(other, item)));
  if (!isJsonObject(part)) return isSameJson(whole, part);
  if (!isJsonObject(whole)) return false;
  return Object.entries(part).every(([name, value]) => contains(whole[name], value));
}

const ACCEPTS = [
  'application/json',
  'application/yaml',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  '*/*',
];

describe('whatever a client sends', () => {
  it('as a patch of any type, it is done or refused, and no object is lost', () => {
    const patch = fc.oneof(
      fc.tuple(fc.constant('application/json-patch+json'), fc.array(operation, { maxLength: 4 })),
      fc.tuple(
        fc.constantFrom('application/merge-patch+json', 'application/strategic-merge-patch+json', APPLY),
        tree,
      ),
    );
    const query = fc.constantFrom(
      'fieldManager=a',
      'fieldManager=b&force=true',
      'fieldValidation=Strict',
      '',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...OBJECTS),
        fc.array(fc.tuple(patch, query), { minLength: 1, maxLength: 3 }),
        (path, patches) => {
          const { storage, request } = createApi();
          const before = placesIn(storage);
          for (const [[contentType, body], asked] of patches)
            expectAnswered(request('PATCH', path, { body: JSON.stringify(body), contentType, query: asked }));
          expect(codeOf(request('GET', path))).toBe(200);
          expect(placesIn(storage)).toEqual(before);
          compileGatewayConfig(storage);
        },
      ),
      { ...BOUNDED, numRuns: 200 },
    );
  });

  it('as an applied configuration, it is what the object then says, until nobody applies it', () => {
    const data = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'));
    const containers = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('x', 'y', 'z'),
        image: fc.constantFrom('i:1', 'i:2'),
        env: fc.uniqueArray(
          fc.record({ name: fc.constantFrom('A', 'B'), value: fc.constantFrom('1', '2') }),
          { selector: ({ name }) => name },
        ),
      }),
      { selector: ({ name }) => name },
    );
    const step = fc.record({
      manager: fc.constantFrom('a', 'b'),
      force: fc.constantFrom('', '&force=true'),
      labels: data,
      containers,
    });
    const path = '/apis/apps/v1/namespaces/default/deployments/myapp-v1';
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), applied => {
        const { request } = createApi();
        for (const { manager, force, labels, containers: of } of applied) {
          const part = { metadata: { labels }, spec: { template: { spec: { containers: of } } } };
          const configuration = {
            ...part,
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            metadata: { ...part.metadata, name: 'myapp-v1' },
          };
          const sent = { body: JSON.stringify(configuration), contentType: APPLY };
          const answer = request('PATCH', path, { ...sent, query: `fieldManager=${manager}${force}` });
          expectAnswered(answer);
          const { code, body } = read(answer);
          if (code !== 200) continue;
          expect(contains(body, configuration)).toBe(true);
          expect(read(request('PATCH', path, { ...sent, query: `fieldManager=${manager}` })).code).toBe(200);
        }
      }),
      { ...BOUNDED, numRuns: 60 },
    );
  });

  it('as an object, new or in place of another, it is stored or refused', () => {
    const collections = OBJECTS.map(path => path.split('/').slice(0, -1).join('/'));
    fc.assert(
      fc.property(fc.nat(OBJECTS.length - 1), tree, fc.string(), (index, body, text) => {
        const { storage, request } = createApi();
        const path = OBJECTS[index] ?? '';
        const before = placesIn(storage).length;
        const named =
          typeof body === 'object' && !Array.isArray(body) ? { ...body, metadata: { name: 'x' } } : body;
        for (const sent of [JSON.stringify(body), JSON.stringify(named), text]) {
          for (const contentType of ['application/json', 'application/yaml']) {
            expectAnswered(request('POST', collections[index] ?? '', { body: sent, contentType }));
            expectAnswered(request('PUT', path, { body: sent, contentType }));
          }
        }
        expect(codeOf(request('GET', path))).toBe(200);
        expect(placesIn(storage).length).toBeGreaterThanOrEqual(before);
        compileGatewayConfig(storage);
      }),
      { ...BOUNDED, numRuns: 100 },
    );
  });

  it('to delete an object, it is gone, on its way, or still there for a reason', () => {
    const options = fc.oneof(
      fc.string(),
      tree.map(body => JSON.stringify(body)),
      fc
        .record({
          gracePeriodSeconds: fc.oneof(fc.integer(), fc.string()),
          propagationPolicy: fc.constantFrom('Foreground', 'Orphan', 'Background', 'Nope', null),
          preconditions: fc.oneof(value, fc.record({ uid: fc.string() })),
          dryRun: fc.constantFrom(['All'], ['x'], 'All', null),
        })
        .map(body => JSON.stringify(body)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...OBJECTS.slice(0, 4)), options, (path, body) => {
        const { request } = createApi();
        const answer = request('DELETE', path, { body });
        expectAnswered(answer);
        const code = codeOf(request('GET', path));
        expect(code === 200 || (code === 404 && codeOf(answer) === 200)).toBe(true);
      }),
      { ...BOUNDED, numRuns: 60 },
    );
  });

  it('as a path, a query and headers, it is answered', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'api',
        'apis',
        'v1',
        'namespaces',
        'default',
        'pods',
        'apps',
        'status',
        'openapi',
        'v3',
      ),
      fc.constantFrom('%', '..', '', 'log', 'scale'),
      fc.string(),
    );
    const selector = fc
      .array(
        fc.constantFrom(
          'app',
          'in',
          'notin',
          '(',
          ')',
          ',',
          '=',
          '==',
          '!=',
          '!',
          '>',
          '<',
          ' ',
          'v1',
          '1',
          '-',
        ),
      )
      .map(tokens => tokens.join(''));
    const names = [
      ...['watch', 'limit', 'continue', 'labelSelector', 'fieldSelector', 'resourceVersion'],
      ...['timeoutSeconds', 'dryRun', 'includeObject', 'resourceVersionMatch', 'sendInitialEvents'],
      ...['fieldManager', 'fieldValidation', 'pretty', 'tailLines', 'container'],
    ];
    const query = fc.dictionary(
      fc.constantFrom(...names),
      fc.oneof(
        fc.string(),
        selector,
        fc.constantFrom('true', '1', '0', '-1', 'e30', 'app=myapp', 'metadata.name=x', '99999999999'),
      ),
    );
    const { request } = createApi();
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'OPTIONS'),
        fc.array(part),
        query,
        fc.oneof(fc.constantFrom(...ACCEPTS), fc.string()),
        (method, parts, asked, accept) => {
          const text = new URLSearchParams(asked).toString();
          for (const path of [
            `/${parts.join('/')}`,
            '/api/v1/pods',
            '/api/v1/namespaces/default/services/myapp',
          ])
            expectAnswered(request(method, path, { query: text, accept }));
        },
      ),
      { ...BOUNDED, numRuns: 300 },
    );
  });

  it('nested deeper than any stack, it is refused', () => {
    const { request } = createApi();
    const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
    const path = '/apis/networking.istio.io/v1/namespaces/default/virtualservices/myapp';
    const body = `{"spec":${deep}}`;
    for (const contentType of ['application/merge-patch+json', 'application/json-patch+json', APPLY])
      expect(codeOf(request('PATCH', path, { body, contentType, query: 'fieldManager=a' }))).toBe(400);
  });
});
