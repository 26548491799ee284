import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import type { ClusterApi, Collection } from '../../src/kube/cluster-api.ts';
import { type ConnectedCluster, connect } from '../../src/kube/connect.ts';
import { listAndWatch } from '../../src/kube/list-watch.ts';
import { Suspicion } from '../../src/kube/suspicion.ts';
import {
  type ApiFront,
  certificateFor,
  type FrontOptions,
  startApiFront,
  type TestCertificate,
} from '../support/api-front.ts';
import { manifestsFolder } from '../support/demo-session.ts';
import { type ForwardProxy, startHttpProxy, startSocksProxy } from '../support/forward-proxy.ts';
import { kubeconfigText, type TestFolder, testFolder, trusting } from '../support/kubeconfig-file.ts';

const pods: Collection = { group: '', version: 'v1', plural: 'pods', namespace: 'default' };
const never = new AbortController().signal;
let demo: DemoCluster;
let folder: TestFolder;
beforeAll(async () => {
  demo = await startDemoCluster({ manifestsFolder, seed: 7 });
  folder = await testFolder();
});
afterAll(async () => {
  await demo.stop();
  await folder.remove();
});
let stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  stops = [];
});

async function front(options: Partial<FrontOptions> = {}): Promise<ApiFront> {
  const started = await startApiFront(demo, { protocol: 'h1', ...options });
  stops.push(started.stop);
  return started;
}

async function open(server: string, cluster: object, env: NodeJS.ProcessEnv = {}): Promise<ConnectedCluster> {
  const kubeconfig = await folder.write('kubeconfig', kubeconfigText(server, cluster, { token: 't' }));
  const connected = connect({ kubeconfig }, env, () => undefined);
  if (!connected.ok) throw new Error(connected.error.headline);
  stops.push(() => connected.value.api.close());
  return connected.value;
}

async function clientOf(server: ApiFront, cluster: object = {}, env: NodeJS.ProcessEnv = {}) {
  return (await open(server.url, { ...trusting(server), ...cluster }, env)).api;
}

/** The address of a server under a name that only a proxy can look up. */
const behindProxy = (server: ApiFront, name = 'api.cluster.example') => server.url.replace('127.0.0.1', name);

describe('connections to the API server', () => {
  const watched = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(app => ({ ...pods, labelSelector: `app!=${app}` }));

  /** Starts watches as the screen does, and resolves once all are live. */
  async function watchAll(api: ClusterApi): Promise<void> {
    const controller = new AbortController();
    let live = 0;
    const loops = watched.map(collection =>
      listAndWatch(
        { api, clock: systemClock, random: Math.random, suspicion: new Suspicion() },
        collection,
        report => {
          if (report.kind === 'live') live += 1;
        },
        controller.signal,
      ),
    );
    stops.push(() => {
      controller.abort();
      return Promise.all(loops);
    });
    await vi.waitUntil(() => live >= watched.length, { timeout: 20_000 });
  }

  it('are two over HTTP/2, from the first request on', async () => {
    const server = await front({ protocol: 'h2' });
    const api = await clientOf(server);
    await watchAll(api);
    await Promise.all(Array.from({ length: 20 }, () => api.list(pods, never)));
    expect(server.open()).toEqual({ plain: 2, upgraded: 0 });
    expect(server.accepted()).toBe(2);
  });

  it('are one for each watch and one more over HTTP/1.1, once it is quiet', async () => {
    const server = await front({ protocol: 'h1', keepAliveSeconds: 3 });
    const api = await clientOf(server);
    await watchAll(api);
    await Promise.all(Array.from({ length: 10 }, () => api.list(pods, never)));
    await vi.waitUntil(() => server.open().plain <= watched.length + 1, { timeout: 20_000 });
    // Requests that do not overlap need no more than one.
    for (let index = 0; index < 5; index += 1) {
      await api.list(pods, never);
      await setImmediate();
    }
    expect(server.open().plain).toBe(watched.length + 1);
  });

  it('of port-forwards are apart, and end with them', async () => {
    const server = await front({ protocol: 'h2' });
    const api = await clientOf(server);
    const pod = await somePod(api);
    const streams = await Promise.all([1, 2, 3].map(() => api.portForward('default', pod, 80, never)));
    expect(server.open()).toEqual({ plain: 1, upgraded: 3 });
    for (const stream of streams) stream.destroy();
    await vi.waitUntil(() => server.open().upgraded === 0, { timeout: 30_000 });
  });

  it('are all closed with the client', async () => {
    const server = await front({ protocol: 'h1' });
    const api = await clientOf(server);
    await Promise.all([1, 2, 3].map(() => api.list(pods, never)));
    expect(server.open().plain).toBeGreaterThan(0);
    await api.close();
    await vi.waitUntil(() => server.open().plain === 0, { timeout: 30_000 });
  });
});

