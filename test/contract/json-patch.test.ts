import { describe, expect } from 'vitest';
import { type Api, accepted } from './api.ts';
import { failure, it, refusal } from './contract.ts';
import { aVirtualService } from './objects.ts';
import { pathsIn } from './paths.ts';

const weight = (index: number, value: unknown) => ({
  op: 'add',
  path: `/spec/http/0/route/${index}/weight`,
  value,
});

/** The path of a VirtualService with labels and the weights 50 and 50. */
async function createSplit(api: Api, namespace: string, weights: readonly unknown[] = [50, 50]) {
  const { virtualServices } = pathsIn(namespace);
  const object = aVirtualService('a', weights);
  await api.post(virtualServices, { ...object, metadata: { name: 'a', labels: { team: 'blue' } } });
  return `${virtualServices}/a`;
}

const REFUSED = failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

describe.concurrent('a JSON patch', () => {
  it('changes the weights and nothing else', async ({ api, namespace }) => {
    const path = await createSplit(api, namespace);
    const before = (await api.get(path)).body;
    const route = (before.spec.http as { route: unknown }[])[0];
    const test = { op: 'test', path: '/spec/http/0', value: route };
    const after = accepted(await api.patch(path, 'json', [test, weight(0, 60), weight(1, 40)]));
    expect(after).toEqual({
      ...before,
      metadata: {
        ...before.metadata,
        generation: 2,
        resourceVersion: expect.not.stringMatching(`^${before.metadata.resourceVersion}$`),
        managedFields: expect.any(Array),
      },
      spec: aVirtualService('a', [60, 40]).spec,
    });
  });

  it('adds a weight where none was, and removes it again', async ({ api, namespace }) => {
    const path = await createSplit(api, namespace, [undefined, undefined]);
    const added = accepted(await api.patch(path, 'json', [weight(0, 60), weight(1, 40)]));
    expect(added.spec).toEqual(aVirtualService('a', [60, 40]).spec);
    const removals = [0, 1].map(index => ({ op: 'remove', path: `/spec/http/0/route/${index}/weight` }));
    const removed = accepted(await api.patch(path, 'json', removals));
    expect(removed.spec).toEqual(aVirtualService('a', [undefined, undefined]).spec);
  });

  it.for([
    [
      'add, at the end of a list',
      [{ op: 'add', path: '/spec/hosts/-', value: 'b' }],
      ['myapp.example.com', 'b'],
    ],
    ['add, before an item', [{ op: 'add', path: '/spec/hosts/0', value: 'b' }], ['b', 'myapp.example.com']],
    ['replace', [{ op: 'replace', path: '/spec/hosts/0', value: 'b' }], ['b']],
    [
      'copy',
      [{ op: 'copy', from: '/spec/hosts/0', path: '/spec/hosts/-' }],
      ['myapp.example.com', 'myapp.example.com'],
    ],
    [
      'move',
      [
        { op: 'add', path: '/spec/hosts/-', value: 'b' },
        { op: 'move', from: '/spec/hosts/0', path: '/spec/hosts/1' },
      ],
      ['b', 'myapp.example.com'],
    ],
    [
      'remove',
      [
        { op: 'add', path: '/spec/hosts/-', value: 'b' },
        { op: 'remove', path: '/spec/hosts/0' },
      ],
      ['b'],
    ],
  ] as const)('knows the operation %s', async ([_name, operations, hosts], { api, namespace }) => {
    const path = await createSplit(api, namespace);
    expect(accepted(await api.patch(path, 'json', operations)).spec.hosts).toEqual(hosts);
  });

  it('replaces a weight that is not there as if it were', async ({ api, namespace }) => {
    const path = await createSplit(api, namespace, [undefined, 50]);
    const operations = [{ op: 'replace', path: '/spec/http/0/route/0/weight', value: 60 }];
    const { spec } = accepted(await api.patch(path, 'json', operations));
    expect(spec).toEqual(aVirtualService('a', [60, 50]).spec);
  });

  it('reaches a label whose name has a slash', async ({ api, namespace }) => {
    const path = await createSplit(api, namespace);
    const operations = [{ op: 'add', path: '/metadata/labels/example.com~1team', value: 'x' }];
    const { metadata } = accepted(await api.patch(path, 'json', operations));
    expect(metadata.labels).toEqual({ team: 'blue', 'example.com/team': 'x' });
  });

  it('that changes nothing keeps revision, generation and owners', async ({ api, namespace }) => {
    const path = await createSplit(api, namespace);
    const before = (await api.get(path)).body;
    for (const operations of [[], [weight(0, 50)], [weight(0, 50.0)]])
      expect(accepted(await api.patch(path, 'json', operations, { fieldManager: 'other' }))).toEqual(before);
  });

  it('on trial answers as always and keeps nothing', async ({ api, namespace }) => {
    const path = await createSplit(api, namespace);
    const before = (await api.get(path)).body;
    const tried = accepted(await api.patch(path, 'json', [weight(0, 60)], { dryRun: 'All' }));
    expect(tried.spec).toEqual(aVirtualService('a', [60, 50]).spec);
    expect((await api.get(path)).body).toEqual(before);
  });

  it('leaves the status to its own subresource', async ({ api, namespace }) => {
    const path = await createSplit(api, namespace);
    const before = (await api.get(path)).body;
    const operations = [{ op: 'add', path: '/status', value: { observedGeneration: 7 } }];
    expect(accepted(await api.patch(path, 'json', operations))).toEqual(before);
  });
});

