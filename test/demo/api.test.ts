import { describe, expect } from 'vitest';
import {
  clientsOf,
  failure,
  istioObject,
  it,
  NAMED,
  patchWeights,
  refusalOf,
  requestApi,
  VIRTUAL_SERVICE,
  weightsIn,
} from './cluster.ts';

const VIRTUAL_SERVICES = '/apis/networking.istio.io/v1/namespaces/default/virtualservices';
const JSON_PATCH = { 'content-type': 'application/json-patch+json' };

describe.concurrent('discovery', () => {
  it('lists groups, versions and kinds as kubectl looks them up', async ({ demo }) => {
    const groups = await requestApi(demo, '/apis');
    const core = await requestApi(demo, '/api/v1');
    const istio = await requestApi(demo, '/apis/networking.istio.io/v1beta1');
    expect(groups.body).toMatchObject({
      kind: 'APIGroupList',
      groups: expect.arrayContaining([
        {
          name: 'networking.istio.io',
          versions: [
            { groupVersion: 'networking.istio.io/v1', version: 'v1' },
            { groupVersion: 'networking.istio.io/v1beta1', version: 'v1beta1' },
            { groupVersion: 'networking.istio.io/v1alpha3', version: 'v1alpha3' },
          ],
          preferredVersion: { groupVersion: 'networking.istio.io/v1', version: 'v1' },
        },
      ]),
    });
    expect(core.body).toMatchObject({
      kind: 'APIResourceList',
      resources: expect.arrayContaining([
        expect.objectContaining({ name: 'pods', kind: 'Pod', namespaced: true, shortNames: ['po'] }),
        expect.objectContaining({ name: 'pods/portforward', verbs: ['create', 'get'] }),
      ]),
    });
    expect(istio.body).toMatchObject({
      resources: expect.arrayContaining([
        expect.objectContaining({ name: 'virtualservices', shortNames: ['vs'] }),
      ]),
    });
  });

  it('tells its version and its health', async ({ demo }) => {
    expect((await requestApi(demo, '/version')).body).toMatchObject({ gitVersion: 'v1.36.3' });
    expect(await requestApi(demo, '/readyz', { token: '' })).toMatchObject({ code: 200, body: 'ok' });
  });

  it('answers an unknown kind, group and path as not found', async ({ demo }) => {
    const missing = failure(404, 'NotFound', 'the server could not find the requested resource', {});
    expect((await requestApi(demo, '/api/v1/namespaces/default/secrets')).body).toEqual(missing);
    expect(await requestApi(demo, '/apis/example.com/v1')).toMatchObject({
      code: 404,
      body: '404 page not found\n',
    });
  });
});

describe.concurrent('access', () => {
  it('is refused without the token', async ({ demo }) => {
    const { code, body } = await requestApi(demo, '/api/v1/pods', { token: 'wrong' });
    expect([code, body]).toEqual([401, failure(401, 'Unauthorized', 'Unauthorized')]);
  });

  it('to a denied verb is forbidden, and a review says so beforehand', async ({ demo }) => {
    const { authorization } = clientsOf(demo);
    const resourceAttributes = {
      verb: 'patch',
      group: 'networking.istio.io',
      resource: 'virtualservices',
      namespace: 'default',
    };
    const review = async () =>
      (await authorization.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes } } })).status
        ?.allowed;
    expect(await review()).toBe(true);
    demo.deny({ verb: 'patch', resource: 'virtualservices' });
    expect(await review()).toBe(false);
    const why =
      'virtualservices.networking.istio.io "myapp" is forbidden: User "weighbridge-demo" cannot patch resource ' +
      '"virtualservices" in API group "networking.istio.io" in the namespace "default"';
    expect(await refusalOf(patchWeights(demo, [60, 40]))).toEqual(failure(403, 'Forbidden', why, NAMED));
    demo.allowAll();
    await patchWeights(demo, [60, 40]);
    expect(await weightsIn(demo)).toEqual([60, 40]);
  });
});

