import { describe, expect, it } from 'vitest';
import { createApi, read } from './api-without-sockets.ts';

const VIRTUAL_SERVICES = '/apis/networking.istio.io/v1/namespaces/default/virtualservices';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const APPLY = 'application/apply-patch+yaml';
const MERGE = 'application/merge-patch+json';

type Read = {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly {
      readonly manager: string;
      readonly operation: string;
      readonly time?: string;
      readonly fieldsV1: unknown;
    }[];
  };
  readonly data?: unknown;
};

/** The API, and a way to apply ConfigMap `page` with these data as somebody. */
function createPages() {
  const { request } = createApi();
  const apply = (manager: string, data: object | undefined, query = '') => {
    const configuration = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'page' }, data };
    const body = JSON.stringify(configuration);
    const sent = { body, contentType: APPLY, query: `fieldManager=${manager}${query}` };
    return read(request('PATCH', `${CONFIG_MAPS}/page`, sent));
  };
  const merge = (manager: string, patch: object) => {
    const sent = { body: JSON.stringify(patch), contentType: MERGE, query: `fieldManager=${manager}` };
    return read(request('PATCH', `${CONFIG_MAPS}/page`, sent));
  };
  const page = () => read(request('GET', `${CONFIG_MAPS}/page`)).body as Read;
  return { request, apply, merge, page };
}

function ownersOf({ metadata }: Read) {
  return metadata.managedFields?.map(({ manager, operation, fieldsV1 }) => [manager, operation, fieldsV1]);
}

