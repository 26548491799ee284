import { describe, it } from 'vitest';
import type { KubeObject } from '../../src/kube/metadata.ts';
import { readVirtualService } from '../../src/kube/virtual-service.ts';
import { collectionFor } from '../../src/tutorial/manifests.ts';
import { manifestOf, manifests, startTutorialCluster, withValue } from '../support/tutorial-cluster.ts';

const never = new AbortController().signal;
const ALL = manifests.objects.map(({ object }) => object);
const virtualService = manifestOf('VirtualService', 'myapp');

/** What each run reports of itself: images and pods take a moment. */
const LONG = { timeout: 60_000 };

describe('the tutorial on an empty cluster', LONG, () => {
  it.concurrent('goes from nothing deployed to a route that both versions answer on, and back', async ({
    expect,
    onTestFinished,
  }) => {
    const cluster = await startTutorialCluster({}, onTestFinished);
    expect((await cluster.tutorial()).next).toBe('versions');

    expect(await cluster.runThrough('versions')).toEqual({ kind: 'done' });
    expect((await cluster.tutorial()).next).toBe('routing');
    expect(cluster.told).toContain('v1 shows "Application version v1" on blue');
    expect(cluster.told).toContain('v2 shows "Application version v2" on green');

    expect(await cluster.runThrough('routing')).toEqual({ kind: 'done' });
    expect((await cluster.tutorial()).next).toBe('shift');
    expect(cluster.told.at(-1)).toMatch(
      /^the gateway answers at .*: of 20 answers v1 \d+, v2 \d+, none failed$/,
    );
    expect(cluster.writes()).toEqual([
      'PATCH deployments/myapp-v1',
      'PATCH deployments/myapp-v2',
      'PATCH services/myapp',
      'PATCH destinationrules/myapp',
      'PATCH gateways/app-gateway',
      'PATCH virtualservices/myapp',
    ]);

    expect(await cluster.cleanUp()).toEqual({ kind: 'done' });
    expect(cluster.writes().slice(6)).toEqual([
      'DELETE virtualservices/myapp',
      'DELETE gateways/app-gateway',
      'DELETE destinationrules/myapp',
      'DELETE services/myapp',
      'DELETE deployments/myapp-v2',
      'DELETE deployments/myapp-v1',
    ]);
    expect((await cluster.tutorial()).next).toBe('versions');
  });

  it.concurrent('writes nothing a second time', async ({ expect, onTestFinished }) => {
    const cluster = await startTutorialCluster({}, onTestFinished);
    await cluster.runThrough('routing');
    const before = cluster.writes().length;
    expect(await cluster.runThrough('routing')).toEqual({ kind: 'done' });
    expect(cluster.writes()).toHaveLength(before);
  });

  it.concurrent('has every pair of neighbours in the order of its files', async ({
    expect,
    onTestFinished,
  }) => {
    const cluster = await startTutorialCluster({}, onTestFinished);
    const { steps } = await cluster.tutorial();
    expect(steps.map(({ id, number }) => `${number} ${id}`)).toEqual([
      '1 tools',
      '2 cluster',
      '3 istio',
      '4 versions',
      '5 routing',
      '6 shift',
      '7 clean-up',
    ]);
  });
});