describe.concurrent('reading', () => {
  it('gets one object under each version of its kind', async ({ demo }) => {
    const { custom } = clientsOf(demo);
    for (const version of ['v1', 'v1beta1']) {
      const object = await custom.getNamespacedCustomObject({ ...VIRTUAL_SERVICE, version });
      expect(object).toMatchObject({
        apiVersion: `networking.istio.io/${version}`,
        kind: 'VirtualService',
        metadata: { name: 'myapp' },
      });
    }
  });

  it('names what it cannot find', async ({ demo }) => {
    const { custom, core } = clientsOf(demo);
    expect(await refusalOf(custom.getNamespacedCustomObject(istioObject('virtualservices', 'nope')))).toEqual(
      failure(404, 'NotFound', 'virtualservices.networking.istio.io "nope" not found', {
        ...NAMED,
        name: 'nope',
      }),
    );
    expect(await refusalOf(core.readNamespacedPod({ name: 'nope', namespace: 'default' }))).toEqual(
      failure(404, 'NotFound', 'pods "nope" not found', { name: 'nope', kind: 'pods' }),
    );
  });

  it('selects by labels and by fields', async ({ demo }) => {
    const { core } = clientsOf(demo);
    const names = async (query: { labelSelector?: string; fieldSelector?: string }) =>
      (await core.listServiceForAllNamespaces(query)).items.map(({ metadata }) => metadata?.name);
    expect(await names({ labelSelector: 'app in (myapp, istiod)' })).toEqual(['myapp', 'istiod']);
    expect(await names({ fieldSelector: 'metadata.namespace=istio-system,metadata.name!=istiod' })).toEqual([
      'istio-ingressgateway',
    ]);
    const body = failure(400, 'BadRequest', 'field label not supported: spec.foo');
    expect((await requestApi(demo, '/api/v1/services?fieldSelector=spec.foo%3Dx')).body).toEqual(body);
  });

  it('gives a list in pages that all show the same moment', async ({ demo }) => {
    const { core } = clientsOf(demo);
    for (const name of ['a', 'b', 'c'])
      await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name } } });
    const first = await core.listNamespacedConfigMap({ namespace: 'default', limit: 2 });
    await core.deleteNamespacedConfigMap({ namespace: 'default', name: 'c' });
    const second = await core.listNamespacedConfigMap({
      namespace: 'default',
      limit: 2,
      _continue: first.metadata?._continue ?? '',
    });
    const names = [first, second].map(list => list.items.map(({ metadata }) => metadata?.name));
    expect([names, first.metadata?.remainingItemCount]).toEqual([[['a', 'b'], ['c']], 1]);
    expect(second.metadata?.resourceVersion).toBe(first.metadata?.resourceVersion);
  });

  it('refuses to go on with a list whose moment is forgotten', async ({ demo }) => {
    const { body } = await requestApi(demo, '/api/v1/services?limit=1');
    demo.compact();
    await patchWeights(demo, [60, 40]);
    demo.compact();
    const token = (body as { metadata: { continue: string } }).metadata.continue;
    expect(await requestApi(demo, `/api/v1/services?limit=1&continue=${token}`)).toMatchObject({
      code: 410,
      body: { reason: 'Expired' },
    });
  });
});

