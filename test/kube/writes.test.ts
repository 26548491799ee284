import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import type { ClusterApi, Collection } from '../../src/kube/cluster-api.ts';
import { isKubeObject, type KubeObject, readMetadata } from '../../src/kube/metadata.ts';
import { connectTo, type DemoClient, manifestsFolder } from '../support/demo-session.ts';

const services: Collection = { group: '', version: 'v1', plural: 'services', namespace: 'default' };
const never = new AbortController().signal;

const service = (name: string, port: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { selector: { app: 'shop' }, ports: [{ name: 'http', port: 80, targetPort: port }] },
});

let demo: DemoCluster;
let client: DemoClient;
let api: ClusterApi;

beforeAll(async () => {
  demo = await startDemoCluster({ manifestsFolder, scenario: 'v2-crashlooping' });
  client = await connectTo(demo);
  ({ api } = client);
});
afterAll(async () => {
  await client.close();
  await demo.stop();
});

async function read(name: string): Promise<KubeObject> {
  const got = await api.get(services, name, never);
  if (!got.ok) throw new Error(got.error.headline);
  return got.value;
}

describe('server-side apply', () => {
  it('makes an object where there is none, as our field manager', async () => {
    const applied = await api.apply(services, service('shop-0', 8080), never);
    expect(applied.ok).toBe(true);
    expect((await read('shop-0')).metadata.managedFields).toMatchObject([
      { manager: 'weighbridge', operation: 'Apply' },
    ]);
  });

  it('changes what we set ourselves', async () => {
    await api.apply(services, service('shop-1', 8080), never);
    expect((await api.apply(services, service('shop-1', 9090), never)).ok).toBe(true);
    expect(JSON.stringify((await read('shop-1')).spec)).toContain('"targetPort":9090');
  });

  it('is refused, and says by whom, where somebody else set it otherwise', async () => {
    await api.apply(services, service('shop-2', 9090), never);
    const path = '/spec/selector/app';
    const other = await api.patch(services, 'shop-2', [{ op: 'add', path, value: 'store' }], never);
    expect(other.ok).toBe(true);
    const refused = await api.apply(services, service('shop-2', 9090), never);
    expect(refused).toMatchObject({ ok: false, error: { kind: 'conflict' } });
    expect(refused.ok ? '' : refused.error.headline).toMatch(/^Can't apply Service shop-2: .*conflict/);
  });
});

describe('deleting', () => {
  it('takes away what was read', async () => {
    const applied = await api.apply(services, service('shop-3', 1), never);
    if (!applied.ok) throw new Error(applied.error.headline);
    expect(await api.delete(services, readMetadata(await read('shop-3')), never)).toEqual({
      ok: true,
      value: undefined,
    });
    expect(await api.get(services, 'shop-3', never)).toMatchObject({
      ok: false,
      error: { kind: 'not-found' },
    });
  });

  it('leaves alone what has changed since', async () => {
    const applied = await api.apply(services, service('shop-4', 1), never);
    if (!applied.ok) throw new Error(applied.error.headline);
    await api.apply(services, service('shop-4', 2), never);
    expect(await api.delete(services, readMetadata(applied.value), never)).toMatchObject({
      ok: false,
      error: { kind: 'conflict' },
    });
    expect(isKubeObject(await read('shop-4'))).toBe(true);
  });
});

describe("a container's log", () => {
  it('is read to its end', async () => {
    const pods = await api.list({ group: '', version: 'v1', plural: 'pods', namespace: 'default' }, never);
    const v1 = pods.ok
      ? pods.value.items.find(({ metadata }) => String(metadata.name).includes('v1'))
      : undefined;
    const name = String(v1?.metadata.name);
    const read = async () => {
      const log = await api.podLog('default', name, { container: 'myapp', previous: false }, never);
      return log.ok ? log.value : '';
    };
    await expect.poll(read, { timeout: 30_000 }).toContain('start worker processes');
  });

  it('of a pod that is not there is a failure with a sentence', async () => {
    const log = await api.podLog('default', 'nobody', { container: 'myapp', previous: true }, never);
    expect(log).toMatchObject({ ok: false, error: { kind: 'not-found' } });
  });
});
