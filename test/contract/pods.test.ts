import { describe, expect } from 'vitest';
import { accepted } from './api.ts';
import { eventually, it } from './contract.ts';
import { aDeployment } from './objects.ts';
import { pathsIn } from './paths.ts';
import { conditionsOf, podsIn, startWeb, untilReadyPods } from './workloads.ts';

const TIME = expect.stringMatching(/^\d{4}-.*Z$/);
const ADDRESS = expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/);

describe.concurrent('a pod', () => {
  it('that runs says where, since when and what', async ({ api, namespace }) => {
    const { pod } = await startWeb(api, namespace);
    const { podIP, hostIP } = pod.status;
    expect(pod.status).toMatchObject({
      phase: 'Running',
      qosClass: 'BestEffort',
      startTime: TIME,
      podIP: ADDRESS,
      podIPs: [{ ip: podIP }],
      hostIP: ADDRESS,
      hostIPs: [{ ip: hostIP }],
      containerStatuses: [
        {
          name: 'myapp',
          image: expect.stringContaining('janakiramm/myapp:v1'),
          imageID: expect.any(String),
          containerID: expect.stringMatching(/^[a-z-]+:\/\/[0-9a-f]+$/),
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: TIME } },
          lastState: {},
        },
      ],
    });
    expect(pod.spec).toMatchObject({
      nodeName: expect.any(String),
      restartPolicy: 'Always',
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      serviceAccountName: 'default',
      terminationGracePeriodSeconds: 1,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
      priority: 0,
    });
  });

  it('that runs fulfils five conditions', async ({ api, namespace }) => {
    const { pod } = await startWeb(api, namespace);
    expect(
      conditionsOf(pod)
        .map(({ type, status }) => `${type}=${status}`)
        .toSorted(),
    ).toEqual([
      'ContainersReady=True',
      'Initialized=True',
      'PodReadyToStartContainers=True',
      'PodScheduled=True',
      'Ready=True',
    ]);
  });

  it('passes from scheduled through waiting to ready', async ({ api, namespace }) => {
    const { pods, deployments } = pathsIn(namespace);
    const { resourceVersion } = accepted(await api.get(pods)).metadata;
    const watch = await api.watch(pods, { resourceVersion });
    await api.post(deployments, aDeployment('web'));
    await untilReadyPods(api, namespace, 1);
    await eventually(() => expect(watch.events.at(-1)?.object.status.phase).toBe('Running'));
    watch.close();
    const told = watch.events.map(({ type, object }) => {
      const ready = conditionsOf(object).find(condition => condition.type === 'Ready');
      const node = object.spec.nodeName === undefined ? 'no node' : 'node';
      return [type, object.status.phase, node, ready?.status, ready?.reason].filter(Boolean).join(' ');
    });
    expect(told[0]).toBe('ADDED Pending no node');
    expect(told).toContain('MODIFIED Pending node False ContainersNotReady');
    expect(told.at(-1)).toBe('MODIFIED Running node True');
  });

  it('that is deleted is marked, ends within its grace, and is gone', async ({ api, namespace }) => {
    const { pod } = await startWeb(api, namespace);
    const path = `${pathsIn(namespace).pods}/${pod.metadata.name}`;
    const watch = await api.watch(pathsIn(namespace).pods, {
      fieldSelector: `metadata.name=${pod.metadata.name}`,
      resourceVersion: pod.metadata.resourceVersion,
    });
    await api.delete(path);
    await eventually(() => expect(watch.events.at(-1)?.type).toBe('DELETED'));
    watch.close();
    expect(watch.events[0]).toMatchObject({
      type: 'MODIFIED',
      object: { metadata: { deletionTimestamp: TIME, deletionGracePeriodSeconds: 1 } },
    });
    expect((await api.get(path)).code).toBe(404);
  });

  it('that is deleted without grace is gone at once', async ({ api, namespace }) => {
    const { pod } = await startWeb(api, namespace);
    const path = `${pathsIn(namespace).pods}/${pod.metadata.name}`;
    expect((await api.delete(path, { gracePeriodSeconds: 0 })).code).toBe(200);
    expect((await api.get(path)).code).toBe(404);
  });

  it('is selected by its phase and its node', async ({ api, namespace }) => {
    const { pod } = await startWeb(api, namespace);
    const { pods } = pathsIn(namespace);
    const count = async (fieldSelector: string) =>
      accepted(await api.get(pods, { fieldSelector })).items.length;
    expect(await count('status.phase=Running')).toBe(1);
    expect(await count('status.phase!=Running')).toBe(0);
    expect(await count(`spec.nodeName=${pod.spec.nodeName}`)).toBe(1);
  });
});

type Endpoint = {
  readonly addresses: readonly string[];
  readonly conditions: object;
  readonly targetRef?: object;
  readonly nodeName?: string;
};
type Slice = { readonly endpoints: readonly Endpoint[] | null };

