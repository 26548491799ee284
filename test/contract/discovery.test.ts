import { describe, expect } from 'vitest';
import { failure, it, refusal } from './contract.ts';
import { pathsIn } from './paths.ts';

const NO_SUCH_RESOURCE = failure(404, 'NotFound', 'the server could not find the requested resource', {});
const NO_SUCH_PAGE = { code: 404, body: '404 page not found\n' };
const NOT_ALLOWED = failure(
  405,
  'MethodNotAllowed',
  'the server does not allow this method on the requested resource',
  {},
);

describe.concurrent('discovery', () => {
  it('tells the version of the server', async ({ api }) => {
    const { code, body } = await api.get('/version');
    expect([code, body]).toEqual([
      200,
      expect.objectContaining({
        major: '1',
        minor: expect.stringMatching(/^\d+\+?$/),
        gitVersion: expect.stringMatching(/^v1\.\d+\.\d+/),
        goVersion: expect.stringMatching(/^go1\./),
        compiler: 'gc',
        platform: expect.stringContaining('/'),
        buildDate: expect.stringMatching(/^\d{4}-.*Z$/),
        gitTreeState: expect.any(String),
        gitCommit: expect.any(String),
      }),
    ]);
  });

  it.for(['/readyz', '/livez', '/healthz'])('says ok at %s', async (path, { api }) => {
    expect(refusal(await api.get(path))).toEqual({ code: 200, body: 'ok' });
  });

  it('names the versions of the core group', async ({ api }) => {
    expect((await api.get('/api')).body).toMatchObject({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0' }],
    });
  });

  it('lists every group with its preferred version', async ({ api }) => {
    const { body } = await api.get('/apis');
    const core = { groupVersion: 'apps/v1', version: 'v1' };
    expect(body).toMatchObject({ kind: 'APIGroupList', apiVersion: 'v1' });
    expect(body).toMatchObject({
      groups: expect.arrayContaining([
        { name: 'apps', versions: [core], preferredVersion: core },
        ...['authorization.k8s.io', 'discovery.k8s.io', 'apiextensions.k8s.io', 'networking.istio.io'].map(
          name => expect.objectContaining({ name }),
        ),
      ]),
    });
  });

  it('shows one group by itself', async ({ api }) => {
    const v1 = { groupVersion: 'networking.istio.io/v1', version: 'v1' };
    const { body } = await api.get('/apis/networking.istio.io');
    expect(body).toEqual({
      kind: 'APIGroup',
      apiVersion: 'v1',
      name: 'networking.istio.io',
      versions: expect.arrayContaining([
        v1,
        { groupVersion: 'networking.istio.io/v1beta1', version: 'v1beta1' },
        { groupVersion: 'networking.istio.io/v1alpha3', version: 'v1alpha3' },
      ]),
      preferredVersion: v1,
    });
  });

  const EVERY_VERB = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
  const row = (name: string, kind: string, verbs: readonly string[], more: object = {}) =>
    expect.objectContaining({
      name,
      singularName: name.includes('/') ? '' : kind.toLowerCase(),
      namespaced: true,
      kind,
      verbs: expect.toSatisfy(all => [...all].sort().join() === [...verbs].sort().join(), verbs.join()),
      ...more,
    });

  it.for([
    [
      '/api/v1',
      'v1',
      [
        row('configmaps', 'ConfigMap', EVERY_VERB, { shortNames: ['cm'] }),
        row('pods', 'Pod', EVERY_VERB, { shortNames: ['po'], categories: ['all'] }),
        row('pods/log', 'Pod', ['get']),
        row('pods/portforward', 'PodPortForwardOptions', ['create', 'get']),
        row('pods/status', 'Pod', ['get', 'patch', 'update']),
        row('services', 'Service', EVERY_VERB, { shortNames: ['svc'], categories: ['all'] }),
        row('events', 'Event', EVERY_VERB, { shortNames: ['ev'] }),
        row('nodes', 'Node', EVERY_VERB, { shortNames: ['no'], namespaced: false }),
        row(
          'namespaces',
          'Namespace',
          EVERY_VERB.filter(verb => verb !== 'deletecollection'),
          {
            shortNames: ['ns'],
            namespaced: false,
          },
        ),
      ],
    ],
    [
      '/apis/apps/v1',
      'apps/v1',
      [
        row('deployments', 'Deployment', EVERY_VERB, { shortNames: ['deploy'], categories: ['all'] }),
        row('deployments/status', 'Deployment', ['get', 'patch', 'update']),
        row('deployments/scale', 'Scale', ['get', 'patch', 'update'], {
          group: 'autoscaling',
          version: 'v1',
        }),
        row('replicasets', 'ReplicaSet', EVERY_VERB, { shortNames: ['rs'], categories: ['all'] }),
      ],
    ],
    [
      '/apis/discovery.k8s.io/v1',
      'discovery.k8s.io/v1',
      [row('endpointslices', 'EndpointSlice', EVERY_VERB)],
    ],
    [
      '/apis/authorization.k8s.io/v1',
      'authorization.k8s.io/v1',
      [row('selfsubjectaccessreviews', 'SelfSubjectAccessReview', ['create'], { namespaced: false })],
    ],
    [
      '/apis/networking.istio.io/v1',
      'networking.istio.io/v1',
      [
        row('virtualservices', 'VirtualService', EVERY_VERB, {
          shortNames: ['vs'],
          categories: ['istio-io', 'networking-istio-io'],
        }),
        row('virtualservices/status', 'VirtualService', ['get', 'patch', 'update']),
        row('destinationrules', 'DestinationRule', EVERY_VERB, { shortNames: ['dr'] }),
        row('gateways', 'Gateway', EVERY_VERB, { shortNames: ['gw'] }),
      ],
    ],
  ] as const)(
    'lists the kinds of %s with the verbs they take',
    async ([path, groupVersion, rows], { api }) => {
      const { body } = await api.get(path);
      expect(body).toMatchObject({ kind: 'APIResourceList', groupVersion });
      expect(body).toMatchObject({ resources: expect.arrayContaining([...rows]) });
    },
  );

  it('lists the definitions of the Istio kinds', async ({ api }) => {
    const path =
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/virtualservices.networking.istio.io';
    const { body } = await api.get(path);
    expect(body).toMatchObject({
      kind: 'CustomResourceDefinition',
      spec: {
        group: 'networking.istio.io',
        scope: 'Namespaced',
        names: { plural: 'virtualservices', kind: 'VirtualService', shortNames: ['vs'] },
      },
    });
    expect(body.spec.versions).toContainEqual(
      expect.objectContaining({ name: 'v1', served: true, storage: true }),
    );
    expect(body.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Established', status: 'True' }),
    );
  });
});

