import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import type { Collection } from '../../src/kube/cluster-api.ts';
import { readDeployment } from '../../src/kube/deployment.ts';
import { readPod } from '../../src/kube/pod.ts';
import { connectTo, type DemoClient, manifestsFolder } from '../support/demo-session.ts';

const HAS_KUBECTL = spawnSync('kubectl', ['version', '--client']).status === 0;

const PODS: Collection = { group: '', version: 'v1', plural: 'pods', namespace: 'default' };
const DEPLOYMENTS: Collection = {
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  namespace: 'default',
};

type Beside = {
  readonly demo: DemoCluster;
  readonly client: DemoClient;
  readonly kubectl: (...args: readonly string[]) => Promise<string>;
};

/** A demo cluster with kubectl beside our client; all of it ends with the test. */
async function beside(scenario = 'healthy'): Promise<Beside> {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const demo = await startDemoCluster({ manifestsFolder, scenario });
  onTestFinished(() => demo.stop());
  const client = await connectTo(demo);
  onTestFinished(client.close);
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, demo.kubeconfig);
  const kubectl = async (...args: readonly string[]) => {
    const { stdout } = await promisify(execFile)('kubectl', ['--kubeconfig', kubeconfig, ...args]);
    return stdout;
  };
  return { demo, client, kubectl };
}

/** NAME, READY, STATUS and RESTARTS as our reading says them. */
async function ourRows({ client }: Beside): Promise<readonly string[]> {
  const list = await client.api.list(PODS, AbortSignal.timeout(10_000));
  if (!list.ok) throw new Error(list.error.headline);
  return list.value.items
    .map(readPod)
    .map(
      ({ name, readyContainers, containers, status, restarts }) =>
        `${name} ${readyContainers}/${containers} ${status} ${restarts}`,
    )
    .toSorted();
}

async function kubectlRows({ kubectl }: Beside): Promise<readonly string[]> {
  const text = await kubectl('get', 'pods', '--no-headers');
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.split(/\s+/).slice(0, 4).join(' '))
    .toSorted();
}

/** Waits until kubectl shows a pod of that STATUS, and both say the same. The second reading tells that nothing moved between. */
async function sameWords(place: Beside, status: string): Promise<void> {
  await expect
    .poll(
      async () => {
        const before = await kubectlRows(place);
        const ours = await ourRows(place);
        const after = await kubectlRows(place);
        if (before.join('\n') !== after.join('\n')) return 'still moving';
        if (!after.some(row => row.includes(` ${status} `))) return after;
        return { ours, isKubectls: ours.join('\n') === after.join('\n') };
      },
      { timeout: 25_000, interval: 100 },
    )
    .toMatchObject({ isKubectls: true });
}

describe.skipIf(!HAS_KUBECTL)('what kubectl get pods prints', () => {
  test.each([
    ['healthy', 'Running'],
    ['v2-crashlooping', 'CrashLoopBackOff'],
    ['v2-image-pull', 'ImagePullBackOff'],
  ])('is what we say of pods in the scenario %s', async (scenario, status) => {
    await sameWords(await beside(scenario), status);
  });

  test('is what we say of a pod that is going', async () => {
    const place = await beside();
    await sameWords(place, 'Running');
    const pod = (await place.kubectl('get', 'pods', '-l', 'version=v2', '-o', 'name')).trim();
    // Held by a finalizer: however slow kubectl is, the pod is still going when it looks.
    await place.kubectl('patch', pod, '-p', '{"metadata":{"finalizers":["weighbridge.test/looked-at"]}}');
    await place.kubectl('delete', pod, '--wait=false');
    await sameWords(place, 'Terminating');
  });
});

describe.skipIf(!HAS_KUBECTL)('what kubectl rollout status prints', () => {
  const ROLLOUT = /^Waiting for deployment "myapp-v2" rollout to finish: (.*)\.\.\.$/;

  async function words(place: Beside): Promise<{ readonly ours: string; readonly kubectls: string }> {
    const says = () => place.kubectl('rollout', 'status', 'deployment/myapp-v2', '--watch=false');
    const before = await says();
    const read = await place.client.api.get(DEPLOYMENTS, 'myapp-v2', AbortSignal.timeout(10_000));
    if (!read.ok) throw new Error(read.error.headline);
    const { rollout } = readDeployment(read.value);
    const after = await says();
    if (before !== after) return words(place);
    const ours = rollout.kind === 'complete' ? 'complete' : rollout.words;
    const kubectls = ROLLOUT.exec(after.trim())?.[1] ?? 'complete';
    return { ours, kubectls };
  }

  test('is what we say of a rollout that waits for its pods, and of one that is done', async () => {
    const place = await beside('slow-rollout');
    await expect
      .poll(() => words(place), { timeout: 25_000 })
      .toEqual({
        ours: '0 of 3 updated replicas are available',
        kubectls: '0 of 3 updated replicas are available',
      });
    const healthy = await beside();
    await expect
      .poll(() => words(healthy), { timeout: 25_000 })
      .toEqual({ ours: 'complete', kubectls: 'complete' });
  });

  test('is what we say while old replicas are replaced', async () => {
    const place = await beside();
    await sameWords(place, 'Running');
    place.demo.failPods('app=myapp', 'unready');
    await place.kubectl('set', 'image', 'deployment/myapp-v2', 'myapp=janakiramm/myapp:v1');
    await expect
      .poll(() => words(place), { timeout: 25_000 })
      .toEqual({
        ours: '1 old replicas are pending termination',
        kubectls: '1 old replicas are pending termination',
      });
  });
});
