import { describe, expect } from 'vitest';
import { type Api, accepted, type Query, type Thing } from './api.ts';
import { failure, it, refusal } from './contract.ts';
import { aConfigMap, aDeployment, aVirtualService } from './objects.ts';
import { pathsIn } from './paths.ts';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };

/** Who owns what, and by which kind of write. */
const owners = ({ metadata }: Thing) =>
  metadata.managedFields?.map(({ manager, operation, fieldsV1 }) => [manager, operation, fieldsV1]);

function applyTo(api: Api, path: string) {
  return (fieldManager: string, body: object, more: Query = {}) =>
    api.patch(path, 'apply', body, { fieldManager, ...more });
}

/** Applies the weights of one VirtualService. */
function applyWeights(api: Api, namespace: string) {
  const apply = applyTo(api, `${pathsIn(namespace).virtualServices}/a`);
  return (manager: string, weights: readonly number[], more: Query = {}) =>
    apply(manager, aVirtualService('a', weights), more);
}

/** Applies the data of one ConfigMap. */
function applyData(api: Api, namespace: string) {
  const apply = applyTo(api, `${pathsIn(namespace).configMaps}/a`);
  return (manager: string, data: Record<string, string>, more: Query = {}) =>
    apply(manager, { ...CONFIG_MAP, metadata: { name: 'a' }, data }, more);
}

const conflictWith = (manager: string, field: string, count = 1) =>
  failure(409, 'Conflict', `Apply failed with ${count} conflict: conflict with "${manager}": ${field}`, {
    causes: [{ reason: 'FieldManagerConflict', message: `conflict with "${manager}"`, field }],
  });