describe.concurrent('the EndpointSlice of a Service', () => {
  it('holds the ready pods that the Service selects', async ({ api, namespace }) => {
    const { pod } = await startWeb(api, namespace);
    const service = accepted(await api.get(`${pathsIn(namespace).services}/web`));
    const slice = await eventually(async () => {
      const [only] = accepted(await api.get(pathsIn(namespace).endpointSlices)).items;
      expect((only as unknown as Slice).endpoints).toMatchObject([{ conditions: { ready: true } }]);
      return only;
    });
    expect(slice).toMatchObject({
      addressType: 'IPv4',
      endpoints: [
        {
          addresses: [pod.status.podIP],
          conditions: { ready: true, serving: true, terminating: false },
          targetRef: { kind: 'Pod', namespace, name: pod.metadata.name, uid: pod.metadata.uid },
          nodeName: pod.spec.nodeName,
        },
      ],
      ports: [{ name: 'http', protocol: 'TCP', port: 80 }],
      metadata: {
        name: expect.stringMatching(/^web-[a-z0-9]{5}$/),
        generateName: 'web-',
        labels: {
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          'kubernetes.io/service-name': 'web',
        },
        ownerReferences: [
          {
            apiVersion: 'v1',
            kind: 'Service',
            name: 'web',
            uid: service.metadata.uid,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
    });
  });

  it('follows the Deployment up and down', async ({ api, namespace }) => {
    await startWeb(api, namespace);
    const scale = (replicas: number) =>
      api.patch(`${pathsIn(namespace).deployments}/web/scale`, 'merge', { spec: { replicas } });
    const readyEndpoints = async () => {
      const slices = accepted(await api.get(pathsIn(namespace).endpointSlices)).items;
      const endpoints = slices.flatMap(slice => (slice as unknown as Slice).endpoints ?? []);
      return endpoints.map(({ conditions }) => conditions);
    };
    await scale(2);
    const ready = { ready: true, serving: true, terminating: false };
    await eventually(async () => expect(await readyEndpoints()).toEqual([ready, ready]));
    await scale(0);
    await eventually(async () => expect(await readyEndpoints()).toEqual([]));
  });

  it('holds a pod that is not ready, and says so', async ({ api, namespace }) => {
    const { deployments, services, endpointSlices } = pathsIn(namespace);
    const probe = { httpGet: { path: '/', port: 80 }, initialDelaySeconds: 3600 };
    const container = { name: 'myapp', image: 'janakiramm/myapp:v1', readinessProbe: probe };
    const template = {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ ...container, ports: [{ name: 'http', containerPort: 80 }] }] },
    };
    await api.post(services, {
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    });
    await api.post(deployments, aDeployment('web', { template }));
    await eventually(async () => {
      const [slice] = accepted(await api.get(endpointSlices)).items;
      expect(slice).toMatchObject({
        endpoints: [{ conditions: { ready: false, serving: false, terminating: false } }],
      });
    });
    expect((await podsIn(api, namespace)).map(({ status }) => status.phase)).toEqual(['Running']);
  });
});

type Event = {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: { readonly kind: string; readonly name: string };
  readonly source?: { readonly component?: string };
  readonly reportingComponent?: string;
};

describe.concurrent('events', () => {
  it('tell how a Deployment came to its pod', async ({ api, namespace }) => {
    const { pod } = await startWeb(api, namespace);
    const set = pod.metadata.ownerReferences?.[0]?.name;
    const name = pod.metadata.name;
    const expected = [
      [
        'Deployment',
        'web',
        'ScalingReplicaSet',
        `Scaled up replica set ${set} from 0 to 1`,
        'deployment-controller',
      ],
      ['ReplicaSet', set, 'SuccessfulCreate', `Created pod: ${name}`, 'replicaset-controller'],
      [
        'Pod',
        name,
        'Scheduled',
        `Successfully assigned ${namespace}/${name} to ${pod.spec.nodeName}`,
        'default-scheduler',
      ],
      ['Pod', name, 'Created', 'Container created', 'kubelet'],
      ['Pod', name, 'Started', 'Container started', 'kubelet'],
    ];
    await eventually(async () => {
      const { items } = accepted(await api.get(pathsIn(namespace).events));
      const told = (items as unknown as readonly Event[]).map(
        ({ involvedObject, reason, message, source, reportingComponent }) => [
          involvedObject.kind,
          involvedObject.name,
          reason,
          message,
          reportingComponent || source?.component,
        ],
      );
      expect(told).toEqual(expect.arrayContaining(expected));
    });
  });

  it('of one object are selected by its kind and name', async ({ api, namespace }) => {
    await startWeb(api, namespace);
    const query = { fieldSelector: 'involvedObject.kind=Deployment,involvedObject.name=web' };
    const { items } = accepted(await api.get(pathsIn(namespace).events, query));
    expect(items).toMatchObject([
      {
        reason: 'ScalingReplicaSet',
        type: 'Normal',
        count: 1,
        firstTimestamp: TIME,
        lastTimestamp: TIME,
        involvedObject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace },
        source: { component: 'deployment-controller' },
      },
    ]);
  });
});
