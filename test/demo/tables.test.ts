import { describe, expect, it } from 'vitest';
import { createApi, read } from './api-without-sockets.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const VIRTUAL_SERVICES = '/apis/networking.istio.io/v1/namespaces/default/virtualservices';

type Table = {
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[] | null;
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: unknown }[];
};

describe('a table', () => {
  const { request } = createApi();
  const ask = (path: string, query = '', accept: string = TABLE) =>
    read(request('GET', path, { query, accept }));

  it.for([
    [
      '/api/v1/pods',
      ['Name', 'Ready', 'Status', 'Restarts', 'Age'],
      ['IP', 'Node', 'Nominated Node', 'Readiness Gates'],
    ],
    ['/api/v1/services', ['Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age'], ['Selector']],
    [
      '/api/v1/nodes',
      ['Name', 'Status', 'Roles', 'Age', 'Version'],
      ['Internal-IP', 'External-IP', 'OS-Image', 'Kernel-Version', 'Container-Runtime'],
    ],
    ['/api/v1/namespaces', ['Name', 'Status', 'Age'], []],
    ['/api/v1/configmaps', ['Name', 'Data', 'Age'], []],
    [
      '/api/v1/events',
      ['Last Seen', 'Type', 'Reason', 'Object', 'Message'],
      ['Subobject', 'Source', 'First Seen', 'Count', 'Name'],
    ],
    [
      '/apis/apps/v1/deployments',
      ['Name', 'Ready', 'Up-to-date', 'Available', 'Age'],
      ['Containers', 'Images', 'Selector'],
    ],
    [
      '/apis/apps/v1/replicasets',
      ['Name', 'Desired', 'Current', 'Ready', 'Age'],
      ['Containers', 'Images', 'Selector'],
    ],
    ['/apis/discovery.k8s.io/v1/endpointslices', ['Name', 'AddressType', 'Ports', 'Endpoints', 'Age'], []],
    ['/apis/networking.istio.io/v1/virtualservices', ['Name', 'Gateways', 'Hosts', 'Age'], []],
    ['/apis/networking.istio.io/v1/destinationrules', ['Name', 'Host', 'Age'], []],
    ['/apis/networking.istio.io/v1/gateways', ['Name', 'Age'], []],
    ['/apis/apiextensions.k8s.io/v1/customresourcedefinitions', ['Name', 'Created At'], []],
  ] as const)('of %s has its columns', ([path, narrow, wide]) => {
    const { body } = ask(path);
    const { columnDefinitions, rows } = body as Table;
    const named = (priority: number) =>
      columnDefinitions?.filter(column => column.priority === priority).map(({ name }) => name);
    expect([named(0), named(1)]).toEqual([narrow, wide]);
    for (const { cells } of rows) expect(cells).toHaveLength(narrow.length + wide.length);
  });

  it('of one object has one row, with the metadata of the object', () => {
    const { body } = ask(`${VIRTUAL_SERVICES}/myapp`);
    expect(body).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: expect.any(String) },
      rows: [
        {
          cells: ['myapp', '["app-gateway"]', '["*"]', expect.stringMatching(/^\d+s$/)],
          object: {
            kind: 'PartialObjectMetadata',
            apiVersion: 'meta.k8s.io/v1',
            metadata: { name: 'myapp', namespace: 'default' },
          },
        },
      ],
    });
  });

  it.for([
    ['None', null],
    ['Metadata', { kind: 'PartialObjectMetadata' }],
    ['Object', { kind: 'VirtualService', spec: { hosts: ['*'] } }],
  ] as const)('carries in its rows what includeObject=%s says', ([include, object]) => {
    const { body } = ask(VIRTUAL_SERVICES, `includeObject=${include}`);
    const [row] = (body as Table).rows;
    if (object === null) expect(row?.object).toBeNull();
    else expect(row?.object).toMatchObject(object);
  });

  it('with something else in its rows is refused', () => {
    expect(ask(VIRTUAL_SERVICES, 'includeObject=foo')).toMatchObject({
      code: 400,
      body: {
        message:
          "Unable to convert to Table as requested: includeObject: Invalid value: \"foo\": must be 'Metadata', 'Object', 'None', or empty",
      },
    });
  });

  it('comes in pages', () => {
    const { metadata, rows } = ask('/api/v1/namespaces', 'limit=2').body as Table;
    expect([rows.length, typeof metadata.continue]).toEqual([2, 'string']);
  });

  it('is spoken of old, and what is neither that nor JSON is not', () => {
    const askAs = (form: string) => ask(VIRTUAL_SERVICES, '', `application/json;as=${form}`);
    const old = askAs('Table;v=v1beta1;g=meta.k8s.io');
    expect(old.body).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1beta1' });
    expect(askAs('Nope;v=v1;g=meta.k8s.io').code).toBe(406);
    expect(askAs('Table;v=v1;g=example.com').code).toBe(406);
  });

  it('follows a watch, and names its columns once', () => {
    const watch = request('GET', VIRTUAL_SERVICES, { query: 'watch=1', accept: TABLE });
    const tables: Table[] = [];
    if (watch.type !== 'watch') throw new Error('no watch');
    watch.open({
      send: line => {
        const event: { object: Table } = JSON.parse(line);
        tables.push(event.object);
      },
      end: () => {},
    });
    request('PATCH', `${VIRTUAL_SERVICES}/myapp`, {
      body: '{"metadata":{"labels":{"team":"blue"}}}',
      contentType: 'application/merge-patch+json',
    });
    expect(tables.map(({ rows }) => rows.length)).toEqual([1, 1]);
    expect(tables.map(({ columnDefinitions }) => columnDefinitions?.length ?? null)).toEqual([4, null]);
  });
});

describe('metadata alone', () => {
  const METADATA = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

  it('is a list of what is known of any object', () => {
    const { body } = read(createApi().request('GET', VIRTUAL_SERVICES, { accept: METADATA }));
    expect(body).toEqual({
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: expect.any(String) },
      items: [
        {
          kind: 'PartialObjectMetadata',
          apiVersion: 'meta.k8s.io/v1',
          metadata: expect.objectContaining({ name: 'myapp' }),
        },
      ],
    });
  });
});
