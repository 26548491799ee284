import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { describe, expect, type TestContext } from 'vitest';
import type { DemoCluster } from '../../src/demo/demo-cluster.ts';
import { eventually } from '../support/eventually.ts';
import {
  ask,
  clientsOf,
  eventualFailure,
  istioObject,
  it,
  MANIFESTS,
  MERGE_PATCH,
  patchWeights,
  untilReady,
  VIRTUAL_SERVICE,
  versionIn,
  versionsOf,
} from './cluster.ts';

const V1 = { destination: { host: 'myapp', subset: 'v1' } };
const V2 = { destination: { host: 'myapp', subset: 'v2' } };

/** Puts other HTTP routes into the tutorial's VirtualService. */
function setRoutes(demo: DemoCluster, http: readonly object[]) {
  return clientsOf(demo).custom.patchNamespacedCustomObject(
    { ...VIRTUAL_SERVICE, body: { spec: { http } } },
    MERGE_PATCH,
  );
}

function remove(demo: DemoCluster, plural: string, name: string) {
  return clientsOf(demo).custom.deleteNamespacedCustomObject(istioObject(plural, name));
}

/** Waits until the gateway answers so. */
function untilAnswer(demo: DemoCluster, expected: object, path = '/', init = {}) {
  return eventually(async () => expect(await ask(demo, path, init)).toMatchObject(expected));
}

/** The code of an answer to a request for `host`. fetch does not let that header be set, so this is undici's own request. */
async function codeAs(demo: DemoCluster, host: string): Promise<number> {
  const { statusCode, body } = await request(demo.gatewayUrl, { headers: { host } });
  await body.dump();
  return statusCode;
}

/** A folder with the tutorial's manifests but for one. It ends with the test. */
async function manifestsWithout(
  left: string,
  onTestFinished: TestContext['onTestFinished'],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weighbridge-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const name of await readdir(MANIFESTS)) {
    if (name.endsWith('.yaml') && name !== left) await copyFile(join(MANIFESTS, name), join(folder, name));
  }
  return folder;
}

let splits = 0;

/** Sets the weights and waits until they are live, which a response header shows that comes with them. */
async function setSplit(demo: DemoCluster, [first, second]: readonly [number, number]): Promise<void> {
  splits += 1;
  const name = String(splits);
  const headers = { response: { set: { 'x-split': name } } };
  await setRoutes(demo, [
    {
      route: [
        { ...V1, weight: first },
        { ...V2, weight: second },
      ],
      headers,
    },
  ]);
  await untilAnswer(demo, { headers: { 'x-split': name } });
}

/** The versions that answer for as long as a change takes to become live several times over. */
async function versionsForAWhile(demo: DemoCluster): Promise<ReadonlySet<string>> {
  const versions = new Set<string>();
  const untilMs = performance.now() + 400;
  while (performance.now() < untilMs) versions.add(versionIn((await ask(demo)).body));
  return versions;
}

describe.concurrent('the split', () => {
  it('is by chance for each request, the same for the same seed', async ({
    startCluster,
    onTestFinished,
  }) => {
    const manifestsFolder = await manifestsWithout('06-virtual-service.yaml', onTestFinished);
    const route = (demo: DemoCluster, name: string, host: string, destinations: readonly object[]) => {
      const spec = { hosts: [host], gateways: ['app-gateway'], http: [{ route: destinations }] };
      const body = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name }, spec };
      return clientsOf(demo).custom.createNamespacedCustomObject({
        ...istioObject('virtualservices', ''),
        body,
      });
    };
    const sequence = async (seed: number) => {
      const demo = await startCluster({ seed, manifestsFolder });
      // Requests that have one place to go, or none, take no chance away from those that are counted.
      for (const [version, destination] of Object.entries({ v1: V1, v2: V2 })) {
        await route(demo, version, `${version}.example.com`, [destination]);
        await eventually(async () => expect(await codeAs(demo, `${version}.example.com`)).toBe(200));
      }
      await route(demo, 'myapp', '*', [
        { ...V1, weight: 50 },
        { ...V2, weight: 50 },
      ]);
      const first = await eventually(async () => {
        const { code, body } = await ask(demo);
        expect(code).toBe(200);
        return versionIn(body);
      });
      return [first, ...(await versionsOf(demo, 39))];
    };
    const [first, again, other] = await Promise.all([sequence(7), sequence(7), sequence(8)]);
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
  });

  it('follows the weights', async ({ readyDemo: demo }) => {
    await setSplit(demo, [80, 20]);
    const versions = await versionsOf(demo, 400);
    const share = versions.filter(version => version === 'v1').length / versions.length;
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.9);
  });

  it('is relative to the sum of the weights, and 0 gets nothing', async ({ readyDemo: demo }) => {
    await setSplit(demo, [0, 7]);
    expect(new Set(await versionsOf(demo, 100))).toEqual(new Set(['v2']));
  });

  it.for([{ weights: [0, 0] }, { weights: [-5, 100] }] as const)(
    'of $weights is taken by the API and refused by Envoy: the old one stays in force',
    async ({ weights }, { readyDemo: demo }) => {
      await setSplit(demo, [100, 0]);
      await patchWeights(demo, weights);
      expect(await versionsForAWhile(demo)).toEqual(new Set(['v1']));
      await remove(demo, 'destinationrules', 'myapp');
      await untilAnswer(demo, { code: 503, body: '' });
    },
  );

  it('reaches connections that are open', async ({ readyDemo: demo }) => {
    await setSplit(demo, [100, 0]);
    await patchWeights(demo, [0, 100]);
    await eventually(async () => expect(new Set(await versionsOf(demo, 10))).toEqual(new Set(['v2'])));
  });

  it('works between Services as well as between subsets', async ({ readyDemo: demo }) => {
    const { core } = clientsOf(demo);
    for (const version of ['v1', 'v2']) {
      const body = {
        metadata: { name: `myapp-${version}` },
        spec: { selector: { app: 'myapp', version }, ports: [{ name: 'http', port: 80 }] },
      };
      await core.createNamespacedService({ namespace: 'default', body });
    }
    await setRoutes(demo, [
      {
        route: [
          { destination: { host: 'myapp-v1' }, weight: 0 },
          { destination: { host: 'myapp-v2.default.svc.cluster.local' }, weight: 100 },
        ],
      },
    ]);
    await eventually(async () => expect(new Set(await versionsOf(demo, 10))).toEqual(new Set(['v2'])));
  });
});

