import { deepEqual, equal, match } from 'node:assert/strict';
import { createServer } from 'node:net';
import { Writable } from 'node:stream';
import {
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  PortForward,
  setHeaderOptions,
  type V1ConfigMap,
  Watch,
} from '@kubernetes/client-node';
import { aConfigMap, aDeployment, aVirtualService } from '../contract/objects.ts';
import type { Cluster } from './cluster.ts';
import { pageOf } from './kubectl-workloads.ts';
import type { Client, Row } from './row.ts';

const as = (strategy: (typeof PatchStrategy)[keyof typeof PatchStrategy]) =>
  setHeaderOptions('Content-Type', strategy);

/** @kubernetes/client-node, in a process other than the cluster's. */
export function clientNode({ kubeconfig, namespace }: Cluster): Client {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return { name: 'client-node', rows: [...objectRows(config, namespace), ...podRows(config, namespace)] };
}

function objectRows(config: KubeConfig, namespace: string): readonly Row[] {
  const splits = { group: 'networking.istio.io', version: 'v1', namespace, plural: 'virtualservices' };
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const custom = config.makeApiClient(CustomObjectsApi);
  return [
    {
      what: 'list, by labels',
      run: async () => {
        const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'app=myapp' });
        deepEqual(
          items.map(({ status }) => status?.phase),
          ['Running', 'Running'],
        );
      },
    },
    {
      what: 'create, patch of three types, delete',
      run: async () => {
        await custom.createNamespacedCustomObject({ ...splits, body: aVirtualService('node-split') });
        const named = { ...splits, name: 'node-split' };
        const body = [{ op: 'replace', path: '/spec/http/0/route/0/weight', value: 60 }];
        const byJson = await custom.patchNamespacedCustomObject({ ...named, body });
        equal(byJson.spec.http[0].route[0].weight, 60);
        const byMerge = await custom.patchNamespacedCustomObject(
          { ...named, body: { spec: { hosts: ['other'] } } },
          as(PatchStrategy.MergePatch),
        );
        deepEqual(byMerge.spec.hosts, ['other']);
        await custom.deleteNamespacedCustomObject(named);
        await apps.createNamespacedDeployment({ namespace, body: aDeployment('node', { replicas: 0 }) });
        const containers = [{ name: 'myapp', image: 'other:1' }];
        const byName = await apps.patchNamespacedDeployment(
          { namespace, name: 'node', body: { spec: { template: { spec: { containers } } } } },
          as(PatchStrategy.StrategicMergePatch),
        );
        equal(byName.spec?.template.spec?.containers[0]?.image, 'other:1');
        await apps.deleteNamespacedDeployment({ namespace, name: 'node' });
      },
    },
    {
      what: 'apply on the server side, of any kind',
      run: async () => {
        const objects = KubernetesObjectApi.makeApiClient(config);
        const body: V1ConfigMap = {
          ...aConfigMap('node-applied'),
          metadata: { name: 'node-applied', namespace },
        };
        const apply = () =>
          objects.patch(body, undefined, undefined, 'node', true, PatchStrategy.ServerSideApply);
        const applied = await apply();
        deepEqual(
          applied.metadata?.managedFields?.map(({ operation }) => operation),
          ['Apply'],
        );
        equal((await apply()).metadata?.resourceVersion, applied.metadata?.resourceVersion);
      },
    },
    {
      what: 'watch: from a list on',
      run: () => watchOnce(config, namespace, core),
    },
    {
      what: 'informer: what is there, what comes, changes and goes',
      run: () => informOnce(config, namespace, core),
    },
  ];
}

async function watchOnce(config: KubeConfig, namespace: string, core: CoreV1Api): Promise<void> {
  const { metadata } = await core.listNamespacedConfigMap({ namespace });
  const seen = Promise.withResolvers<string>();
  const aborter = await new Watch(config).watch(
    `/api/v1/namespaces/${namespace}/configmaps`,
    { resourceVersion: metadata?.resourceVersion, fieldSelector: 'metadata.name=node-watched' },
    (type, object) => seen.resolve(`${type} ${object.metadata.name}`),
    error => seen.reject(error ?? new Error('the watch ended')),
  );
  try {
    await core.createNamespacedConfigMap({ namespace, body: aConfigMap('node-watched') });
    equal(await seen.promise, 'ADDED node-watched');
  } finally {
    aborter.abort();
  }
}

async function informOnce(config: KubeConfig, namespace: string, core: CoreV1Api): Promise<void> {
  const name = 'node-informed';
  const labels = { of: name };
  const informer = makeInformer(
    config,
    `/api/v1/namespaces/${namespace}/configmaps`,
    () => core.listNamespacedConfigMap({ namespace, labelSelector: `of=${name}` }),
    `of=${name}`,
  );
  const told: string[] = [];
  let heard = Promise.withResolvers<void>();
  for (const verb of ['add', 'update', 'delete'] as const)
    informer.on(verb, () => {
      told.push(verb);
      heard.resolve();
      heard = Promise.withResolvers<void>();
    });
  const untilHeard = async (count: number) => {
    while (told.length < count) await heard.promise;
  };
  try {
    await core.createNamespacedConfigMap({ namespace, body: aConfigMap(name, labels) });
    await informer.start();
    await untilHeard(1);
    const body = { data: { colour: 'green' } };
    await core.patchNamespacedConfigMap({ namespace, name, body }, as(PatchStrategy.MergePatch));
    await untilHeard(2);
    await core.deleteNamespacedConfigMap({ namespace, name });
    await untilHeard(3);
    deepEqual(told, ['add', 'update', 'delete']);
  } finally {
    await informer.stop();
  }
}

/** The local URL behind which client-node leads each connection to the pod. */
async function openForward(config: KubeConfig, namespace: string, pod: string) {
  const forward = new PortForward(config, false);
  const server = createServer(socket => {
    socket.on('error', () => socket.destroy());
    void forward.portForward(namespace, pod, [80], socket, null, socket);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

function podRows(config: KubeConfig, namespace: string): readonly Row[] {
  const core = config.makeApiClient(CoreV1Api);
  const podOf = async (version: string) => {
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: `version=${version}` });
    return items[0]?.metadata?.name ?? '';
  };
  return [
    {
      what: 'port-forward: 20 requests at a time',
      run: async () => {
        const { url, close } = await openForward(config, namespace, await podOf('v1'));
        try {
          const pages = await Promise.all(Array.from({ length: 20 }, () => pageOf(url)));
          equal(new Set(pages).size, 1);
        } finally {
          close();
        }
      },
    },
    {
      what: 'logs, and logs that go on',
      run: () => logOnce(config, namespace, core, podOf('v2')),
    },
  ];
}

async function logOnce(config: KubeConfig, namespace: string, core: CoreV1Api, found: Promise<string>) {
  const pod = await found;
  const { url, close } = await openForward(config, namespace, pod);
  const seen = Promise.withResolvers<void>();
  let text = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      if (text.includes('/index.html?node')) seen.resolve();
      done();
    },
  });
  // What client-node pipes into the sink fails when it is aborted.
  sink.on('pipe', source => source.on('error', () => {}));
  try {
    const aborter = await new Log(config).log(namespace, pod, 'myapp', sink, { follow: true });
    await pageOf(`${url}index.html?node`);
    await seen.promise;
    aborter.abort();
    const tail = await core.readNamespacedPodLog({ namespace, name: pod, tailLines: 1 });
    match(tail, /"GET \/index\.html\?node /);
  } finally {
    close();
  }
}
