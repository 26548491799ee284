import { describe, expect } from 'vitest';
import { type Api, accepted, type Thing } from './api.ts';
import { eventually, failure, it, LONG_PATIENCE, refusal } from './contract.ts';
import { aConfigMap, aVirtualService } from './objects.ts';
import { pathsIn } from './paths.ts';

const isThere = async (api: Api, path: string) => (await api.get(path)).code === 200;

/** A ConfigMap that belongs to `owner`. */
function owned(name: string, owner: Thing, more: object = {}) {
  const { apiVersion, kind, metadata } = owner;
  const reference = { apiVersion, kind, name: metadata.name, uid: metadata.uid, ...more };
  return { ...aConfigMap(name), metadata: { name, ownerReferences: [reference] } };
}

describe.concurrent('deleting', () => {
  it('answers what was deleted, and then it is gone', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    const { metadata } = accepted(await api.post(configMaps, aConfigMap('a')));
    const success = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };
    expect(refusal(await api.delete(`${configMaps}/a`))).toEqual({
      code: 200,
      body: { ...success, details: { name: 'a', kind: 'configmaps', uid: metadata.uid } },
    });
    expect(refusal(await api.delete(`${configMaps}/a`))).toEqual(
      failure(404, 'NotFound', 'configmaps "a" not found', { name: 'a', kind: 'configmaps' }),
    );
  });

  it('on trial keeps the object', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    await api.post(configMaps, aConfigMap('a'));
    const { code, body } = await api.delete(`${configMaps}/a`, { dryRun: 'All' });
    expect([code, body.status]).toEqual([200, 'Success']);
    expect(await isThere(api, `${configMaps}/a`)).toBe(true);
  });

  it('of the object that was meant is done', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    const { metadata } = accepted(await api.post(configMaps, aConfigMap('a')));
    const { uid, resourceVersion } = metadata;
    const { code } = await api.delete(`${configMaps}/a`, {}, { preconditions: { uid, resourceVersion } });
    expect(code).toBe(200);
  });

  it('of another object of that name is refused', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    const { metadata } = accepted(await api.post(configMaps, aConfigMap('a')));
    const message =
      'Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (another) does not match the ' +
      `UID in record (${metadata.uid}). The object might have been deleted and then recreated`;
    expect(refusal(await api.delete(`${configMaps}/a`, {}, { preconditions: { uid: 'another' } }))).toEqual(
      failure(409, 'Conflict', message, { name: 'a', kind: 'ConfigMap' }),
    );
  });

  it('of another revision is refused', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    const { metadata } = accepted(await api.post(configMaps, aConfigMap('a')));
    const message =
      'Operation cannot be fulfilled on ConfigMap "a": the ResourceVersion in the precondition (1) does not match ' +
      `the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`;
    const preconditions = { resourceVersion: '1' };
    expect(refusal(await api.delete(`${configMaps}/a`, {}, { preconditions }))).toEqual(
      failure(409, 'Conflict', message, { name: 'a', kind: 'ConfigMap' }),
    );
  });

  it('in a way that is none is refused', async ({ api, namespace }) => {
    const message =
      'Unsupported value: "Nope": supported values: "Foreground", "Background", "Orphan", "nil"';
    const answer = await api.delete(`${pathsIn(namespace).configMaps}/a`, { propagationPolicy: 'Nope' });
    expect(refusal(answer)).toEqual(
      failure(422, 'Invalid', `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: ${message}`, {
        group: 'meta.k8s.io',
        kind: 'DeleteOptions',
        causes: [{ reason: 'FieldValueNotSupported', message, field: 'propagationPolicy' }],
      }),
    );
  });

  it('of a collection takes what is selected', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    for (const [name, colour] of Object.entries({ a: 'blue', b: 'green', c: 'blue' }))
      await api.post(configMaps, aConfigMap(name, { colour }));
    const { code, body } = await api.delete(configMaps, { labelSelector: 'colour=blue' });
    expect([code, body.kind]).toEqual([200, 'ConfigMapList']);
    const left = (await api.get(configMaps, { labelSelector: 'colour' })).body;
    expect(left.items.map(({ metadata }) => metadata.name)).toEqual(['b']);
  });

  it('waits for the finalizers of an object', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    const finalizers = ['example.com/wait'];
    await api.post(configMaps, { ...aConfigMap('a'), metadata: { name: 'a', finalizers } });
    const { body } = await api.delete(`${configMaps}/a`);
    expect(body).toMatchObject({
      kind: 'ConfigMap',
      metadata: { finalizers, deletionTimestamp: expect.stringMatching(/Z$/), deletionGracePeriodSeconds: 0 },
    });
    expect(await isThere(api, `${configMaps}/a`)).toBe(true);
    await api.patch(`${configMaps}/a`, 'merge', { metadata: { finalizers: null } });
    expect(await isThere(api, `${configMaps}/a`)).toBe(false);
  });
});

