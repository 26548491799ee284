import { describe, expect } from 'vitest';
import { type Api, accepted } from './api.ts';
import { failure, it, refusal } from './contract.ts';
import { aDeployment, aVirtualService } from './objects.ts';
import { pathsIn } from './paths.ts';

/** The path of a Deployment that its controller does not touch, and the Deployment. */
async function createPaused(api: Api, namespace: string) {
  const { deployments } = pathsIn(namespace);
  const created = accepted(await api.post(deployments, aDeployment('web', { paused: true, replicas: 0 })));
  return { path: `${deployments}/web`, created };
}

describe.concurrent('the scale of a Deployment', () => {
  it('says how many are wanted, how many there are, and which', async ({ api, namespace }) => {
    const { path, created } = await createPaused(api, namespace);
    const { name, uid, creationTimestamp } = created.metadata;
    expect((await api.get(`${path}/scale`)).body).toEqual({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name, namespace, uid, creationTimestamp, resourceVersion: expect.stringMatching(/^\d+$/) },
      spec: {},
      status: { replicas: 0, selector: 'app=web' },
    });
  });

  it('is patched, and counts a generation of the Deployment', async ({ api, namespace }) => {
    const { path } = await createPaused(api, namespace);
    const { code, body } = await api.patch(`${path}/scale`, 'merge', { spec: { replicas: 2 } });
    expect([code, body.kind, body.spec]).toEqual([200, 'Scale', { replicas: 2 }]);
    const { spec, metadata } = accepted(await api.get(path));
    expect([spec.replicas, metadata.generation]).toEqual([2, 2]);
  });

  it('is put', async ({ api, namespace }) => {
    const { path } = await createPaused(api, namespace);
    const wanted = {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'web', namespace },
      spec: { replicas: 3 },
    };
    expect(accepted(await api.put(`${path}/scale`, wanted)).spec).toEqual({ replicas: 3 });
    expect(accepted(await api.get(path)).spec.replicas).toBe(3);
  });

  it('is not put where somebody else wrote since', async ({ api, namespace }) => {
    const { path } = await createPaused(api, namespace);
    const stale = {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'web', namespace, resourceVersion: '1' },
      spec: { replicas: 3 },
    };
    const message =
      'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your ' +
      'changes to the latest version and try again';
    expect(refusal(await api.put(`${path}/scale`, stale))).toEqual(
      failure(409, 'Conflict', message, { name: 'web', group: 'apps', kind: 'deployments' }),
    );
  });

  it('is never below nothing', async ({ api, namespace }) => {
    const { path } = await createPaused(api, namespace);
    const message = 'Invalid value: -2: must be greater than or equal to 0';
    expect(refusal(await api.patch(`${path}/scale`, 'merge', { spec: { replicas: -2 } }))).toEqual(
      failure(422, 'Invalid', `Scale.autoscaling "web" is invalid: spec.replicas: ${message}`, {
        name: 'web',
        group: 'autoscaling',
        kind: 'Scale',
        causes: [{ reason: 'FieldValueInvalid', message, field: 'spec.replicas' }],
      }),
    );
  });

  it('of one that is not there is not found', async ({ api, namespace }) => {
    expect(refusal(await api.get(`${pathsIn(namespace).deployments}/nope/scale`))).toEqual(
      failure(404, 'NotFound', 'deployments.apps "nope" not found', {
        name: 'nope',
        group: 'apps',
        kind: 'deployments',
      }),
    );
  });

  it('is nothing that a VirtualService has', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    await api.post(virtualServices, aVirtualService('a'));
    expect((await api.get(`${virtualServices}/a/scale`)).code).toBe(404);
  });
});

describe.concurrent('the status', () => {
  it('is written through its own path alone, and counts no generation', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const before = accepted(await api.post(virtualServices, aVirtualService('a')));
    const body = { status: { observedGeneration: 3 }, spec: { hosts: ['other'] } };
    const after = accepted(await api.patch(`${virtualServices}/a/status`, 'merge', body));
    expect([after.status, after.spec, after.metadata.generation]).toEqual([
      { observedGeneration: 3 },
      before.spec,
      1,
    ]);
  });

  it('stays as it is when the object is written', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    await api.post(virtualServices, aVirtualService('a'));
    const status = { observedGeneration: 3 };
    const before = accepted(await api.patch(`${virtualServices}/a/status`, 'merge', { status }));
    const wanted = {
      ...before,
      spec: aVirtualService('a', [10, 90]).spec,
      status: { observedGeneration: 9 },
    };
    const after = accepted(await api.put(`${virtualServices}/a`, wanted));
    expect([after.status, after.spec]).toEqual([status, wanted.spec]);
  });

  it('is dropped from an object that is created', async ({ api, namespace }) => {
    const object = { ...aVirtualService('a'), status: { observedGeneration: 3 } };
    const created = accepted(await api.post(pathsIn(namespace).virtualServices, object));
    expect(created.status).toBeUndefined();
  });

  it('of a Deployment is read through its path', async ({ api, namespace }) => {
    const { path } = await createPaused(api, namespace);
    const { code, body } = await api.get(`${path}/status`);
    expect([code, body.kind, body.metadata.name]).toEqual([200, 'Deployment', 'web']);
  });
});
