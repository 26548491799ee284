import { describe, expect } from 'vitest';
import { type Api, accepted, type Query, type Thing } from './api.ts';
import { it } from './contract.ts';
import { aConfigMap, aDeployment, aService, aVirtualService } from './objects.ts';
import { pathsIn } from './paths.ts';

type Table = Thing & {
  readonly columnDefinitions: readonly { name: string; type: string; priority: number; format: string }[];
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: Thing }[];
};

const AS_TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

async function tableOf(api: Api, path: string, query: Query = {}): Promise<Table> {
  return accepted(await api.get(path, query, AS_TABLE)) as Table;
}

/** Names of the columns; those for `-o wide` in brackets. */
const columns = (table: Table) =>
  table.columnDefinitions.map(({ name, priority }) => (priority === 0 ? name : `(${name})`)).join(' ');

const AGE = expect.stringMatching(/^\d+s$/);

describe.concurrent('a table', () => {
  it('holds the columns that kubectl prints, and metadata of each row', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const { metadata } = accepted(await api.post(virtualServices, aVirtualService('a')));
    const table = await tableOf(api, virtualServices);
    expect(table).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
    });
    expect(table.columnDefinitions.map(({ name, type, format }) => [name, type, format])).toEqual([
      ['Name', 'string', 'name'],
      ['Gateways', 'string', ''],
      ['Hosts', 'string', ''],
      ['Age', 'date', ''],
    ]);
    expect(table.rows).toEqual([
      {
        cells: ['a', null, '["myapp.example.com"]', AGE],
        object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata },
      },
    ]);
  });

  it('of one object has one row', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    await api.post(configMaps, aConfigMap('a'));
    const { rows } = await tableOf(api, `${configMaps}/a`);
    expect(rows.map(({ cells }) => cells)).toEqual([['a', 1, AGE]]);
  });

  it('holds whole objects, or none, when that is asked for', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const created = accepted(await api.post(virtualServices, aVirtualService('a')));
    const whole = await tableOf(api, virtualServices, { includeObject: 'Object' });
    const bare = await tableOf(api, virtualServices, { includeObject: 'None' });
    expect(whole.rows.map(({ object }) => object)).toEqual([created]);
    expect(bare.rows.map(({ object }) => object ?? null)).toEqual([null]);
  });

  it('comes in pages as a list does', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    for (const name of ['a', 'b']) await api.post(virtualServices, aVirtualService(name));
    const first = await tableOf(api, virtualServices, { limit: 1 });
    const second = await tableOf(api, virtualServices, { limit: 1, continue: first.metadata.continue });
    expect([first, second].map(({ rows }) => rows.map(({ cells }) => cells[0]))).toEqual([['a'], ['b']]);
    expect(first.metadata.remainingItemCount).toBe(1);
  });

  it.for([
    ['configMaps', 'Name Data Age'],
    ['pods', 'Name Ready Status Restarts Age (IP) (Node) (Nominated Node) (Readiness Gates)'],
    ['services', 'Name Type Cluster-IP External-IP Port(s) Age (Selector)'],
    ['events', 'Last Seen Type Reason Object (Subobject) (Source) Message (First Seen) (Count) (Name)'],
    ['deployments', 'Name Ready Up-to-date Available Age (Containers) (Images) (Selector)'],
    ['replicaSets', 'Name Desired Current Ready Age (Containers) (Images) (Selector)'],
    ['endpointSlices', 'Name AddressType Ports Endpoints Age'],
    ['destinationRules', 'Name Host Age'],
    ['virtualServicesV1beta1', 'Name Gateways Hosts Age'],
  ] as const)('of %s has their columns', async ([kind, expected], { api, namespace }) => {
    expect(columns(await tableOf(api, pathsIn(namespace)[kind]))).toBe(expected);
  });

  it('of nodes and of namespaces has their columns', async ({ api, namespace }) => {
    expect(columns(await tableOf(api, '/api/v1/nodes'))).toBe(
      'Name Status Roles Age Version (Internal-IP) (External-IP) (OS-Image) (Kernel-Version) (Container-Runtime)',
    );
    const table = await tableOf(api, `/api/v1/namespaces/${namespace}`);
    expect([columns(table), table.rows.map(({ cells }) => cells)]).toEqual([
      'Name Status Age',
      [[namespace, 'Active', AGE]],
    ]);
  });

  it('of a Service shows its ports, and of a Deployment how far it is', async ({ api, namespace }) => {
    const { services, deployments } = pathsIn(namespace);
    await api.post(services, aService('web'));
    await api.post(deployments, aDeployment('web', { replicas: 0, paused: true }));
    const cellsOf = async (path: string) => (await tableOf(api, path)).rows.map(({ cells }) => cells);
    const address = expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/);
    expect(await cellsOf(services)).toEqual([
      ['web', 'ClusterIP', address, '<none>', '80/TCP', AGE, 'app=web'],
    ]);
    expect(await cellsOf(deployments)).toEqual([
      ['web', '0/0', 0, 0, AGE, 'myapp', 'janakiramm/myapp:v1', 'app=web'],
    ]);
  });

  it('is what a watch tells too, its columns once', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    await api.post(virtualServices, aVirtualService('a'));
    const watch = await api.watch(virtualServices, {}, AS_TABLE);
    await watch.first(1);
    await api.post(virtualServices, aVirtualService('b'));
    const events = await watch.first(2);
    watch.close();
    const tables = events.map(({ object }) => object as Table);
    expect(tables.map(({ kind, rows }) => [kind, rows.map(({ cells }) => cells[0])])).toEqual([
      ['Table', ['a']],
      ['Table', ['b']],
    ]);
    expect(tables.map(({ columnDefinitions }) => columnDefinitions?.length ?? 0)).toEqual([4, 0]);
  });
});

describe.concurrent('metadata alone', () => {
  const AS_METADATA = {
    accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json',
  };

  it('is answered to who asks for nothing else', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const { metadata } = accepted(await api.post(virtualServices, aVirtualService('a')));
    expect((await api.get(`${virtualServices}/a`, {}, AS_METADATA)).body).toEqual({
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
    });
  });
});