describe.concurrent('what belongs to a deleted object', () => {
  it('goes with it', async ({ api, namespace }) => {
    const { virtualServices, configMaps } = pathsIn(namespace);
    const owner = accepted(await api.post(virtualServices, aVirtualService('owner')));
    await api.post(configMaps, owned('a', owner));
    await api.delete(`${virtualServices}/owner`);
    await eventually(async () => expect(await isThere(api, `${configMaps}/a`)).toBe(false));
  });

  it('goes before it when the owner waits', async ({ api, namespace }) => {
    const { virtualServices, configMaps } = pathsIn(namespace);
    const owner = accepted(await api.post(virtualServices, aVirtualService('owner')));
    const finalizers = ['example.com/wait'];
    const blocking = owned('a', owner, { blockOwnerDeletion: true });
    await api.post(configMaps, { ...blocking, metadata: { ...blocking.metadata, finalizers } });
    const { body } = await api.delete(`${virtualServices}/owner`, { propagationPolicy: 'Foreground' });
    expect(body.metadata).toMatchObject({
      finalizers: ['foregroundDeletion'],
      deletionTimestamp: expect.any(String),
      generation: 2,
    });
    await eventually(async () =>
      expect((await api.get(`${configMaps}/a`)).body.metadata.deletionTimestamp).toBeDefined(),
    );
    expect(await isThere(api, `${virtualServices}/owner`)).toBe(true);
    await api.patch(`${configMaps}/a`, 'merge', { metadata: { finalizers: null } });
    await eventually(async () => expect(await isThere(api, `${virtualServices}/owner`)).toBe(false));
  });

  it('stays, without an owner, when it is to be an orphan', async ({ api, namespace }) => {
    const { virtualServices, configMaps } = pathsIn(namespace);
    const owner = accepted(await api.post(virtualServices, aVirtualService('owner')));
    await api.post(configMaps, owned('a', owner));
    await api.delete(`${virtualServices}/owner`, { propagationPolicy: 'Orphan' });
    await eventually(async () => expect(await isThere(api, `${virtualServices}/owner`)).toBe(false));
    const { metadata } = accepted(await api.get(`${configMaps}/a`));
    expect(metadata.ownerReferences).toBeUndefined();
  });

  it('of a namespace goes with the namespace', async ({ api }) => {
    const { metadata } = accepted(
      await api.post('/api/v1/namespaces', { metadata: { generateName: 'weighbridge-contract-' } }),
    );
    const { configMaps } = pathsIn(metadata.name);
    await api.post(configMaps, aConfigMap('a'));
    const { body } = await api.delete(`/api/v1/namespaces/${metadata.name}`);
    expect(body).toMatchObject({ kind: 'Namespace', status: { phase: 'Terminating' } });
    const untilGone = (path: string) =>
      eventually(async () => expect(await isThere(api, path)).toBe(false), LONG_PATIENCE);
    await untilGone(`${configMaps}/a`);
    await untilGone(`/api/v1/namespaces/${metadata.name}`);
  }, 120_000);
});