describe.concurrent('Envoy answers itself', () => {
  const own = { server: 'istio-envoy', date: expect.stringMatching(/GMT$/) };

  it('404 with no body when no host or route matches', async ({ readyDemo: demo }) => {
    await setRoutes(demo, [{ match: [{ uri: { exact: '/only' } }], route: [V1] }]);
    await untilAnswer(demo, { code: 404, body: '', headers: own });
    const { headers } = await ask(demo);
    expect([headers['content-type'], headers['x-envoy-upstream-service-time']]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('404 when there is no VirtualService', async ({ readyDemo: demo }) => {
    await remove(demo, 'virtualservices', 'myapp');
    await untilAnswer(demo, { code: 404, body: '' });
  });

  it('503 with no body when no DestinationRule names the subset', async ({ readyDemo: demo }) => {
    await remove(demo, 'destinationrules', 'myapp');
    await untilAnswer(demo, { code: 503, body: '', headers: own });
  });

  it('503 "no healthy upstream" when no pod is ready', async ({ readyDemo: demo }) => {
    demo.failPods('app=myapp', 'unready');
    await untilAnswer(demo, {
      code: 503,
      body: 'no healthy upstream',
      headers: { ...own, 'content-type': 'text/plain' },
    });
  });

  it('503 "upstream connect error" after two retries when nothing listens', async ({ readyDemo: demo }) => {
    demo.failPods('app=myapp', 'refuse');
    const body =
      'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure, transport failure reason: delayed connect error: Connection refused';
    await untilAnswer(demo, { code: 503, body, headers: own });
  });

  it('504 when the application takes longer than the route allows', async ({ readyDemo: demo }) => {
    const headers = { response: { set: { 'x-limit': '50ms' } } };
    await setRoutes(demo, [{ route: [V1], timeout: '50ms', headers }]);
    await untilAnswer(demo, { headers: { 'x-limit': '50ms' } });
    demo.failPods('app=myapp', 'hang');
    await untilAnswer(demo, { code: 504, body: 'upstream request timeout' });
  });

  it('what a fault or a direct response says', async ({ readyDemo: demo }) => {
    await setRoutes(demo, [
      {
        match: [{ uri: { prefix: '/fault' } }],
        fault: { abort: { httpStatus: 418, percentage: { value: 100 } } },
        route: [V1],
      },
      { match: [{ uri: { prefix: '/direct' } }], directResponse: { status: 200, body: { string: 'hello' } } },
      { match: [{ uri: { prefix: '/away' } }], redirect: { uri: '/there', redirectCode: 302 } },
    ]);
    await untilAnswer(demo, { code: 418, body: 'fault filter abort' }, '/fault');
    await untilAnswer(demo, { code: 200, body: 'hello' }, '/direct');
    await untilAnswer(demo, { code: 302, headers: { location: `${demo.gatewayUrl}/there` } }, '/away');
  });

  it('nothing at all while no Gateway opens the port', async ({ readyDemo: demo }) => {
    await remove(demo, 'gateways', 'app-gateway');
    expect(await eventualFailure(() => ask(demo))).toMatchObject({ message: 'fetch failed' });
    const body = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { name: 'app-gateway' },
      spec: {
        selector: { istio: 'ingressgateway' },
        servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
      },
    };
    await clientsOf(demo).custom.createNamespacedCustomObject({ ...istioObject('gateways', ''), body });
    await untilReady(demo);
  });
});

describe.concurrent("an application's answer", () => {
  it("comes through with the gateway's own headers", async ({ readyDemo: demo }) => {
    await setSplit(demo, [100, 0]);
    const { code, headers, body } = await ask(demo);
    expect(code).toBe(200);
    expect(body).toContain('background-color: blue');
    expect(headers).toMatchObject({
      server: 'istio-envoy',
      'content-type': 'text/html',
      'content-length': String(Buffer.byteLength(body)),
      etag: expect.stringMatching(/^"[0-9a-f]+-[0-9a-f]+"$/),
      'last-modified': expect.stringMatching(/GMT$/),
      'x-envoy-upstream-service-time': expect.stringMatching(/^\d+$/),
    });
  });

  it('of an error keeps its code, and shows that an application gave it', async ({ readyDemo: demo }) => {
    demo.failPods('app=myapp', 'fail');
    await untilAnswer(demo, { code: 500, headers: { 'x-envoy-upstream-service-time': expect.any(String) } });
    demo.failPods('app=myapp', 'serve');
    await untilAnswer(demo, { code: 404, body: expect.stringContaining('nginx') }, '/nowhere');
  });

  it('can be given another page', async ({ readyDemo: demo }) => {
    await patchWeights(demo, [0, 100]);
    demo.setPageBody('v2', '\u001b[2Jsurprise');
    await untilAnswer(demo, { code: 200, body: '\u001b[2Jsurprise' });
  });

  it('takes request bodies along', async ({ readyDemo: demo }) => {
    await untilAnswer(demo, { code: 405 }, '/', { method: 'POST', body: 'x'.repeat(100_000) });
  });
});

describe.concurrent('a route', () => {
  it('matches by path, header and method, the first that does', async ({ readyDemo: demo }) => {
    await setRoutes(demo, [
      {
        match: [{ headers: { 'x-version': { exact: 'two' } } }, { uri: { regex: '/v[0-9]' } }],
        route: [V2],
        rewrite: { uri: '/' },
      },
      { match: [{ method: { exact: 'HEAD' } }], directResponse: { status: 204 } },
      { match: [{ uri: { prefix: '/app' } }], route: [V2], rewrite: { uri: '/' } },
      { route: [V1] },
    ]);
    await untilAnswer(demo, { code: 204 }, '/', { method: 'HEAD' });
    const version = async (path: string, headers = {}) =>
      versionIn((await ask(demo, path, { headers })).body);
    expect(await version('/')).toBe('v1');
    expect(await version('/', { 'x-version': 'two' })).toBe('v2');
    expect(await version('/v2')).toBe('v2');
    expect(await version('/app?x=1')).toBe('v2');
    expect((await ask(demo, '/v22')).code).toBe(404);
  });

  it('is for the hosts of its VirtualService', async ({ readyDemo: demo }) => {
    const { custom } = clientsOf(demo);
    await custom.patchNamespacedCustomObject(
      { ...VIRTUAL_SERVICE, body: { spec: { hosts: ['demo.example.com', '*.wild.example.com'] } } },
      MERGE_PATCH,
    );
    await untilAnswer(demo, { code: 404 });
    expect(await codeAs(demo, 'demo.example.com')).toBe(200);
    expect(await codeAs(demo, 'demo.example.com:8080')).toBe(200);
    expect(await codeAs(demo, 'a.wild.example.com')).toBe(200);
    expect(await codeAs(demo, 'wild.example.com')).toBe(404);
  });
});

describe.concurrent('istiod', () => {
  it('that is down leaves the old weights in force until it is back', async ({ readyDemo: demo }) => {
    const { apps } = clientsOf(demo);
    await setSplit(demo, [100, 0]);
    const scale = (replicas: number) =>
      apps.patchNamespacedDeployment(
        { namespace: 'istio-system', name: 'istiod', body: { spec: { replicas } } },
        MERGE_PATCH,
      );
    await scale(0);
    await eventually(async () => {
      const { status } = await apps.readNamespacedDeployment({ namespace: 'istio-system', name: 'istiod' });
      expect(status?.replicas).toBeUndefined();
    });
    await patchWeights(demo, [0, 100]);
    expect(await versionsForAWhile(demo)).toEqual(new Set(['v1']));
    await scale(1);
    await eventually(async () => expect(new Set(await versionsOf(demo, 10))).toEqual(new Set(['v2'])));
  });
});

describe.concurrent('a rollout', () => {
  it('loses no request when pods wait before they stop', async ({ readyDemo: demo }) => {
    const { core, apps } = clientsOf(demo);
    const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-11-23T12:00:00Z' };
    const podNames = async () => {
      const { items } = await core.listNamespacedPod({ namespace: 'default', labelSelector: 'version=v2' });
      return items.map(({ metadata }) => metadata?.name);
    };
    const [old] = await podNames();
    const body = { spec: { template: { metadata: { annotations } } } };
    await apps.patchNamespacedDeployment({ namespace: 'default', name: 'myapp-v2', body }, MERGE_PATCH);
    const codes = new Set<number>();
    await eventually(async () => {
      for (let index = 0; index < 20; index++) codes.add((await ask(demo)).code);
      expect(await podNames()).not.toContain(old);
    });
    expect(codes).toEqual(new Set([200]));
  });
});
