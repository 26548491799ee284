import { fetch, Pool } from 'undici';
import { describe, expect } from 'vitest';
import type { DemoCluster } from '../../src/demo/demo-cluster.ts';
import { SCENARIOS } from '../../src/demo/scenarios/scenarios.ts';
import { eventually } from '../support/eventually.ts';
import {
  ask,
  clientsOf,
  eventualFailure,
  it,
  patchWeights,
  recordWatch,
  refusalOf,
  requestApi,
  untilReady,
  VIRTUAL_SERVICE,
  versionIn,
  versionsOf,
  weightsIn,
} from './cluster.ts';

/** What the one container of the version's pod waits for. */
async function waitingReason(demo: DemoCluster, version: string): Promise<string | undefined> {
  const labelSelector = `version=${version}`;
  const { items } = await clientsOf(demo).core.listNamespacedPod({ namespace: 'default', labelSelector });
  return items[0]?.status?.containerStatuses?.[0]?.state?.waiting?.reason;
}

/** Codes and bodies of the answers that `count` requests get. */
async function answersOf(demo: DemoCluster, count: number): Promise<readonly string[]> {
  const answers = await Promise.all(Array.from({ length: count }, () => ask(demo)));
  return answers.map(({ code, body }) => (code === 200 ? versionIn(body) : `${code} ${body}`.trim()));
}

/** Waits until answers are of exactly these kinds. */
function untilAnswers(demo: DemoCluster, expected: readonly string[]): Promise<void> {
  return eventually(async () => {
    // So many that half and half does not look like one version by chance, however often it is asked.
    const kinds = new Set(await answersOf(demo, 40));
    expect([...kinds].sort()).toEqual(expected);
  });
}

async function countPods(demo: DemoCluster, path: string): Promise<number> {
  const { body } = await requestApi(demo, path);
  return (body as { items: readonly unknown[] }).items.length;
}

describe('the scenarios', () => {
  it('have names of their own, and a sentence each', () => {
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
    for (const { summary } of SCENARIOS) expect(summary).toMatch(/^.{20,110}\.$/);
  });

  it('are known by name', async ({ startCluster }) => {
    await expect(startCluster({ scenario: 'nope' })).rejects.toThrow('no scenario nope');
  });
});