async function somePod(api: ClusterApi): Promise<string> {
  for (;;) {
    const list = await api.list(pods, never);
    const names = list.ok ? list.value.items.map(({ metadata }) => metadata.name) : [];
    if (typeof names[0] === 'string') return names[0];
    await sleep(50);
  }
}

describe('a proxy', () => {
  async function proxy(start: Promise<ForwardProxy>): Promise<ForwardProxy> {
    const started = await start;
    stops.push(started.stop);
    return started;
  }

  /** A request, a watch and a port-forward, each of which has to get through. */
  async function useAll(api: ClusterApi): Promise<void> {
    const list = await api.list(pods, never);
    expect(list).toMatchObject({ ok: true });
    const controller = new AbortController();
    const watch = api.watch(
      pods,
      list.ok ? list.value.resourceVersion : '',
      { onOpen: () => controller.abort(), onEvents: () => undefined },
      controller.signal,
    );
    expect(await watch).toMatchObject({ ok: false, error: { kind: 'aborted' } });
    (await api.portForward('default', await somePod(api), 80, never)).destroy();
  }

  const certificate = () => certificateFor('api', { names: ['api.cluster.example'] });

  it('of the kubeconfig carries requests, watches and port-forwards', async () => {
    const { port, targets, authorizations } = await proxy(startHttpProxy());
    const server = await front({ protocol: 'h2', certificate: await certificate() });
    const cluster = { ...trusting(server), 'proxy-url': `http://jane:s%20cret@127.0.0.1:${port}` };
    const { api } = await open(behindProxy(server), cluster, { NO_PROXY: '*' });
    await useAll(api);
    const target = new URL(behindProxy(server)).host;
    // One connection for requests, one for watches, one for the port-forward.
    expect(targets).toEqual([target, target, target]);
    expect(new Set(authorizations)).toEqual(
      new Set([`Basic ${Buffer.from('jane:s cret').toString('base64')}`]),
    );
  });

  it('may speak SOCKS5, which looks the name up as well', async () => {
    const { port, targets } = await proxy(startSocksProxy());
    const server = await front({ protocol: 'h2', certificate: await certificate() });
    const cluster = { ...trusting(server), 'proxy-url': `socks5://127.0.0.1:${port}` };
    const { api } = await open(behindProxy(server), cluster);
    await useAll(api);
    expect(targets).toEqual(new Array(3).fill(new URL(behindProxy(server)).host));
  });

  it('of the environment is used for a server that it does not except', async () => {
    const { port, targets } = await proxy(startHttpProxy());
    const server = await front({ protocol: 'h1', certificate: await certificate() });
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: 'other.example' };
    const { api } = await open(behindProxy(server), trusting(server), env);
    await useAll(api);
    expect(targets.length).toBeGreaterThan(0);
  });

  it('of the environment leaves loopback alone', async () => {
    const { port, targets } = await proxy(startHttpProxy());
    const api = await clientOf(await front(), {}, { HTTPS_PROXY: `http://127.0.0.1:${port}` });
    await useAll(api);
    expect(targets).toEqual([]);
  });

  it('carries requests to a server without TLS as well', async () => {
    const { port, targets } = await proxy(startHttpProxy());
    const server = await front({ protocol: 'http' });
    const { api } = await open(behindProxy(server), {}, { HTTP_PROXY: `127.0.0.1:${port}` });
    await useAll(api);
    expect(targets.length).toBeGreaterThan(0);
  });

  it('that refuses is named, without its password', async () => {
    const { port } = await proxy(startHttpProxy({ refusal: '407 Proxy Authentication Required' }));
    const cluster = { 'proxy-url': `http://jane:s3cret@127.0.0.1:${port}` };
    const { api } = await open('https://api.cluster.example:6443', cluster);
    const list = await api.list(pods, never);
    expect(list).toMatchObject({
      ok: false,
      error: {
        kind: 'unreachable',
        reason: `The proxy http://127.0.0.1:${port} gives no way to api.cluster.example:6443: it answered 407 Proxy Authentication Required.`,
      },
    });
    await expect(api.portForward('default', 'p', 80, never)).rejects.toThrow('it answered 407');
  });

  it('that is not there is named, and not the server', async () => {
    const gone = await startHttpProxy();
    await gone.stop();
    const { api } = await open('https://api.cluster.example:6443', {
      'proxy-url': `http://127.0.0.1:${gone.port}`,
    });
    const list = await api.list(pods, never);
    expect(!list.ok && list.error.reason).toBe(
      `The proxy http://127.0.0.1:${gone.port} gives no way to api.cluster.example:6443: nothing listens there.`,
    );
  });
});