describe.concurrent('a JSON patch is refused', () => {
  it.for([
    ['whose test fails', { op: 'test', path: '/spec/http/0/route/0/weight', value: 49 }],
    ['that tests what is not there', { op: 'test', path: '/spec/nope', value: 1 }],
    ['that removes what is not there', { op: 'remove', path: '/spec/nope' }],
    ['whose parent is not there', { op: 'add', path: '/spec/nope/x', value: 1 }],
    ['behind the end of a list', { op: 'add', path: '/spec/http/9', value: {} }],
    ['that moves from nowhere', { op: 'move', from: '/spec/nope', path: '/spec/hosts/-' }],
    ['with an unknown operation', { op: 'nope', path: '/spec/hosts/0', value: 'x' }],
    ['without a path', { op: 'add', value: 'x' }],
  ] as const)('%s, and writes nothing', async ([_name, operation], { api, namespace }) => {
    const path = await createSplit(api, namespace);
    const before = (await api.get(path)).body;
    expect(refusal(await api.patch(path, 'json', [weight(0, 60), operation]))).toEqual(REFUSED);
    expect((await api.get(path)).body).toEqual(before);
  });

  it.for([
    ['an object', {}, 'json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'],
    ['a string', 'x', 'json: cannot unmarshal string into Go value of type []handlers.jsonPatchOp'],
    ['a list of numbers', [1], 'json: cannot unmarshal number into Go value of type handlers.jsonPatchOp'],
  ] as const)('that is %s', async ([_name, body, message], { api, namespace }) => {
    const path = await createSplit(api, namespace);
    expect(refusal(await api.patch(path, 'json', body))).toEqual(
      failure(400, 'BadRequest', `error decoding patch: ${message}`),
    );
  });

  it('that is no JSON', async ({ api, namespace }) => {
    const path = await createSplit(api, namespace);
    const headers = { 'content-type': 'application/json-patch+json' };
    expect(refusal(await api.send('PATCH', path, { headers, body: '[{' }))).toEqual(
      failure(400, 'BadRequest', 'error decoding patch: unexpected end of JSON input'),
    );
  });

  it.for([
    ['name', '/metadata/name', 400, 'the name of the object (b) does not match the name on the URL (a)'],
    [
      'namespace',
      '/metadata/namespace',
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'uid',
      '/metadata/uid',
      422,
      'VirtualService.networking.istio.io "a" is invalid: metadata.uid: Invalid value: "b": field is immutable',
    ],
    [
      'kind',
      '/kind',
      422,
      'b.networking.istio.io "a" is invalid: kind: Invalid value: "b": must be VirtualService',
    ],
  ] as const)('that changes the %s', async ([_name, pointer, code, message], { api, namespace }) => {
    const path = await createSplit(api, namespace);
    const answer = await api.patch(path, 'json', [{ op: 'replace', path: pointer, value: 'b' }]);
    expect([answer.code, answer.body]).toMatchObject([code, { code, message }]);
  });

  it('that expects another revision', async ({ api, namespace }) => {
    const path = await createSplit(api, namespace);
    const operations = [{ op: 'add', path: '/metadata/resourceVersion', value: '1' }, weight(0, 60)];
    const { code, body } = await api.patch(path, 'json', operations);
    expect([code, body]).toMatchObject([409, { reason: 'Conflict' }]);
  });

  it('of an object that is not there', async ({ api, namespace }) => {
    const answer = await api.patch(`${pathsIn(namespace).virtualServices}/b`, 'json', [weight(0, 60)]);
    expect([answer.code, answer.body]).toMatchObject([
      404,
      { reason: 'NotFound', message: 'virtualservices.networking.istio.io "b" not found' },
    ]);
  });

  it('from a media type that nobody patches with', async ({ api, namespace }) => {
    const path = await createSplit(api, namespace);
    const headers = { 'content-type': 'text/plain' };
    const message =
      'the body of the request was in an unknown format - accepted media types include: ' +
      'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml';
    const expected = failure(415, 'UnsupportedMediaType', message);
    expect(refusal(await api.send('PATCH', path, { headers, body: '{}' }))).toEqual(expected);
    expect(refusal(await api.patch(path, 'strategic', {}))).toEqual(expected);
  });

  it('with options that only an apply has', async ({ api, namespace }) => {
    const path = await createSplit(api, namespace);
    const message = 'Forbidden: may not be specified for non-apply patch';
    expect(refusal(await api.patch(path, 'json', [weight(0, 60)], { force: true }))).toEqual(
      failure(422, 'Invalid', `PatchOptions.meta.k8s.io "" is invalid: force: ${message}`, {
        group: 'meta.k8s.io',
        kind: 'PatchOptions',
        causes: [{ reason: 'FieldValueForbidden', message, field: 'force' }],
      }),
    );
  });

  it('under a manager whose name is too long', async ({ api, namespace }) => {
    const path = await createSplit(api, namespace);
    const message = 'Too long: may not be more than 128 bytes';
    const answer = await api.patch(path, 'json', [weight(0, 60)], { fieldManager: 'x'.repeat(129) });
    expect(refusal(answer)).toEqual(
      failure(422, 'Invalid', `PatchOptions.meta.k8s.io "" is invalid: fieldManager: ${message}`, {
        group: 'meta.k8s.io',
        kind: 'PatchOptions',
        causes: [{ reason: 'FieldValueTooLong', message, field: 'fieldManager' }],
      }),
    );
  });
});