describe.concurrent('server-side apply', () => {
  it('creates what is not there, and owns what it wrote', async ({ api, namespace }) => {
    const { code, body } = await applyWeights(api, namespace)('one', [50, 50]);
    expect([code, body.spec, body.metadata.generation]).toEqual([201, aVirtualService('a').spec, 1]);
    expect(body.metadata.managedFields).toEqual([
      {
        manager: 'one',
        operation: 'Apply',
        apiVersion: 'networking.istio.io/v1',
        time: expect.stringMatching(/Z$/),
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { 'f:hosts': {}, 'f:http': {} } },
      },
    ]);
  });

  it('of the same once more changes nothing', async ({ api, namespace }) => {
    const apply = applyWeights(api, namespace);
    const created = accepted(await apply('one', [50, 50]));
    const { code, body } = await apply('one', [50, 50]);
    expect([code, body]).toEqual([200, created]);
  });

  it('of new weights by their owner goes through', async ({ api, namespace }) => {
    const apply = applyWeights(api, namespace);
    await apply('one', [50, 50]);
    const { spec, metadata } = accepted(await apply('one', [60, 40]));
    expect([spec, metadata.generation]).toEqual([aVirtualService('a', [60, 40]).spec, 2]);
  });

  it('of weights that another set is a conflict, and names the other', async ({ api, namespace }) => {
    const apply = applyWeights(api, namespace);
    await apply('one', [50, 50]);
    expect(refusal(await apply('two', [60, 40]))).toEqual(conflictWith('one', '.spec.http'));
    expect((await api.get(`${pathsIn(namespace).virtualServices}/a`)).body.spec).toEqual(
      aVirtualService('a').spec,
    );
  });

  it('of the same value shares it', async ({ api, namespace }) => {
    const apply = applyWeights(api, namespace);
    await apply('one', [50, 50]);
    const shared = accepted(await apply('two', [50, 50]));
    const both = { 'f:spec': { 'f:hosts': {}, 'f:http': {} } };
    expect(owners(shared)?.toSorted()).toEqual([
      ['one', 'Apply', both],
      ['two', 'Apply', both],
    ]);
    expect(refusal(await apply('one', [60, 40]))).toEqual(conflictWith('two', '.spec.http'));
  });

  it('by force takes the field from the other', async ({ api, namespace }) => {
    const apply = applyWeights(api, namespace);
    await apply('one', [50, 50]);
    const forced = accepted(await apply('two', [60, 40], { force: true }));
    expect(forced.spec).toEqual(aVirtualService('a', [60, 40]).spec);
    expect(owners(forced)?.toSorted()).toEqual([
      ['one', 'Apply', { 'f:spec': { 'f:hosts': {} } }],
      ['two', 'Apply', { 'f:spec': { 'f:hosts': {}, 'f:http': {} } }],
    ]);
  });

  it('after a patch by another says which version that other used', async ({ api, namespace }) => {
    const apply = applyWeights(api, namespace);
    await apply('one', [50, 50]);
    const path = `${pathsIn(namespace).virtualServices}/a`;
    const operations = [{ op: 'add', path: '/spec/http/0/route/0/weight', value: 60 }];
    await api.patch(path, 'json', operations, { fieldManager: 'patcher' });
    const message = 'conflict with "patcher" using networking.istio.io/v1';
    expect(refusal(await apply('one', [50, 50]))).toEqual(
      failure(409, 'Conflict', `Apply failed with 1 conflict: ${message}: .spec.http`, {
        causes: [{ reason: 'FieldManagerConflict', message, field: '.spec.http' }],
      }),
    );
  });

  it('of maps is a matter of each key', async ({ api, namespace }) => {
    const apply = applyData(api, namespace);
    await apply('one', { a: '1', b: '2' });
    const { data } = accepted(await apply('two', { c: '3' }));
    expect(data).toEqual({ a: '1', b: '2', c: '3' });
    expect(refusal(await apply('two', { a: '9', c: '3' }))).toEqual(conflictWith('one', '.data.a'));
  });

  it('names every field of a conflict', async ({ api, namespace }) => {
    const apply = applyData(api, namespace);
    await apply('one', { a: '1', b: '2' });
    const cause = { reason: 'FieldManagerConflict', message: 'conflict with "one"' };
    expect(refusal(await apply('two', { a: '8', b: '9' }))).toEqual(
      failure(409, 'Conflict', 'Apply failed with 2 conflicts: conflicts with "one":\n- .data.a\n- .data.b', {
        causes: [
          { ...cause, field: '.data.a' },
          { ...cause, field: '.data.b' },
        ],
      }),
    );
  });

  it('removes what its owner no longer names', async ({ api, namespace }) => {
    const apply = applyData(api, namespace);
    await apply('one', { a: '1', b: '2' });
    await apply('two', { b: '2', c: '3' });
    const { data } = accepted(await apply('one', { a: '1' }));
    expect(data).toEqual({ a: '1', b: '2', c: '3' });
    const after = accepted(await apply('two', { c: '3' }));
    expect(after.data).toEqual({ a: '1', c: '3' });
  });

  it('takes nothing from a client that only writes', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    await api.post(configMaps, aConfigMap('a'));
    const applied = accepted(await applyData(api, namespace)('one', { size: '1' }));
    expect(applied.data).toEqual({ colour: 'blue', size: '1' });
    expect(
      owners(applied)
        ?.map(owner => owner.slice(0, 2))
        .toSorted(),
    ).toEqual([
      ['contract', 'Update'],
      ['one', 'Apply'],
    ]);
  });

  it('of a Deployment owns containers by their names', async ({ api, namespace }) => {
    const { deployments } = pathsIn(namespace);
    const apply = applyTo(api, `${deployments}/web`);
    await apply('one', aDeployment('web', { replicas: 0, paused: true }));
    const image = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { template: { spec: { containers: [{ name: 'myapp', image: 'other:1' }] } } },
    };
    expect(refusal(await apply('two', image))).toEqual(
      conflictWith('one', '.spec.template.spec.containers[name="myapp"].image'),
    );
    const forced = accepted(await apply('two', image, { force: true }));
    expect(owners(forced)?.find(([manager]) => manager === 'two')).toEqual([
      'two',
      'Apply',
      {
        'f:spec': {
          'f:template': {
            'f:spec': { 'f:containers': { 'k:{"name":"myapp"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
          },
        },
      },
    ]);
  });

  it('reads YAML', async ({ api, namespace }) => {
    const path = `${pathsIn(namespace).configMaps}/a`;
    const { code, body } = await api.send('PATCH', path, {
      query: { fieldManager: 'one' },
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata: {a: "1"}\n',
    });
    expect([code, body.data]).toEqual([201, { a: '1' }]);
  });

  it('on trial answers as always and keeps nothing', async ({ api, namespace }) => {
    const { code, body } = await applyData(api, namespace)('one', { a: '1' }, { dryRun: 'All' });
    expect([code, body.data]).toEqual([201, { a: '1' }]);
    expect((await api.get(`${pathsIn(namespace).configMaps}/a`)).code).toBe(404);
  });
});

describe.concurrent('server-side apply is refused', () => {
  it('without a manager', async ({ api, namespace }) => {
    const message = 'Required value: is required for apply patch';
    const answer = await api.patch(`${pathsIn(namespace).virtualServices}/a`, 'apply', aVirtualService('a'));
    expect(refusal(answer)).toEqual(
      failure(422, 'Invalid', `PatchOptions.meta.k8s.io "" is invalid: fieldManager: ${message}`, {
        group: 'meta.k8s.io',
        kind: 'PatchOptions',
        causes: [{ reason: 'FieldValueRequired', message, field: 'fieldManager' }],
      }),
    );
  });

  it('under another name than that of the path', async ({ api, namespace }) => {
    const apply = applyTo(api, `${pathsIn(namespace).virtualServices}/a`);
    expect(refusal(await apply('one', aVirtualService('b')))).toEqual(
      failure(400, 'BadRequest', 'the name of the object (b) does not match the name on the URL (a)'),
    );
  });

  it('with ownership written by hand', async ({ api, namespace }) => {
    const apply = applyWeights(api, namespace);
    await apply('one', [50, 50]);
    const object = { ...aVirtualService('a'), metadata: { name: 'a', managedFields: [{ manager: 'x' }] } };
    const answer = await applyTo(api, `${pathsIn(namespace).virtualServices}/a`)('one', object);
    expect(refusal(answer)).toEqual(failure(400, 'BadRequest', 'metadata.managedFields must be nil'));
  });
});