describe.concurrent('a JSON patch', () => {
  it('changes the weights and nothing else', async ({ demo }) => {
    const { custom } = clientsOf(demo);
    const before = await custom.getNamespacedCustomObject(VIRTUAL_SERVICE);
    const after = await patchWeights(demo, [60, 40]);
    const [first, second] = before.spec.http[0].route;
    expect(after.spec).toEqual({
      ...before.spec,
      http: [
        {
          route: [
            { ...first, weight: 60 },
            { ...second, weight: 40 },
          ],
        },
      ],
    });
    expect(after.metadata.generation).toBe(before.metadata.generation + 1);
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(Number(after.metadata.resourceVersion)).toBeGreaterThan(Number(before.metadata.resourceVersion));
  });

  it('whose test does not hold is refused as invalid, and changes nothing', async ({ demo }) => {
    const body = [
      { op: 'test', path: '/spec/http/0/route/0/weight', value: 10 },
      { op: 'replace', path: '/spec/http/0/route/0/weight', value: 99 },
    ];
    const message = 'the server rejected our request due to an error in our request';
    const refused = clientsOf(demo).custom.patchNamespacedCustomObject({ ...VIRTUAL_SERVICE, body });
    expect(await refusalOf(refused)).toEqual(failure(422, 'Invalid', message, {}));
    expect(await weightsIn(demo)).toEqual([50, 50]);
  });

  it('that is malformed is refused', async ({ demo }) => {
    const send = (body: string) =>
      requestApi(demo, `${VIRTUAL_SERVICES}/myapp`, { method: 'PATCH', headers: JSON_PATCH, body });
    for (const body of ['{"op":"test"}', 'not json'])
      expect(await send(body)).toMatchObject({ code: 400, body: { reason: 'BadRequest' } });
    expect(await send('[{"op":"spam","path":"/a"}]')).toMatchObject({
      code: 422,
      body: { reason: 'Invalid' },
    });
  });

  it.for([
    ['fifty', ['Invalid value: "string": WEIGHT in body must be of type integer: "string"']],
    [
      0.5,
      [
        'Invalid value: "float64": WEIGHT in body must be of type int32: "float64"',
        'Invalid value: "": Checked value must be of type integer with format int32 in WEIGHT',
      ],
    ],
  ] as const)('with the weight %j is refused by the schema', async ([weight, complaints], { demo }) => {
    const field = 'spec.http[0].route[0].weight';
    const unchecked =
      'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
    const causes = [...complaints, unchecked].map((said, index) => ({
      reason: index === 0 ? 'FieldValueTypeInvalid' : 'FieldValueInvalid',
      message: said.replaceAll('WEIGHT', field),
      field: index === 0 ? field : '<nil>',
    }));
    const list = causes.map(({ field: at, message }) => `${at}: ${message}`).join(', ');
    const message = `VirtualService.networking.istio.io "myapp" is invalid: [${list}]`;
    const details = { ...NAMED, kind: 'VirtualService', causes };
    expect(await refusalOf(patchWeights(demo, [weight, 50]))).toEqual(
      failure(422, 'Invalid', message, details),
    );
  });

  it('with a weight beyond 32 bits is refused by the schema', async ({ demo }) => {
    expect(await refusalOf(patchWeights(demo, [5e9, 50]))).toMatchObject({ code: 422, reason: 'Invalid' });
  });

  it('that changes nothing makes no new version of the object', async ({ demo }) => {
    const before = await patchWeights(demo, [60, 40]);
    const after = await patchWeights(demo, [60, 40]);
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  it('makes its field manager the owner of the HTTP routes', async ({ demo }) => {
    const { metadata } = await patchWeights(demo, [60, 40], 'argocd-controller');
    const owners = metadata.managedFields
      .filter((entry: { fieldsV1: { 'f:spec'?: object } }) => 'f:http' in (entry.fieldsV1['f:spec'] ?? {}))
      .map((entry: { manager: string; operation: string }) => `${entry.manager} ${entry.operation}`);
    expect(owners).toEqual(['argocd-controller Update']);
  });

  it("without a field manager is its user agent's", async ({ demo }) => {
    const body = '[{"op":"replace","path":"/spec/http/0/route/0/weight","value":70}]';
    const headers = { ...JSON_PATCH, 'user-agent': 'weighbridge/0.1.0' };
    const { body: object } = await requestApi(demo, `${VIRTUAL_SERVICES}/myapp`, {
      method: 'PATCH',
      headers,
      body,
    });
    expect(object).toMatchObject({ metadata: { managedFields: [{}, { manager: 'weighbridge' }] } });
  });
});
