import { describe, expect } from 'vitest';
import { type Api, accepted, type Query, type Thing } from './api.ts';
import { failure, it, refusal } from './contract.ts';
import { aConfigMap, aVirtualService } from './objects.ts';
import { pathsIn } from './paths.ts';

const namesIn = (list: Thing) => list.items.map(({ metadata }) => metadata.name);

async function createConfigMaps(api: Api, namespace: string, labels: Record<string, Record<string, string>>) {
  const created: Thing[] = [];
  for (const [name, own] of Object.entries(labels))
    created.push(
      accepted(await api.post(pathsIn(namespace).configMaps, aConfigMap(name, { of: 'test', ...own }))),
    );
  return created;
}

describe.concurrent('one object', () => {
  it('comes with what the server filled in', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    await createConfigMaps(api, namespace, { a: {} });
    expect((await api.get(`${configMaps}/a`)).body).toEqual({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: {
        name: 'a',
        namespace,
        uid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        resourceVersion: expect.stringMatching(/^[1-9]\d*$/),
        creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        labels: { of: 'test' },
        managedFields: expect.any(Array),
      },
      data: { colour: 'blue' },
    });
  });

  it('is the same under each version of its kind', async ({ api, namespace }) => {
    const { virtualServices, virtualServicesV1beta1 } = pathsIn(namespace);
    const created = accepted(await api.post(virtualServices, aVirtualService('a')));
    const { body } = await api.get(`${virtualServicesV1beta1}/a`);
    expect(body.apiVersion).toBe('networking.istio.io/v1beta1');
    expect([body.spec, body.metadata.uid, body.metadata.resourceVersion]).toEqual([
      created.spec,
      created.metadata.uid,
      created.metadata.resourceVersion,
    ]);
  });

  it('is answered in YAML to who asks for it', async ({ api, namespace }) => {
    await createConfigMaps(api, namespace, { a: {} });
    const answer = await api.get(`${pathsIn(namespace).configMaps}/a`, {}, { accept: 'application/yaml' });
    expect([answer.code, answer.headers['content-type']]).toEqual([200, 'application/yaml']);
    expect(answer.body).toContain('apiVersion: v1\ndata:\n  colour: blue\nkind: ConfigMap\nmetadata:\n');
  });
});

describe.concurrent('a list', () => {
  it('holds objects in the order of their names, with the revision at which it was true', async ({
    api,
    namespace,
  }) => {
    const { virtualServices } = pathsIn(namespace);
    for (const name of ['b', 'a']) await api.post(virtualServices, aVirtualService(name));
    const { body } = await api.get(virtualServices);
    expect(body).toMatchObject({
      kind: 'VirtualServiceList',
      apiVersion: 'networking.istio.io/v1',
      metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
    });
    expect(namesIn(body)).toEqual(['a', 'b']);
    expect(body.items.map(({ kind, apiVersion }) => [kind, apiVersion])).toEqual(
      Array(2).fill(['VirtualService', 'networking.istio.io/v1']),
    );
    const revisions = body.items.map(({ metadata }) => Number(metadata.resourceVersion));
    expect(Number(body.metadata.resourceVersion)).toBeGreaterThanOrEqual(Math.max(...revisions));
  });

  it('of a built-in kind leaves kind and version out of its items', async ({ api, namespace }) => {
    await createConfigMaps(api, namespace, { a: {} });
    const { body } = await api.get(pathsIn(namespace).configMaps, { labelSelector: 'of=test' });
    expect(body.kind).toBe('ConfigMapList');
    expect(body.items.map(({ kind, apiVersion }) => [kind, apiVersion])).toEqual([[undefined, undefined]]);
  });

  it('of nothing is empty, even in a namespace that is not there', async ({ api }) => {
    const { code, body } = await api.get(pathsIn('weighbridge-contract-nowhere').configMaps);
    expect([code, body.items]).toEqual([200, []]);
  });

  it('of all namespaces holds those of this one', async ({ api, namespace }) => {
    await api.post(pathsIn(namespace).virtualServices, aVirtualService('a'));
    const { body } = await api.get('/apis/networking.istio.io/v1/virtualservices');
    const mine = body.items.filter(({ metadata }) => metadata.namespace === namespace);
    expect(mine.map(({ metadata }) => metadata.name)).toEqual(['a']);
  });

  it.for([
    ['colour=blue', ['a']],
    ['colour==blue', ['a']],
    ['colour!=blue', ['b', 'c']],
    ['colour', ['a', 'b']],
    ['!colour', ['c']],
    ['colour in (blue, green)', ['a', 'b']],
    ['colour notin (blue)', ['b', 'c']],
    ['colour in (blue),size=1', ['a']],
    ['size>1', ['b']],
    ['size<2', ['a']],
    ['colour=', []],
  ] as const)('selects by the labels %s', async ([selector, names], { api, namespace }) => {
    await createConfigMaps(api, namespace, {
      a: { colour: 'blue', size: '1' },
      b: { colour: 'green', size: '2' },
      c: {},
    });
    const { body } = await api.get(pathsIn(namespace).configMaps, { labelSelector: `of=test,${selector}` });
    expect(namesIn(body)).toEqual(names);
  });

  it.for([
    ['metadata.name=a', ['a']],
    ['metadata.name!=a', ['b']],
    ['metadata.name=a,metadata.name=b', []],
  ] as const)('selects by the fields %s', async ([fieldSelector, names], { api, namespace }) => {
    await createConfigMaps(api, namespace, { a: {}, b: {} });
    const { body } = await api.get(pathsIn(namespace).configMaps, {
      labelSelector: 'of=test',
      fieldSelector,
    });
    expect(namesIn(body)).toEqual(names);
  });

  it('comes in pages that all show the same moment', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    await createConfigMaps(api, namespace, { a: {}, b: {}, c: {} });
    const query = { labelSelector: 'of=test', limit: 2 };
    const first = accepted(await api.get(configMaps, query));
    await api.delete(`${configMaps}/c`);
    const second = accepted(await api.get(configMaps, { ...query, continue: first.metadata.continue }));
    expect([first, second].map(namesIn)).toEqual([['a', 'b'], ['c']]);
    expect(second.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion });
  });

  it('without a selector says how many are still to come', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    for (const name of ['a', 'b', 'c']) await api.post(virtualServices, aVirtualService(name));
    const { metadata } = accepted(await api.get(virtualServices, { limit: 1 }));
    expect(metadata).toEqual({
      resourceVersion: expect.stringMatching(/^\d+$/),
      continue: expect.stringMatching(/./),
      remainingItemCount: 2,
    });
  });
});