describe('the tutorial where somebody stopped in the middle', LONG, () => {
  it.concurrent.for(ALL.map((_, count) => count))(
    'goes on after the first %i objects',
    async (count, { expect, onTestFinished }) => {
      const cluster = await startTutorialCluster({}, onTestFinished);
      const done = manifests.objects.slice(0, count);
      for (const one of done) {
        const applied = await cluster.api.apply(collectionFor(one, 'default', 'v1'), one.object, never);
        expect(applied.ok).toBe(true);
      }
      const before = cluster.writes().length;
      expect(await cluster.runThrough('routing')).toEqual({ kind: 'done' });
      const made = cluster.writes().slice(before);
      expect(made).toHaveLength(ALL.length - count);
      expect((await cluster.tutorial()).next).toBe('shift');
    },
  );

  it.concurrent('leaves a route that was shifted as it is', async ({ expect, onTestFinished }) => {
    const cluster = await startTutorialCluster({}, onTestFinished);
    await cluster.runThrough('routing');
    const shifted = [
      { op: 'add', path: '/spec/http/0/route/0/weight', value: 0 },
      { op: 'add', path: '/spec/http/0/route/1/weight', value: 100 },
    ] as const;
    const collection = collectionFor(virtualService, 'default', 'v1');
    expect((await cluster.api.patch(collection, 'myapp', shifted, never)).ok).toBe(true);
    const gateway = manifestOf('Gateway', 'app-gateway');
    const found = await cluster.get(gateway);
    await cluster.api.delete(
      collectionFor(gateway, 'default', 'v1'),
      {
        name: 'app-gateway',
        namespace: 'default',
        labels: {},
        createdAtMs: undefined,
        uid: String(found?.metadata.uid),
        resourceVersion: String(found?.metadata.resourceVersion),
      },
      never,
    );
    expect((await cluster.tutorial()).next).toBe('routing');
    expect(await cluster.runThrough('routing')).toEqual({ kind: 'done' });
    const object = await cluster.get(virtualService);
    const weights = object && readVirtualService(object).routes[0]?.destinations.map(({ weight }) => weight);
    expect(weights).toEqual([0, 100]);
    expect(cluster.told.at(-1)).toContain('of 20 answers v1 0, v2 20, none failed');
  });

  it.concurrent('says that a version was scaled to 0 by hand, and how to bring it back', async ({
    expect,
    onTestFinished,
  }) => {
    const cluster = await startTutorialCluster({}, onTestFinished);
    await cluster.runThrough('versions');
    const deployment = manifestOf('Deployment', 'myapp-v2');
    await cluster.applyAsKubectl(withValue(deployment.object, ['spec', 'replicas'], 0));
    const end = await cluster.runThrough('routing');
    expect(end).toMatchObject({
      kind: 'failed',
      step: { number: 4 },
      headline: 'v2 is scaled to 0: nobody answers for it.',
      nextStep: 'kubectl --context=weighbridge-demo -n default scale deployment myapp-v2 --replicas=1',
    });
  });

  it.concurrent('does not undo what somebody did by hand to an object of ours, and says who it was', async ({
    expect,
    onTestFinished,
  }) => {
    const cluster = await startTutorialCluster({}, onTestFinished);
    await cluster.runThrough('routing');
    const rule = manifestOf('DestinationRule', 'myapp');
    const v1 = { name: 'v1', labels: { version: 'v1' } };
    await cluster.applyAsKubectl(withValue(rule.object, ['spec', 'subsets'], [v1]));
    const step = await cluster.step('routing');
    expect(step.progress).toMatchObject({
      kind: 'to-do',
      missing: ['DestinationRule myapp has no subset v2 of version=v2'],
    });
    expect(step.troubles).toMatchObject([
      {
        id: 'changed-by-hand',
        sentence:
          'DestinationRule myapp is not as weighbridge made it, changed by kubectl: it has no subset v2 of version=v2.',
      },
    ]);
    const end = await cluster.runThrough('routing');
    expect(end).toMatchObject({ kind: 'failed', step: { number: 5 } });
    expect(end.kind === 'failed' && end.headline).toMatch(/^Can't apply DestinationRule myapp: .*kubectl/);
  });

  it.concurrent('tells of what is otherwise and does no harm, and lets it be', async ({
    expect,
    onTestFinished,
  }) => {
    const cluster = await startTutorialCluster({}, onTestFinished);
    await cluster.runThrough('routing');
    const deployment = manifestOf('Deployment', 'myapp-v1');
    await cluster.applyAsKubectl(withValue(deployment.object, ['spec', 'replicas'], 2));
    await expect.poll(async () => (await cluster.step('versions')).progress.kind, LONG).toBe('done');
    expect((await cluster.step('versions')).notes).toEqual([
      "Deployment myapp-v1 is not quite the tutorial's: spec.replicas is 2, the tutorial's is 1",
    ]);
    expect((await cluster.tutorial()).next).toBe('shift');
  });
});

describe('the tutorial where kubectl applied the manifests', LONG, () => {
  it.concurrent('sees the steps as done, and takes nothing of it away', async ({
    expect,
    onTestFinished,
  }) => {
    const cluster = await startTutorialCluster({ scenario: 'healthy' }, onTestFinished);
    await expect.poll(async () => (await cluster.tutorial()).next, LONG).toBe('shift');
    expect((await cluster.step('versions')).notes).toEqual([]);
    expect(await cluster.runThrough('routing')).toEqual({ kind: 'done' });
    expect((await cluster.step('clean-up')).progress.kind).toBe('not-needed');
    expect(await cluster.cleanUp()).toEqual({ kind: 'done' });
    expect(cluster.writes()).toEqual([]);
  });

  it.concurrent('says that objects of kubectl need kubectl where their image cannot be run', async ({
    expect,
    onTestFinished,
  }) => {
    const cluster = await startTutorialCluster({ scenario: 'empty-arm64' }, onTestFinished);
    await cluster.applyAsKubectl(...ALL);
    const troubles = async () => (await cluster.step('versions')).troubles;
    const ids = async () => (await troubles()).map(({ id }) => id);
    await expect.poll(ids, LONG).toEqual(['image-cannot-run', 'image-cannot-run']);
    const [trouble] = await troubles();
    expect(trouble?.fix).toMatch(
      /^kubectl --context=weighbridge-demo -n default apply -f \S+any-arch\/01-deployment-v1.yaml replaces it/,
    );
    expect((await cluster.step('versions')).runs.filter(({ kind }) => kind === 'apply')).toEqual([]);
  });
});

describe('images that do not run on the node', LONG, () => {
  it.concurrent.for([
    ['empty-arm64', 'The node cannot run the image of v1, which is built for another processor'],
    ['empty-no-pull', 'The image of v1 cannot be pulled'],
  ] as const)('are replaced in the scenario %s', async ([scenario, sentence], { expect, onTestFinished }) => {
    const cluster = await startTutorialCluster({ scenario }, onTestFinished);
    expect(await cluster.runThrough('routing')).toEqual({ kind: 'done' });
    expect(cluster.told.some(line => line.startsWith(sentence))).toBe(true);
    expect(cluster.told).toContain('v1 shows "myapp v1" on blue');
    expect(cluster.told).toContain('v2 shows "myapp v2" on green');
    expect((await cluster.step('versions')).notes).toEqual([]);
    expect(await cluster.cleanUp()).toEqual({ kind: 'done' });
    expect(cluster.writes().filter(write => write.startsWith('DELETE configmaps/'))).toHaveLength(2);
  });
});

describe("a namespace with somebody else's myapp", LONG, () => {
  const theirs = (kind: string, name: string, path: readonly (string | number)[], value: string | object) =>
    withValue(manifestOf(kind, name).object, path, value as never);
  const ports = [{ name: 'http', port: 8000, targetPort: 8000 }];

  it.concurrent.for([
    [
      'Deployment myapp-v1',
      theirs('Deployment', 'myapp-v1', ['spec', 'template', 'spec', 'containers', 0, 'image'], 'nginx:1.27'),
      'it runs nginx:1.27',
    ],
    [
      'Service myapp',
      theirs('Service', 'myapp', ['spec', 'selector'], { app: 'shop' }),
      'it selects app=shop',
    ],
    ['Service myapp', theirs('Service', 'myapp', ['spec', 'ports'], ports), 'it has no port 80'],
    [
      'DestinationRule myapp',
      theirs('DestinationRule', 'myapp', ['spec', 'host'], 'shop'),
      'it is for host shop',
    ],
    [
      'VirtualService myapp',
      theirs('VirtualService', 'myapp', ['spec', 'gateways'], ['shop-gateway']),
      'it is not bound to Gateway app-gateway',
    ],
    [
      'Gateway app-gateway',
      theirs('Gateway', 'app-gateway', ['spec', 'selector'], { istio: 'egressgateway' }),
      'it selects istio=egressgateway',
    ],
    [
      'Deployment myapp',
      theirs('Deployment', 'myapp-v1', ['metadata', 'name'], 'myapp'),
      'it has pods that Service myapp would send traffic to',
    ],
    [
      'VirtualService shop',
      theirs('VirtualService', 'myapp', ['metadata', 'name'], 'shop'),
      'it routes traffic to host myapp',
    ],
  ] as const)(
    'has %s: says so, and touches nothing',
    async ([words, object, reason], { expect, onTestFinished }) => {
      const cluster = await startTutorialCluster({}, onTestFinished);
      await cluster.applyAsKubectl(object);
      const before = cluster.writes().length;
      const end = await cluster.runThrough('routing');
      expect(end).toMatchObject({
        kind: 'failed',
        step: { number: 4 },
        headline: `${words} in namespace default is somebody else's: ${reason}. Nothing is touched.`,
      });
      expect(await cluster.cleanUp()).toEqual({ kind: 'done' });
      expect(cluster.writes().slice(before)).toEqual([]);
    },
  );
});

describe('a gateway that has a route for every request already', LONG, () => {
  const inNamespace = (namespace: string) => (object: KubeObject) =>
    withValue(object, ['metadata', 'namespace'], namespace);
  const route = [manifestOf('Gateway', 'app-gateway').object, virtualService.object];

  it.concurrent('of another namespace is said to, and gets no second one', async ({
    expect,
    onTestFinished,
  }) => {
    const cluster = await startTutorialCluster({}, onTestFinished);
    await cluster.applyAsKubectl(...route.map(inNamespace('kube-public')));
    const before = cluster.writes().length;
    const end = await cluster.runThrough('routing');
    expect(end).toMatchObject({
      kind: 'failed',
      step: { number: 5 },
      headline:
        'VirtualService myapp in namespace kube-public gets every request at the same gateway already. Nothing is touched.',
      nextStep: 'Go on there: weighbridge tutorial -n kube-public; or take that route away first.',
    });
    expect(
      cluster
        .writes()
        .slice(before)
        .filter(write => !/deployments|services/.test(write.split('/')[0] ?? '')),
    ).toEqual([]);
  });

  it.concurrent('is nobody in the way where it takes some requests only', async ({
    expect,
    onTestFinished,
  }) => {
    const cluster = await startTutorialCluster({}, onTestFinished);
    const [gateway, all] = route.map(inNamespace('kube-public'));
    const some = all && withValue(all, ['spec', 'http', 0, 'match'], [{ uri: { prefix: '/shop' } }]);
    if (gateway && some) await cluster.applyAsKubectl(gateway, some);
    expect(await cluster.runThrough('routing')).toEqual({ kind: 'done' });
  });
});

describe('cleaning up', LONG, () => {
  const annotated = withValue(
    { ...virtualService.object, metadata: { ...virtualService.object.metadata, annotations: {} } },
    ['metadata', 'annotations'],
    { 'example.com/seen': 'yes' },
  );
  const rewritten = withValue(virtualService.object, ['spec', 'http', 0, 'timeout'], '3s');

  it.concurrent.for([
    ['goes on where only what stands beside the spec changed meanwhile', annotated, 'done'],
    ['leaves what somebody changed meanwhile', rewritten, 'failed'],
  ] as const)('%s', async ([_what, change, kind], { expect, onTestFinished }) => {
    const cluster = await startTutorialCluster({}, onTestFinished);
    await cluster.runThrough('routing');
    const remove = cluster.api.delete;
    let changes = 0;
    cluster.api.delete = async (...args) => {
      if (changes === 0) await cluster.applyAsKubectl(change);
      changes += 1;
      return remove(...args);
    };
    const end = await cluster.cleanUp();
    expect(end.kind).toBe(kind);
    expect((await cluster.get(virtualService)) === undefined).toBe(kind === 'done');
    expect((await cluster.get(manifestOf('Service', 'myapp'))) === undefined).toBe(kind === 'done');
  });
});

describe('a route whose versions are gone', LONG, () => {
  it.concurrent('is told of, and its versions come next', async ({ expect, onTestFinished }) => {
    const cluster = await startTutorialCluster({}, onTestFinished);
    await cluster.applyAsKubectl(...ALL.filter(({ kind }) => kind !== 'Deployment'));
    const { steps, next } = await cluster.tutorial();
    expect(next).toBe('versions');
    expect(steps.find(({ id }) => id === 'routing')).toMatchObject({
      progress: { kind: 'done' },
      notes: ['The route is there, and not both of its versions are: their share is answered 503.'],
    });
  });
});