describe.concurrent('a path that is not served', () => {
  it.for([
    ['an unknown kind of the core group', '/api/v1/namespaces/default/nopes', NO_SUCH_RESOURCE],
    ['an unknown kind of apps', '/apis/apps/v1/namespaces/default/nopes', NO_SUCH_RESOURCE],
    ['an unknown version of the core group', '/api/v7', NO_SUCH_RESOURCE],
    ['an unknown subresource', '/api/v1/namespaces/default/pods/x/nope', NO_SUCH_RESOURCE],
    ['an unknown kind of Istio', '/apis/networking.istio.io/v1/namespaces/default/nopes', NO_SUCH_PAGE],
    ['an unknown version of Istio', '/apis/networking.istio.io/v7', NO_SUCH_PAGE],
    ['an unknown group', '/apis/nope.example.com', NO_SUCH_PAGE],
    ['a version of an unknown group', '/apis/nope.example.com/v1', NO_SUCH_PAGE],
    ['any other path', '/nope', NO_SUCH_PAGE],
  ] as const)('%s is not found', async ([_name, path, missing], { api }) => {
    expect(refusal(await api.get(path))).toEqual(missing);
  });

  it('an object that is not there is named', async ({ api, namespace }) => {
    const { pods, virtualServices } = pathsIn(namespace);
    expect(refusal(await api.get(`${pods}/x`))).toEqual(
      failure(404, 'NotFound', 'pods "x" not found', { name: 'x', kind: 'pods' }),
    );
    expect(refusal(await api.get(`${virtualServices}/x`))).toEqual(
      failure(404, 'NotFound', 'virtualservices.networking.istio.io "x" not found', {
        name: 'x',
        group: 'networking.istio.io',
        kind: 'virtualservices',
      }),
    );
  });

  it('a method that a kind does not take is not allowed', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    expect(refusal(await api.post(`${configMaps}/x`, {}))).toEqual(NOT_ALLOWED);
    expect(refusal(await api.put(configMaps, {}))).toEqual(NOT_ALLOWED);
    expect(refusal(await api.patch(configMaps, 'merge', {}))).toEqual(NOT_ALLOWED);
    expect(refusal(await api.post('/api/v1/configmaps', {}))).toEqual(NOT_ALLOWED);
  });

  it('a collection of an Istio kind asks for the name that is missing', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const nameless = failure(400, 'BadRequest', 'name must be provided');
    expect(refusal(await api.put(virtualServices, {}))).toEqual(nameless);
    expect(refusal(await api.patch(virtualServices, 'json', []))).toEqual(nameless);
  });

  it('cannot give what it has as plain text', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const accept = { accept: 'text/plain' };
    expect(refusal(await api.get(virtualServices, {}, accept))).toEqual(
      failure(
        406,
        'NotAcceptable',
        'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
      ),
    );
  });
});