describe.concurrent('in the scenario', () => {
  it('empty, Istio is there and nothing else', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'empty' });
    const { core, apps } = clientsOf(demo);
    expect((await apps.listDeploymentForAllNamespaces()).items.map(({ metadata }) => metadata?.name)).toEqual(
      ['istio-ingressgateway', 'istiod'],
    );
    expect((await core.listNamespacedPod({ namespace: 'default' })).items).toEqual([]);
    await eventualFailure(() => ask(demo));
  });

  it('v2-crashlooping, v2 crashes and its share fails', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'v2-crashlooping' });
    await eventually(async () => expect(await waitingReason(demo, 'v2')).toBe('CrashLoopBackOff'));
    await untilAnswers(demo, ['503 no healthy upstream', 'v1']);
  });

  it('v2-image-pull, v2 never starts and its share fails', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'v2-image-pull' });
    await eventually(async () => expect(await waitingReason(demo, 'v2')).toBe('ImagePullBackOff'));
    await untilAnswers(demo, ['503 no healthy upstream', 'v1']);
  });

  it('slow-rollout, three pods of v2 run and are not ready yet', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'slow-rollout' });
    await eventually(async () => {
      const { items } = await clientsOf(demo).core.listNamespacedPod({
        namespace: 'default',
        labelSelector: 'version=v2',
      });
      const statuses = items.map(({ status }) => status?.containerStatuses?.[0]);
      expect(statuses.map(status => [status?.ready, status?.state?.running !== undefined])).toEqual(
        Array(3).fill([false, true]),
      );
    });
    await untilAnswers(demo, ['503 no healthy upstream', 'v1']);
  });

  it('no-subset, everybody gets an empty 503', async ({ startCluster }) => {
    await untilAnswers(await startCluster({ scenario: 'no-subset' }), ['503']);
  });

  it('lossy-gateway, some requests are lost while weights change, and are counted', async ({
    startCluster,
  }) => {
    const demo = await startCluster({ scenario: 'lossy-gateway' });
    await untilAnswers(demo, ['v1', 'v2']);
    expect(demo.lostRequests).toBe(0);
    await patchWeights(demo, [60, 40]);
    const lost = (await answersOf(demo, 60)).filter(answer =>
      answer.startsWith('503 upstream connect error'),
    );
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.length).toBeLessThan(60);
    expect(demo.lostRequests).toBe(lost.length);
  });

  it('slow-propagation, traffic follows seconds later', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'slow-propagation' });
    await untilAnswers(demo, ['v1', 'v2']);
    const before = performance.now();
    await patchWeights(demo, [100, 0]);
    await untilAnswers(demo, ['v1']);
    expect(performance.now() - before).toBeGreaterThan(2_900);
  });

  it('istiod-down, weights are accepted and traffic stays', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'istiod-down' });
    await untilAnswers(demo, ['v1', 'v2']);
    await eventually(async () => {
      const { items } = await clientsOf(demo).core.listNamespacedPod({
        namespace: 'istio-system',
        labelSelector: 'app=istiod',
      });
      expect(items[0]?.status?.containerStatuses?.[0]?.ready).toBe(false);
    });
    await patchWeights(demo, [100, 0]);
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(new Set(await versionsOf(demo, 20))).toEqual(new Set(['v1', 'v2']));
  });

  it('webhook, weights that Envoy would refuse are denied in its words', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'webhook' });
    const denial = (why: string) => ({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `admission webhook "validation.istio.io" denied the request: configuration is invalid: ${why}`,
      code: 400,
    });
    expect(await refusalOf(patchWeights(demo, [0, 0]))).toEqual(denial('total destination weight = 0'));
    expect(await refusalOf(patchWeights(demo, [-5, 100]))).toEqual(denial('weight -5 < 0'));
    expect(await refusalOf(patchWeights(demo, [-5, 5]))).toEqual(
      denial('2 errors occurred:\n\t* weight -5 < 0\n\t* total destination weight = 0\n\n'),
    );
    await patchWeights(demo, [3, 7]);
    expect(await weightsIn(demo)).toEqual([3, 7]);
    demo.failPods('app=istiod', 'unready');
    await eventually(async () =>
      expect(await refusalOf(patchWeights(demo, [50, 50]))).toMatchObject({
        code: 500,
        reason: 'InternalError',
        message: expect.stringContaining('failed calling webhook "validation.istio.io"'),
      }),
    );
  });

  it('healthy, no webhook denies what the API accepts', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'healthy' });
    await patchWeights(demo, [0, 0]);
    expect(await weightsIn(demo)).toEqual([0, 0]);
  });

  it('forbidden, patching is denied and reading is not', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'forbidden' });
    expect(await weightsIn(demo)).toEqual([50, 50]);
    expect(await refusalOf(patchWeights(demo, [60, 40]))).toMatchObject({ code: 403, reason: 'Forbidden' });
    const { status } = await clientsOf(demo).authorization.createSelfSubjectAccessReview({
      body: {
        spec: {
          resourceAttributes: {
            verb: 'patch',
            group: 'networking.istio.io',
            resource: 'virtualservices',
            namespace: 'default',
          },
        },
      },
    });
    expect(status?.allowed).toBe(false);
  });

  it('gateway-cluster-ip, nothing listens outside until the Service is given a NodePort', async ({
    startCluster,
  }) => {
    const demo = await startCluster({ scenario: 'gateway-cluster-ip' });
    await eventualFailure(() => ask(demo));
    const { core } = clientsOf(demo);
    const service = { name: 'istio-ingressgateway', namespace: 'istio-system' };
    const body = [{ op: 'replace', path: '/spec/type', value: 'NodePort' }];
    const opened = await core.patchNamespacedService({ ...service, body });
    const nodePort = opened.spec?.ports?.find(({ port }) => port === 80)?.nodePort;
    await eventually(async () => {
      const { status } = await fetch(`http://127.0.0.1:${nodePort}/`);
      expect(status).toBe(200);
    });
  });

  it('healthy, a NodePort that is taken away refuses, and keeps the connections that there are', async ({
    startCluster,
  }) => {
    const demo = await startCluster();
    await untilReady(demo);
    const pool = new Pool(demo.gatewayUrl, { connections: 1 });
    const send = async () => {
      const { statusCode, body } = await pool.request({ method: 'GET', path: '/' });
      await body.dump();
      return statusCode;
    };
    expect(await send()).toBe(200);
    const closed = await clientsOf(demo).core.patchNamespacedService({
      name: 'istio-ingressgateway',
      namespace: 'istio-system',
      body: [{ op: 'replace', path: '/spec/type', value: 'ClusterIP' }],
    });
    expect(closed.spec?.ports?.map(({ nodePort }) => nodePort)).toEqual([undefined, undefined, undefined]);
    expect(closed.spec?.externalTrafficPolicy).toBeUndefined();
    await eventualFailure(async () => {
      const fresh = new Pool(demo.gatewayUrl);
      try {
        await fresh.request({ method: 'GET', path: '/' });
      } finally {
        await fresh.destroy();
      }
    });
    expect(await send()).toBe(200);
    await pool.destroy();
  });

  it('no-port-forward, no port-forward may be opened', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'no-port-forward' });
    const { status } = await clientsOf(demo).authorization.createSelfSubjectAccessReview({
      body: {
        spec: {
          resourceAttributes: {
            verb: 'create',
            resource: 'pods',
            subresource: 'portforward',
            namespace: 'default',
          },
        },
      },
    });
    expect(status?.allowed).toBe(false);
  });

  it('argo-owned, Argo CD marks the VirtualService as its own and puts the weights back', async ({
    startCluster,
  }) => {
    const demo = await startCluster({ scenario: 'argo-owned' });
    const object = await clientsOf(demo).custom.getNamespacedCustomObject(VIRTUAL_SERVICE);
    expect(object.metadata.annotations['argocd.argoproj.io/tracking-id']).toBe(
      'myapp:networking.istio.io/VirtualService:default/myapp',
    );
    await patchWeights(demo, [90, 10]);
    expect(await weightsIn(demo)).toEqual([90, 10]);
    await eventually(async () => expect(await weightsIn(demo)).toEqual([50, 50]));
    const healed = await clientsOf(demo).custom.getNamespacedCustomObject(VIRTUAL_SERVICE);
    expect(healed.metadata.managedFields.map(({ manager }: { manager: string }) => manager)).toContain(
      'argocd-controller',
    );
  });

  it('flaky-api, requests are turned away for a second and watches are cut off', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'flaky-api' });
    const answers = await Promise.all(Array.from({ length: 60 }, () => requestApi(demo, '/api/v1/pods')));
    const refused = answers.filter(({ code }) => code === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(60);
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    expect(refused[0]?.body).toMatchObject({ reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } });
    const { ended } = await eventually(() => recordWatch(demo, '/api/v1/pods'));
    await ended;
  });

  it('mesh-only, the gateway knows no route', async ({ startCluster }) => {
    await untilAnswers(await startCluster({ scenario: 'mesh-only' }), ['404']);
  });

  it('two-services, blue and green are told apart by host', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'two-services' });
    await untilAnswers(demo, ['v1', 'v2']);
    await patchWeights(demo, [0, 100]);
    await untilAnswers(demo, ['v2']);
  });

  it('crowded, many pods run besides, here and elsewhere', async ({ startCluster }) => {
    const demo = await startCluster({ scenario: 'crowded', pods: 120 });
    await untilAnswers(demo, ['v1', 'v2']);
    expect(await countPods(demo, '/api/v1/namespaces/default/pods')).toBe(122);
    expect(await countPods(demo, '/api/v1/pods')).toBe(1_124);
    const { items } = await clientsOf(demo).apps.listNamespacedDeployment({ namespace: 'default' });
    expect(items.map(({ status }) => status?.availableReplicas)).toEqual([1, 1, 50, 50, 20]);
  });
});