describe.concurrent('a list that cannot be read', () => {
  const badRequest = (message: string) => failure(400, 'BadRequest', message);
  const NUMBER_EXPECTED = 'strconv.ParseInt: parsing "x": invalid syntax';

  it.for<[string, Query, ReturnType<typeof failure>]>([
    [
      'half a selector',
      { labelSelector: 'a in' },
      badRequest("unable to parse requirement: found '' expected: '('"),
    ],
    [
      'an empty value list',
      { labelSelector: 'a===b' },
      badRequest("unable to parse requirement: found '=', expected: identifier"),
    ],
    [
      'a field that is no index',
      { fieldSelector: 'spec.foo=x' },
      badRequest('field label not supported: spec.foo'),
    ],
    ['a limit that is no number', { limit: 'x' }, badRequest(NUMBER_EXPECTED)],
    [
      'a revision that is no number',
      { resourceVersion: 'x' },
      badRequest(
        'invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
      ),
    ],
  ])('with %s is refused', async ([_name, query, expected], { api, namespace }) => {
    expect(refusal(await api.get(pathsIn(namespace).virtualServices, query))).toEqual(expected);
  });

  it('with a continuation that was never given out is refused', async ({ api, namespace }) => {
    const answer = await api.get(pathsIn(namespace).virtualServices, { limit: 1, continue: 'abc' });
    // What `abc` spells in base64 is no JSON.
    const why = "continue key is not valid: invalid character 'i' looking for beginning of value";
    expect(refusal(answer)).toEqual(badRequest(`invalid continue token: ${why}`));
  });

  it('at a revision that is still to come is asked to wait', async ({ api, namespace }) => {
    const answer = await api.get(pathsIn(namespace).virtualServices, { resourceVersion: 999_999_999 });
    const message = expect.stringMatching(/^Timeout: Too large resource version: 999999999, current: \d+$/);
    expect(refusal(answer)).toEqual(
      failure(504, 'Timeout', message, {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      }),
    );
  });

  it('with half of an exact revision is refused', async ({ api, namespace }) => {
    const answer = await api.get(pathsIn(namespace).virtualServices, { resourceVersionMatch: 'Exact' });
    const message = 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided';
    expect(refusal(answer)).toEqual(
      failure(422, 'Invalid', `ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: ${message}`, {
        group: 'meta.k8s.io',
        kind: 'ListOptions',
        causes: [{ reason: 'FieldValueForbidden', message, field: 'resourceVersionMatch' }],
      }),
    );
  });
});
