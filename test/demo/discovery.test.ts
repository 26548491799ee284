import { describe, expect, it } from 'vitest';
import { createApi, read } from './api-without-sockets.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

describe('discovery in one answer', () => {
  it('says of every group what the answers of each say', () => {
    const { request } = createApi();
    const asked = { accept: `${AGGREGATED},application/json` };
    const answer = request('GET', '/apis', asked);
    expect(answer).toMatchObject({ code: 200, contentType: AGGREGATED });
    const { items } = read(answer).body as {
      items: readonly {
        metadata: { name: string };
        versions: readonly { version: string; resources: readonly { resource: string; verbs: unknown }[] }[];
      }[];
    };
    const named = items.flatMap(({ metadata, versions }) =>
      versions.map(({ version, resources }) => ({ path: `/apis/${metadata.name}/${version}`, resources })),
    );
    expect(named.map(({ path }) => path)).toContain('/apis/networking.istio.io/v1beta1');
    for (const { path, resources } of named) {
      const list = read(request('GET', path)).body as {
        resources: readonly { name: string; verbs: unknown }[];
      };
      const whole = list.resources.filter(({ name }) => !name.includes('/'));
      expect(resources.map(({ resource, verbs }) => [resource, verbs])).toEqual(
        whole.map(({ name, verbs }) => [name, verbs]),
      );
    }
  });

  it('has the core group under a path of its own', () => {
    const { request } = createApi();
    expect(read(request('GET', '/api', { accept: AGGREGATED })).body).toMatchObject({
      kind: 'APIGroupDiscoveryList',
      items: [
        {
          metadata: {},
          versions: [
            {
              version: 'v1',
              resources: expect.arrayContaining([
                expect.objectContaining({
                  resource: 'pods',
                  subresources: ['log', 'portforward', 'status'].map(subresource =>
                    expect.objectContaining({ subresource }),
                  ),
                }),
              ]),
              freshness: 'Current',
            },
          ],
        },
      ],
    });
  });

  it('is not forced upon those who do not ask for it', () => {
    const { request } = createApi();
    expect(read(request('GET', '/apis')).body).toMatchObject({ kind: 'APIGroupList' });
  });
});

describe('the definitions of the custom kinds', () => {
  const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

  it('are there, established, and hold the schema that objects are checked by', () => {
    const { request } = createApi();
    const list = read(request('GET', DEFINITIONS)).body as {
      items: readonly { metadata: { name: string } }[];
    };
    expect(list.items.map(({ metadata }) => metadata.name)).toEqual([
      'destinationrules.networking.istio.io',
      'gateways.networking.istio.io',
      'virtualservices.networking.istio.io',
    ]);
    const { body } = read(request('GET', `${DEFINITIONS}/virtualservices.networking.istio.io`));
    const weight = { type: 'integer', format: 'int32' };
    const destination = { properties: { weight }, required: ['destination'] };
    const http = { type: 'array', items: { properties: { route: { type: 'array', items: destination } } } };
    expect(body).toMatchObject({
      spec: {
        group: 'networking.istio.io',
        names: { kind: 'VirtualService', plural: 'virtualservices', shortNames: ['vs'] },
        scope: 'Namespaced',
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            subresources: { status: {} },
            schema: { openAPIV3Schema: { properties: { spec: { properties: { http } } } } },
            additionalPrinterColumns: [{ name: 'Gateways', jsonPath: '.spec.gateways' }, {}, {}],
          },
          { name: 'v1beta1', served: true, storage: false },
          { name: 'v1alpha3', served: true, storage: false },
        ],
      },
      status: {
        conditions: expect.arrayContaining([
          expect.objectContaining({ type: 'Established', status: 'True' }),
        ]),
      },
    });
  });

  it('cannot be changed or taken away, and none is taken that says nothing', () => {
    const { request } = createApi();
    const path = `${DEFINITIONS}/virtualservices.networking.istio.io`;
    expect(request('DELETE', path)).toMatchObject({ code: 405 });
    expect(request('PUT', path, { body: '{}' })).toMatchObject({ code: 405 });
    expect(request('POST', DEFINITIONS, { body: '{}' })).toMatchObject({ code: 422 });
  });
});

describe('a review of rules', () => {
  const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
  const body = '{"kind":"SelfSubjectRulesReview","spec":{"namespace":"default"}}';

  it('says that everything is allowed', () => {
    const { request } = createApi();
    expect(read(request('POST', REVIEWS, { body }))).toMatchObject({
      code: 201,
      body: {
        status: {
          resourceRules: expect.arrayContaining([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]),
          incomplete: false,
        },
      },
    });
  });

  it('leaves out what is denied', () => {
    const { request, permissions } = createApi();
    permissions.deny({ verb: 'patch', resource: 'virtualservices' });
    const { status } = read(request('POST', REVIEWS, { body })).body as {
      status: { resourceRules: readonly { verbs: readonly string[]; resources: readonly string[] }[] };
    };
    const rule = status.resourceRules.find(({ resources }) => resources.includes('virtualservices'));
    expect(rule?.verbs).toContain('get');
    expect(rule?.verbs).not.toContain('patch');
  });
});
