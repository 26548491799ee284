import { describe, expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { CUSTOM_RESOURCE_PATHS, gateways, ISTIOD, type Posted } from '../support/stand-ins/istio-objects.ts';
import { it, requestApi } from './cluster.ts';

type Demo = Parameters<typeof requestApi>[0];

const post = (demo: Demo, { path, object }: Posted) =>
  requestApi(demo, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(object),
  });

async function groupsOf(demo: Demo): Promise<readonly string[]> {
  const { body } = await requestApi(demo, '/apis');
  return (body as { groups: readonly { name: string }[] }).groups.map(({ name }) => name);
}

describe.concurrent('a cluster without Istio', () => {
  it('serves none of its kinds, and has neither its namespace nor its pods', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'no-istio' });
    expect(await groupsOf(demo)).not.toContain('networking.istio.io');
    expect((await requestApi(demo, '/apis/networking.istio.io')).code).toBe(404);
    expect((await requestApi(demo, '/api/v1/namespaces/istio-system')).code).toBe(404);
    const { body } = await requestApi(demo, '/api/v1/pods');
    expect(body).toMatchObject({ items: [] });
  });

  it('serves a kind once it is defined, and no other of the group', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'no-istio' });
    const [definition] = ISTIOD.filter(({ object }) =>
      JSON.stringify(object).includes('"plural":"gateways"'),
    );
    if (!definition) throw new Error('no definition of Gateway');
    expect((await post(demo, definition)).code).toBe(201);
    await eventually(async () => expect(await groupsOf(demo)).toContain('networking.istio.io'));
    const { body } = await requestApi(demo, '/apis/networking.istio.io/v1');
    const { resources } = body as { resources: readonly { name: string }[] };
    expect(resources.map(({ name }) => name)).toEqual(['gateways', 'gateways/status']);
    expect((await requestApi(demo, '/apis/networking.istio.io/v1/gateways')).code).toBe(200);
    expect((await requestApi(demo, '/apis/networking.istio.io/v1/virtualservices')).code).toBe(404);
    const read = await requestApi(demo, `${definition.path}/gateways.networking.istio.io`);
    expect(read.body).toMatchObject({
      status: { conditions: [{ type: 'NamesAccepted' }, { type: 'Established', status: 'True' }] },
    });
  });

  it('defines no kind that it cannot serve, and says which it can', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'no-istio' });
    const [definition] = ISTIOD.filter(({ object }) =>
      JSON.stringify(object).includes('"plural":"destinationrules"'),
    );
    if (!definition) throw new Error('no definition');
    const object = JSON.parse(JSON.stringify(definition.object).replaceAll('destinationrules', 'sidecars'));
    const { code, body } = await post(demo, { ...definition, object });
    expect(code).toBe(422);
    expect(body).toMatchObject({ kind: 'Status', reason: 'Invalid' });
    expect((body as { message: string }).message).toContain(
      'Unsupported value: "sidecars.networking.istio.io": supported values: "destinationrules.networking.istio.io", "gateways',
    );
  });

  it('is one with Istio once that is installed: its pods run', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'no-istio' });
    for (const posted of ISTIOD)
      expect([posted.path, (await post(demo, posted)).code]).toEqual([posted.path, 201]);
    for (const posted of gateways('NodePort', undefined)) expect((await post(demo, posted)).code).toBe(201);
    await eventually(async () => {
      for (const path of CUSTOM_RESOURCE_PATHS) expect((await requestApi(demo, path)).code).toBe(200);
    });
    const { body } = await requestApi(demo, '/api/v1/namespaces/istio-system/services/istio-ingressgateway');
    expect(body).toMatchObject({ spec: { type: 'NodePort', ports: [{ nodePort: expect.any(Number) }] } });
    await eventually(async () => {
      const { body } = await requestApi(demo, '/api/v1/namespaces/istio-system/pods');
      const { items } = body as { items: readonly { status: { conditions: readonly object[] } }[] };
      expect(items).toHaveLength(3);
      for (const { status } of items)
        expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
    });
  });
});
