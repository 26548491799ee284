import { describe, expect } from 'vitest';
import { type Api, accepted } from './api.ts';
import { eventually, it } from './contract.ts';
import { aDeployment } from './objects.ts';
import { pathsIn } from './paths.ts';
import {
  conditionsOf,
  imageOf,
  isReady,
  podsIn,
  startWeb,
  untilReadyPods,
  untilRolledOut,
} from './workloads.ts';

const sortedReplicas = async (api: Api, namespace: string) =>
  accepted(await api.get(pathsIn(namespace).replicaSets))
    .items.map(({ spec }) => spec.replicas)
    .toSorted();

function setImage(api: Api, namespace: string, image: string) {
  const containers = [{ name: 'myapp', image }];
  const body = { spec: { template: { spec: { containers } } } };
  return api.patch(`${pathsIn(namespace).deployments}/web`, 'strategic', body);
}

describe.concurrent('a Deployment', () => {
  it('says when it is available and how its rollout ended', async ({ api, namespace }) => {
    const { deployment } = await startWeb(api, namespace);
    const set = accepted(await api.get(pathsIn(namespace).replicaSets)).items[0]?.metadata.name;
    expect(deployment.metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
    expect(deployment.status).toEqual({
      observedGeneration: 1,
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
      terminatingReplicas: 0,
      conditions: expect.anything(),
    });
    const condition = (type: string, reason: string, message: string) => {
      const time = expect.stringMatching(/Z$/);
      return { type, status: 'True', lastUpdateTime: time, lastTransitionTime: time, reason, message };
    };
    expect(conditionsOf(deployment)).toEqual([
      condition('Available', 'MinimumReplicasAvailable', 'Deployment has minimum availability.'),
      condition('Progressing', 'NewReplicaSetAvailable', `ReplicaSet "${set}" has successfully progressed.`),
    ]);
  });

  it('has a ReplicaSet that is named after the template, and owns the pods', async ({ api, namespace }) => {
    const { deployment, pod } = await startWeb(api, namespace);
    const [set] = accepted(await api.get(pathsIn(namespace).replicaSets)).items;
    const hash = set?.metadata.labels?.['pod-template-hash'];
    const owner = (kind: string, of: { name: string; uid: string } | undefined) => [
      {
        apiVersion: 'apps/v1',
        kind,
        name: of?.name,
        uid: of?.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ];
    expect(set?.metadata).toMatchObject({
      name: `web-${hash}`,
      labels: { app: 'web', 'pod-template-hash': hash },
      annotations: {
        'deployment.kubernetes.io/desired-replicas': '1',
        'deployment.kubernetes.io/max-replicas': '2',
        'deployment.kubernetes.io/revision': '1',
      },
      ownerReferences: owner('Deployment', deployment.metadata),
    });
    expect(set?.spec).toMatchObject({
      replicas: 1,
      selector: { matchLabels: { app: 'web', 'pod-template-hash': hash } },
    });
    expect(set?.status).toEqual({
      replicas: 1,
      fullyLabeledReplicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
      terminatingReplicas: 0,
      observedGeneration: 1,
    });
    expect(pod.metadata).toMatchObject({
      name: expect.stringMatching(new RegExp(`^web-${hash}-[a-z0-9]{5}$`)),
      generateName: `web-${hash}-`,
      labels: { app: 'web', 'pod-template-hash': hash },
      ownerReferences: owner('ReplicaSet', set?.metadata),
    });
    expect(hash).toMatch(/^[a-z0-9]+$/);
  });

  it('grows and shrinks', async ({ api, namespace }) => {
    await startWeb(api, namespace);
    const scale = (replicas: number) =>
      api.patch(`${pathsIn(namespace).deployments}/web/scale`, 'merge', { spec: { replicas } });
    await scale(3);
    await untilReadyPods(api, namespace, 3);
    await scale(0);
    await untilReadyPods(api, namespace, 0);
    const { status } = await untilRolledOut(api, namespace, 'web');
    expect(status.replicas).toBeUndefined();
    expect(await sortedReplicas(api, namespace)).toEqual([0]);
  });

  it('replaces a pod that is deleted', async ({ api, namespace }) => {
    const { pod } = await startWeb(api, namespace);
    const { body } = await api.delete(`${pathsIn(namespace).pods}/${pod.metadata.name}`);
    expect(body.metadata).toMatchObject({
      deletionTimestamp: expect.stringMatching(/Z$/),
      deletionGracePeriodSeconds: 1,
    });
    const [other] = await untilReadyPods(api, namespace, 1);
    expect(other?.metadata.name).not.toBe(pod.metadata.name);
  });

  it('rolls out a new template with a new ReplicaSet, and never without a ready pod', async ({
    api,
    namespace,
  }) => {
    const { pod } = await startWeb(api, namespace);
    const watch = await api.watch(pathsIn(namespace).pods, {});
    await setImage(api, namespace, 'janakiramm/myapp:v2');
    const { metadata } = await untilRolledOut(api, namespace, 'web');
    await eventually(() => expect(watch.events.some(({ type }) => type === 'DELETED')).toBe(true));
    watch.close();
    const [left] = await podsIn(api, namespace);
    expect(left && imageOf(left)).toBe('janakiramm/myapp:v2');
    expect(await sortedReplicas(api, namespace)).toEqual([0, 1]);
    expect(metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '2' });
    const ofOld = watch.events.findIndex(
      ({ object }) => object.metadata.uid === pod.metadata.uid && object.metadata.deletionTimestamp,
    );
    const newReady = watch.events.findIndex(
      ({ object }) => object.metadata.uid !== pod.metadata.uid && isReady(object),
    );
    expect(newReady).toBeLessThan(ofOld);
  });

  it('goes back to the ReplicaSet of a template that it had before', async ({ api, namespace }) => {
    await startWeb(api, namespace);
    for (const image of ['janakiramm/myapp:v2', 'janakiramm/myapp:v1']) {
      await setImage(api, namespace, image);
      await untilRolledOut(api, namespace, 'web');
    }
    const sets = accepted(await api.get(pathsIn(namespace).replicaSets)).items;
    const revisions = sets.map(({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision']);
    expect(revisions.toSorted()).toEqual(['2', '3']);
  });

  it('keeps the old pod while the new image cannot be pulled', async ({ api, namespace }) => {
    await startWeb(api, namespace);
    await setImage(api, namespace, 'janakiramm/myapp:nope');
    await eventually(async () => {
      const waiting = (await podsIn(api, namespace)).map(({ status }) => {
        const [container] = (status.containerStatuses ?? []) as { state: { waiting?: { reason: string } } }[];
        return container?.state.waiting?.reason ?? 'runs';
      });
      expect(waiting.toSorted()).toEqual([
        expect.stringMatching(/^(ErrImagePull|ImagePullBackOff)$/),
        'runs',
      ]);
    });
    const deployment = accepted(await api.get(`${pathsIn(namespace).deployments}/web`));
    expect(deployment.status).toMatchObject({
      replicas: 2,
      updatedReplicas: 1,
      availableReplicas: 1,
      unavailableReplicas: 1,
    });
  });

  it('says that it does not get on once its deadline has passed', async ({ api, namespace }) => {
    const { deployments } = pathsIn(namespace);
    await api.post(deployments, aDeployment('web', { progressDeadlineSeconds: 1 }, 'janakiramm/myapp:nope'));
    await eventually(async () => {
      const deployment = accepted(await api.get(`${deployments}/web`));
      expect(conditionsOf(deployment)).toContainEqual(
        expect.objectContaining({
          type: 'Progressing',
          status: 'False',
          reason: 'ProgressDeadlineExceeded',
          message: expect.stringMatching(/^ReplicaSet "web-[a-z0-9]+" has timed out progressing\.$/),
        }),
      );
      expect(conditionsOf(deployment)).toContainEqual(
        expect.objectContaining({
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        }),
      );
    });
  });

  it('that is paused rolls nothing out until it goes on', async ({ api, namespace }) => {
    await startWeb(api, namespace);
    const pause = (paused: boolean) =>
      api.patch(`${pathsIn(namespace).deployments}/web`, 'merge', { spec: { paused } });
    await pause(true);
    await setImage(api, namespace, 'janakiramm/myapp:v2');
    await eventually(async () => {
      const deployment = accepted(await api.get(`${pathsIn(namespace).deployments}/web`));
      expect(deployment.status.observedGeneration).toBe(deployment.metadata.generation);
    });
    expect(await sortedReplicas(api, namespace)).toEqual([1]);
    await pause(false);
    await untilRolledOut(api, namespace, 'web');
    expect(await sortedReplicas(api, namespace)).toEqual([0, 1]);
  });

  it('takes its ReplicaSets and pods with it', async ({ api, namespace }) => {
    await startWeb(api, namespace);
    const { deployments, replicaSets } = pathsIn(namespace);
    const { body } = await api.delete(`${deployments}/web`);
    expect(body.status).toBe('Success');
    await eventually(async () => {
      expect((await api.get(replicaSets)).body.items).toEqual([]);
      expect(await podsIn(api, namespace)).toEqual([]);
    });
  });

  it('leaves its ReplicaSet behind as an orphan', async ({ api, namespace }) => {
    await startWeb(api, namespace);
    const { deployments, replicaSets } = pathsIn(namespace);
    await api.delete(`${deployments}/web`, { propagationPolicy: 'Orphan' });
    await eventually(async () => expect((await api.get(`${deployments}/web`)).code).toBe(404));
    const sets = (await api.get(replicaSets)).body.items;
    expect(sets.map(({ metadata }) => metadata.ownerReferences)).toEqual([undefined]);
    expect((await podsIn(api, namespace)).map(isReady)).toEqual([true]);
  });
});