describe('server-side apply', () => {
  it('creates what is not there, and owns what it named', () => {
    const { apply, page } = createPages();
    expect(apply('a', { x: '1' }).code).toBe(201);
    expect(ownersOf(page())).toEqual([['a', 'Apply', { 'f:data': { 'f:x': {} } }]]);
  });

  it('reads YAML', () => {
    const { request } = createPages();
    const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: page\ndata:\n  x: "1"\n';
    const sent = { body, contentType: APPLY, query: 'fieldManager=a' };
    expect(read(request('PATCH', `${CONFIG_MAPS}/page`, sent))).toMatchObject({
      code: 201,
      body: { data: { x: '1' } },
    });
  });

  it('that changes nothing makes no new version, and a second author of the same makes one without a time', () => {
    const { apply, page } = createPages();
    apply('a', { x: '1' });
    const { resourceVersion } = page().metadata;
    apply('a', { x: '1' });
    expect(page().metadata.resourceVersion).toBe(resourceVersion);
    apply('b', { x: '1' });
    const [first, second] = page().metadata.managedFields ?? [];
    expect([first?.manager, first?.time]).toEqual(['b', undefined]);
    expect([second?.manager, typeof second?.time]).toEqual(['a', 'string']);
  });

  it('is refused where somebody else set a field to something else, and says who and which', () => {
    const { apply, merge, page } = createPages();
    apply('a', { x: '1', y: '2' });
    merge('editor', { data: { x: '5', y: '6' } });
    const cause = (field: string) => ({
      reason: 'FieldManagerConflict',
      message: 'conflict with "editor" using v1',
      field,
    });
    expect(apply('a', { x: '1' })).toEqual({
      code: 409,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'Apply failed with 1 conflict: conflict with "editor" using v1: .data.x',
        reason: 'Conflict',
        details: { causes: [cause('.data.x')] },
        code: 409,
      },
    });
    expect(apply('a', { x: '1', y: '2' })).toMatchObject({
      code: 409,
      body: {
        message: 'Apply failed with 2 conflicts: conflicts with "editor" using v1:\n- .data.x\n- .data.y',
        details: { causes: [cause('.data.x'), cause('.data.y')] },
      },
    });
    expect(apply('a', { x: '1' }, '&force=true').code).toBe(200);
    expect(ownersOf(page())).toEqual([
      ['a', 'Apply', { 'f:data': { 'f:x': {} } }],
      ['editor', 'Update', { 'f:data': { 'f:y': {} } }],
    ]);
  });

  it('takes over from `kubectl apply` without a conflict, and keeps its note up to date', () => {
    const { request } = createApi();
    const path = `${VIRTUAL_SERVICES}/myapp`;
    const spec = { hosts: ['example.com'], gateways: ['app-gateway'] };
    const configuration = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'myapp' },
      spec,
    };
    const apply = (manager: string) => {
      const sent = {
        body: JSON.stringify(configuration),
        contentType: APPLY,
        query: `fieldManager=${manager}`,
      };
      return read(request('PATCH', path, sent));
    };
    expect(apply('argocd').code).toBe(409);
    const taken = apply('kubectl');
    expect(taken).toMatchObject({ code: 200, body: { spec: { hosts: ['example.com'] } } });
    const { annotations } = (taken.body as Read).metadata;
    const note = annotations?.['kubectl.kubernetes.io/last-applied-configuration'] ?? '';
    expect(JSON.parse(note)).toEqual(configuration);
  });

  it('to an object that nobody owns leaves what it does not name to nobody that is known', () => {
    const { apply, merge, page } = createPages();
    apply('a', { x: '1', y: '2' });
    merge('a', { metadata: { managedFields: [{}] } });
    expect(page().metadata.managedFields).toBeUndefined();
    apply('b', { z: '3' });
    expect(ownersOf(page())).toEqual([
      ['b', 'Apply', { 'f:data': { 'f:z': {} } }],
      ['before-first-apply', 'Update', { 'f:data': { '.': {}, 'f:x': {}, 'f:y': {} } }],
    ]);
  });

  it('lets a client edit the entries of managedFields, but not spoil them', () => {
    const { apply, merge, page } = createPages();
    apply('a', { x: '1' });
    const before = ownersOf(page());
    merge('m', { metadata: { managedFields: [{ manager: 'q', operation: 'Nope' }] } });
    expect(ownersOf(page())).toEqual(before);
    const entry = { manager: 'q', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1' };
    merge('m', { metadata: { managedFields: [{ ...entry, fieldsV1: { 'f:data': { 'f:x': {} } } }] } });
    expect(ownersOf(page())).toEqual([['q', 'Update', { 'f:data': { 'f:x': {} } }]]);
  });

  it.each([
    ['without a manager', {}, '', 422, 'fieldManager: Required value: is required for apply patch'],
    [
      'of a field that is not there',
      { spec: { nope: 1 } },
      'fieldManager=a',
      500,
      'failed to create typed patch object (/myapp; networking.istio.io/v1, Kind=VirtualService): .spec.nope: field not declared in schema',
    ],
    [
      'of a word for a list',
      { spec: { hosts: 'b' } },
      'fieldManager=a',
      500,
      '.spec.hosts: expected list, got &{b}',
    ],
    ['of another kind', { kind: 'Gateway' }, 'fieldManager=a', 400, 'Kind=Gateway'],
    [
      'with managed fields',
      { metadata: { name: 'myapp', managedFields: [{ manager: 'a' }] } },
      'fieldManager=a',
      400,
      'metadata.managedFields must be nil',
    ],
    [
      'of another name',
      { metadata: { name: 'b' } },
      'fieldManager=a',
      400,
      'the name of the object (b) does not match the name on the URL (myapp)',
    ],
    [
      'of another revision',
      { metadata: { name: 'myapp', resourceVersion: '1' } },
      'fieldManager=a',
      409,
      'the object has been modified',
    ],
  ])('%s is refused', (_what, part, query, code, message) => {
    const { request } = createApi();
    const whole = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'myapp' },
      ...part,
    };
    const sent = { body: JSON.stringify(whole), contentType: APPLY, query };
    const answer = read(request('PATCH', `${VIRTUAL_SERVICES}/myapp`, sent));
    expect(answer).toMatchObject({ code, body: { message: expect.stringContaining(message) } });
  });

  it('refuses two items with one key', () => {
    const { request } = createApi();
    const containers = [{ name: 'myapp' }, { name: 'myapp' }];
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'myapp-v1' },
      spec: { template: { spec: { containers } } },
    };
    const sent = { body: JSON.stringify(deployment), contentType: APPLY, query: 'fieldManager=a' };
    const path = '/apis/apps/v1/namespaces/default/deployments/myapp-v1';
    expect(read(request('PATCH', path, sent)).body).toMatchObject({
      message: expect.stringContaining(
        '.spec.template.spec.containers: duplicate entries for key [name="myapp"]',
      ),
    });
  });
});

describe('what the server fills in', () => {
  const SERVICE = { metadata: { name: 'web' }, spec: { ports: [{ port: 80 }], type: 'NodePort' } };

  it('belongs to the author where it could have been said, and to nobody where the cluster gave it', () => {
    const { request } = createApi();
    const path = '/api/v1/namespaces/default/services';
    const created = read(request('POST', path, { body: JSON.stringify(SERVICE), query: 'fieldManager=me' }));
    expect(ownersOf(created.body as Read)).toEqual([
      [
        'me',
        'Update',
        {
          'f:spec': {
            'f:externalTrafficPolicy': {},
            'f:internalTrafficPolicy': {},
            'f:ports': {
              '.': {},
              'k:{"port":80,"protocol":"TCP"}': {
                '.': {},
                'f:port': {},
                'f:protocol': {},
                'f:targetPort': {},
              },
            },
            'f:sessionAffinity': {},
            'f:type': {},
          },
        },
      ],
    ]);
  });

  it('stays the same when the author says it again without it', () => {
    const { request } = createApi();
    const path = '/api/v1/namespaces/default/services';
    const created = read(request('POST', path, { body: JSON.stringify(SERVICE) }));
    const replaced = read(request('PUT', `${path}/web`, { body: JSON.stringify(SERVICE) }));
    expect(replaced).toEqual({ code: 200, body: created.body });
  });
});
