import type { V1Pod } from '@kubernetes/client-node';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import type { DemoCluster } from '../../src/demo/demo-cluster.ts';
import { eventually } from '../support/eventually.ts';
import { clientsOf, it, requestApi } from './cluster.ts';

const STRATEGIC = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);

async function podsOf(demo: DemoCluster, version: string): Promise<readonly V1Pod[]> {
  const { items } = await clientsOf(demo).core.listNamespacedPod({
    namespace: 'default',
    labelSelector: `version=${version}`,
  });
  return items;
}

const isReady = (pod: V1Pod) =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

function untilReadyPods(demo: DemoCluster, version: string, count: number): Promise<readonly V1Pod[]> {
  return eventually(async () => {
    const pods = await podsOf(demo, version);
    expect(pods.map(isReady)).toEqual(Array(count).fill(true));
    return pods;
  });
}

function setImage(demo: DemoCluster, name: string, image: string) {
  const body = { spec: { template: { spec: { containers: [{ name: 'myapp', image }] } } } };
  return clientsOf(demo).apps.patchNamespacedDeployment({ namespace: 'default', name, body }, STRATEGIC);
}

function scale(demo: DemoCluster, name: string, replicas: number) {
  return clientsOf(demo).apps.patchNamespacedDeploymentScale(
    { namespace: 'default', name, body: { spec: { replicas } } },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
}

describe.concurrent('at boot', () => {
  it('one ready node and a healthy Istio are there, days old', async ({ demo }) => {
    const { core, apps } = clientsOf(demo);
    const [node] = (await core.listNode()).items;
    const deployments = (await apps.listNamespacedDeployment({ namespace: 'istio-system' })).items;
    const pods = (await core.listNamespacedPod({ namespace: 'istio-system' })).items;
    expect(node?.status?.addresses).toContainEqual({ type: 'InternalIP', address: '127.0.0.1' });
    expect(node?.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    expect(deployments.map(({ metadata, status }) => [metadata?.name, status?.availableReplicas])).toEqual([
      ['istio-ingressgateway', 1],
      ['istiod', 1],
    ]);
    expect(pods.map(pod => [isReady(pod), pod.status?.phase, pod.spec?.containers[0]?.image])).toEqual([
      [true, 'Running', 'docker.io/istio/proxyv2:1.30.3'],
      [true, 'Running', 'docker.io/istio/pilot:1.30.3'],
    ]);
    const ages = pods.map(({ metadata }) => Date.now() - (metadata?.creationTimestamp?.getTime() ?? 0));
    expect(Math.min(...ages)).toBeGreaterThan(2 * 86_400_000);
  });

  it("the gateway stands behind the node's address and the port of its Service", async ({ demo }) => {
    const service = await clientsOf(demo).core.readNamespacedService({
      namespace: 'istio-system',
      name: 'istio-ingressgateway',
    });
    const port = service.spec?.ports?.find(({ name }) => name === 'http2');
    expect(port).toMatchObject({ port: 80, targetPort: 8080 });
    expect(`http://127.0.0.1:${port?.nodePort}`).toBe(demo.gatewayUrl);
  });

  it('both versions of the tutorial become ready', async ({ demo }) => {
    const [pod] = await untilReadyPods(demo, 'v1', 1);
    await untilReadyPods(demo, 'v2', 1);
    expect(pod?.status).toMatchObject({
      phase: 'Running',
      hostIP: '127.0.0.1',
      podIP: expect.stringMatching(/^10\.244\.0\./),
      qosClass: 'Burstable',
      containerStatuses: [
        {
          name: 'myapp',
          image: 'janakiramm/myapp:v1',
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: {} },
        },
      ],
    });
    expect(pod?.spec?.nodeName).toBe('minikube');
    await eventually(async () => {
      const deployment = await clientsOf(demo).apps.readNamespacedDeployment({
        namespace: 'default',
        name: 'myapp-v1',
      });
      expect(deployment.status).toMatchObject({
        observedGeneration: deployment.metadata?.generation,
        replicas: 1,
        updatedReplicas: 1,
        readyReplicas: 1,
        availableReplicas: 1,
      });
      expect(
        deployment.status?.conditions?.map(({ type, status, reason }) => [type, status, reason]),
      ).toEqual([
        ['Available', 'True', 'MinimumReplicasAvailable'],
        ['Progressing', 'True', 'NewReplicaSetAvailable'],
      ]);
    });
  });

  it("events tell how a pod started, in the kubelet's words", async ({ demo }) => {
    const [pod] = await untilReadyPods(demo, 'v1', 1);
    const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${pod?.metadata?.name}`;
    const { items } = await clientsOf(demo).core.listNamespacedEvent({ namespace: 'default', fieldSelector });
    expect(items.map(({ reason, message }) => [reason, message])).toEqual([
      ['Scheduled', `Successfully assigned default/${pod?.metadata?.name} to minikube`],
      [
        'Pulled',
        'Container image "janakiramm/myapp:v1" already present on machine and can be accessed by the pod',
      ],
      ['Created', 'Container created'],
      ['Started', 'Container started'],
    ]);
  });
});

describe.concurrent('a Deployment', () => {
  it('grows and shrinks', async ({ demo }) => {
    await scale(demo, 'myapp-v1', 3);
    await untilReadyPods(demo, 'v1', 3);
    const slices = await requestApi(
      demo,
      '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io/service-name%3Dmyapp',
    );
    expect(slices.body).toMatchObject({
      items: [{ addressType: 'IPv4', ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }],
    });
    await scale(demo, 'myapp-v1', 0);
    await untilReadyPods(demo, 'v1', 0);
  });

  it('replaces a pod that is deleted', async ({ demo }) => {
    const [pod] = await untilReadyPods(demo, 'v1', 1);
    await clientsOf(demo).core.deleteNamespacedPod({ namespace: 'default', name: pod?.metadata?.name ?? '' });
    await eventually(async () => {
      const pods = await podsOf(demo, 'v1');
      expect(pods.map(({ metadata }) => metadata?.name)).not.toContain(pod?.metadata?.name);
      expect(pods.filter(isReady)).toHaveLength(1);
    });
  });

  it('rolls out a new template with a new ReplicaSet, and never without a ready pod', async ({ demo }) => {
    await untilReadyPods(demo, 'v1', 1);
    await setImage(demo, 'myapp-v1', 'janakiramm/myapp:v2');
    await eventually(async () => {
      const pods = await podsOf(demo, 'v1');
      expect(pods.some(isReady)).toBe(true);
      expect(pods.map(({ spec }) => spec?.containers[0]?.image)).toEqual(['janakiramm/myapp:v2']);
    });
    const sets = await clientsOf(demo).apps.listNamespacedReplicaSet({
      namespace: 'default',
      labelSelector: 'version=v1',
    });
    expect(sets.items.map(({ spec }) => spec?.replicas).toSorted()).toEqual([0, 1]);
  });

  it('keeps the old pod when the new image cannot be pulled', async ({ demo }) => {
    await untilReadyPods(demo, 'v2', 1);
    await setImage(demo, 'myapp-v2', 'janakiramm/myapp:nope');
    await eventually(async () => {
      const waiting = (await podsOf(demo, 'v2')).map(
        pod => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason ?? 'ready',
      );
      expect(waiting.toSorted()).toEqual(['ImagePullBackOff', 'ready']);
    });
  });

  it('whose pods must stay ready for a while counts them as available only then', async ({ demo }) => {
    const body = [{ op: 'add', path: '/spec/minReadySeconds', value: 2 }];
    await clientsOf(demo).apps.patchNamespacedDeployment(
      { namespace: 'default', name: 'myapp-v1', body },
      setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
    );
    await scale(demo, 'myapp-v1', 2);
    const read = async () =>
      (await clientsOf(demo).apps.readNamespacedDeployment({ namespace: 'default', name: 'myapp-v1' }))
        .status;
    await eventually(async () => expect((await read())?.readyReplicas).toBe(2));
    expect((await read())?.availableReplicas ?? 0).toBeLessThan(2);
    await eventually(async () => expect((await read())?.availableReplicas).toBe(2));
  });

  it('that does not get on is given up at its progress deadline', async ({ demo }) => {
    const labels = { app: 'stuck' };
    const template = {
      metadata: { labels },
      spec: { containers: [{ name: 'a', image: 'janakiramm/myapp:v9' }] },
    };
    await clientsOf(demo).apps.createNamespacedDeployment({
      namespace: 'default',
      body: {
        metadata: { name: 'stuck' },
        spec: { progressDeadlineSeconds: 1, minReadySeconds: 0, selector: { matchLabels: labels }, template },
      },
    });
    await eventually(async () => {
      const { status } = await clientsOf(demo).apps.readNamespacedDeployment({
        namespace: 'default',
        name: 'stuck',
      });
      expect(status?.conditions?.find(({ type }) => type === 'Progressing')).toMatchObject({
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: expect.stringMatching(/^ReplicaSet "stuck-\w+" has timed out progressing\.$/),
      });
    });
  });

  it('takes its ReplicaSets and pods with it when it is deleted', async ({ demo }) => {
    await clientsOf(demo).apps.deleteNamespacedDeployment({ namespace: 'default', name: 'myapp-v1' });
    await untilReadyPods(demo, 'v1', 0);
  });

  it('whose selector does not match its template is refused', async ({ demo }) => {
    const template = {
      metadata: { labels: { app: 'other' } },
      spec: { containers: [{ name: 'a', image: 'nginx' }] },
    };
    const body = JSON.stringify({
      metadata: { name: 'x' },
      spec: { selector: { matchLabels: { app: 'x' } }, template },
    });
    const headers = { 'content-type': 'application/json' };
    const answer = await requestApi(demo, '/apis/apps/v1/namespaces/default/deployments', {
      method: 'POST',
      headers,
      body,
    });
    expect(answer).toMatchObject({
      code: 422,
      body: { message: expect.stringContaining('`selector` does not match template `labels`') },
    });
  });
});

describe.concurrent('a pod', () => {
  it('that crashes is restarted, then waits, and counts its restarts', async ({ demo }) => {
    await untilReadyPods(demo, 'v2', 1);
    demo.failPods('version=v2', 'crash');
    await eventually(async () => {
      const [status] = (await podsOf(demo, 'v2'))[0]?.status?.containerStatuses ?? [];
      expect(status).toMatchObject({
        ready: false,
        restartCount: 1,
        state: {
          waiting: {
            reason: 'CrashLoopBackOff',
            message: expect.stringMatching(
              /^back-off 10s restarting failed container=myapp pod=myapp-v2-\w+-\w+_default\([-0-9a-f]{36}\)$/,
            ),
          },
        },
        lastState: { terminated: { exitCode: 1, reason: 'Error' } },
      });
    });
  });

  it("shows the page of a ConfigMap that is mounted over nginx's own", async ({ demo }) => {
    const { core, apps } = clientsOf(demo);
    const labels = { app: 'page' };
    const container = {
      name: 'nginx',
      image: 'nginx:1.29',
      volumeMounts: [{ name: 'page', mountPath: '/usr/share/nginx/html' }],
    };
    const template = {
      metadata: { labels },
      spec: { containers: [container], volumes: [{ name: 'page', configMap: { name: 'page' } }] },
    };
    await apps.createNamespacedDeployment({
      namespace: 'default',
      body: { metadata: { name: 'page' }, spec: { selector: { matchLabels: labels }, template } },
    });
    await core.createNamespacedConfigMap({
      namespace: 'default',
      body: { metadata: { name: 'page' }, data: { 'index.html': 'from a ConfigMap' } },
    });
    await eventually(async () => {
      const { items } = await core.listNamespacedPod({ namespace: 'default', labelSelector: 'app=page' });
      expect(items.map(isReady)).toEqual([true]);
    });
  });
});

describe.concurrent('a namespace', () => {
  it('takes what is in it with it', async ({ demo }) => {
    const { core } = clientsOf(demo);
    await core.createNamespace({ body: { metadata: { name: 'team' } } });
    await core.createNamespacedConfigMap({ namespace: 'team', body: { metadata: { name: 'a' } } });
    await core.deleteNamespace({ name: 'team' });
    await eventually(async () => {
      expect((await requestApi(demo, '/api/v1/namespaces/team')).code).toBe(404);
      expect((await requestApi(demo, '/api/v1/namespaces/team/configmaps')).body).toMatchObject({
        items: [],
      });
    });
  });
});
