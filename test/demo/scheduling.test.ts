import { describe, expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { clientsOf, it } from './cluster.ts';

type Demo = Parameters<typeof clientsOf>[0];

function deployment(name: string, requests: Record<string, string>) {
  const labels = { app: name };
  const containers = [{ name: 'pause', image: 'registry.k8s.io/pause:3.10', resources: { requests } }];
  const template = { metadata: { labels }, spec: { containers } };
  const body = { metadata: { name }, spec: { replicas: 1, selector: { matchLabels: labels }, template } };
  return { namespace: 'default', body };
}

async function podOf(demo: Demo, name: string) {
  const { core } = clientsOf(demo);
  const { items } = await core.listNamespacedPod({ namespace: 'default', labelSelector: `app=${name}` });
  return items[0];
}

const scheduled = async (demo: Demo, name: string) =>
  (await podOf(demo, name))?.status?.conditions?.find(({ type }) => type === 'PodScheduled');

describe.concurrent('a pod', () => {
  it('that asks for more than the node has stays Pending, and says of what', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'empty' });
    await clientsOf(demo).apps.createNamespacedDeployment(deployment('huge', { memory: '16Gi', cpu: '8' }));
    await eventually(async () =>
      expect(await scheduled(demo, 'huge')).toMatchObject({
        status: 'False',
        reason: 'Unschedulable',
        message:
          '0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
      }),
    );
    const pod = await podOf(demo, 'huge');
    expect([pod?.status?.phase, pod?.spec?.nodeName]).toEqual(['Pending', undefined]);
    await eventually(async () => {
      const { items } = await clientsOf(demo).core.listNamespacedEvent({ namespace: 'default' });
      expect(items.filter(({ reason }) => reason === 'FailedScheduling')).toHaveLength(1);
    });
  });

  it('gets the room that another leaves', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'empty' });
    const { apps } = clientsOf(demo);
    await apps.createNamespacedDeployment(deployment('first', { memory: '5Gi' }));
    await eventually(async () => expect((await podOf(demo, 'first'))?.status?.phase).toBe('Running'));
    await apps.createNamespacedDeployment(deployment('second', { memory: '5Gi' }));
    await eventually(async () =>
      expect((await scheduled(demo, 'second'))?.message).toMatch(
        /1 Insufficient memory\. .*No preemption victims found for incoming pod\.$/,
      ),
    );
    await apps.deleteNamespacedDeployment({ namespace: 'default', name: 'first' });
    await eventually(async () => expect((await podOf(demo, 'second'))?.status?.phase).toBe('Running'));
  });
});