describe('a certificate', () => {
  async function reasonWith(certificate: TestCertificate, cluster: object): Promise<string> {
    const server = await front({ certificate });
    const { api } = await open(server.url, cluster);
    const list = await api.list(pods, never);
    return list.ok ? 'ok' : (list.error.reason ?? '').replace(server.url, 'SERVER');
  }
  const trusted = ({ cert }: TestCertificate) => ({
    'certificate-authority-data': Buffer.from(cert).toString('base64'),
  });

  it('that has expired is explained', async () => {
    const expired = await certificateFor('api', { notAfter: new Date(Date.now() - 60_000) });
    expect(await reasonWith(expired, trusted(expired))).toBe('The certificate of SERVER has expired.');
  });

  it('of an unknown authority is explained', async () => {
    const [certificate, other] = await Promise.all([certificateFor('api'), certificateFor('other')]);
    expect(await reasonWith(certificate, trusted(other))).toBe(
      'The certificate of SERVER is signed by an unknown authority.',
    );
  });

  it('for other names is explained by these, and accepted with tls-server-name', async () => {
    const certificate = await certificateFor('api', { names: ['kubernetes', 'api.internal'] });
    expect(await reasonWith(certificate, trusted(certificate))).toBe(
      'The certificate of SERVER is for kubernetes, api.internal.',
    );
    const named = { ...trusted(certificate), 'tls-server-name': 'api.internal' };
    expect(await reasonWith(certificate, named)).toBe('ok');
  });

  it('is not looked at with insecure-skip-tls-verify, which is said', async () => {
    const server = await front({ protocol: 'h2' });
    const connected = await open(server.url, { 'insecure-skip-tls-verify': true });
    expect(connected.isUnverified).toBe(true);
    expect((await connected.api.list(pods, never)).ok).toBe(true);
    const stream = await connected.api.portForward('default', await somePod(connected.api), 80, never);
    stream.destroy();
    expect((await open(server.url, trusting(server))).isUnverified).toBe(false);
  });

  it('is looked for in vain where the server does not speak TLS', async () => {
    const server = await front({ protocol: 'http' });
    const { api } = await open(server.url.replace('http:', 'https:'), {});
    const list = await api.list(pods, never);
    expect(!list.ok && list.error.reason).toMatch(/^The server https:.* does not speak TLS\.$/);
  });
});

describe('a server without TLS', () => {
  it('is accepted, as kubectl accepts it', async () => {
    const server = await front({ protocol: 'http' });
    const { api } = await open(server.url, {});
    expect((await api.list(pods, never)).ok).toBe(true);
    (await api.portForward('default', await somePod(api), 80, never)).destroy();
  });
});
