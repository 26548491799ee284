import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ClusterApi, Collection, WatchEvent } from '../../src/kube/cluster-api.ts';
import { openClusterApi, type Patience } from '../../src/kube/http-cluster-api.ts';
import { SharedConnectionsConfig } from '../../src/kube/kubeconfig.ts';

const pods: Collection = { group: '', version: 'v1', plural: 'pods', namespace: 'default' };
const never = new AbortController().signal;
let stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
});

/** The real client in front of a server that answers as a test likes: what no Kubernetes API server would say. */
async function clientOf(
  answer: RequestListener,
  user: object = {},
  userInfo = '',
  patience?: Patience,
): Promise<ClusterApi> {
  const server = createServer(answer);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = new SharedConnectionsConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server: `http://${userInfo}127.0.0.1:${port}`, skipTLSVerify: true }],
    users: [{ name: 'u', ...user }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  const api = openClusterApi(config, () => undefined, patience);
  stops.push(async () => {
    await api.close();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
  return api;
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

async function watchOf(chunks: readonly string[]) {
  const api = await clientOf((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    for (const chunk of chunks) response.write(chunk);
    response.end();
  });
  const events: WatchEvent[] = [];
  const end = await api.watch(
    pods,
    '1',
    { onOpen: () => undefined, onEvents: more => events.push(...more) },
    never,
  );
  return { end, names: events.map(({ object }) => object.metadata.name) };
}

const added = (name: string) => `${JSON.stringify({ type: 'ADDED', object: { metadata: { name } } })}\n`;

describe('a list', () => {
  it('reads every page', async () => {
    const api = await clientOf((request, response) => {
      const second = request.url?.includes('continue=next') === true;
      const metadata = second ? { resourceVersion: '7' } : { resourceVersion: '7', continue: 'next' };
      json(200, { items: [{ metadata: { name: second ? 'b' : 'a' } }], metadata })(request, response);
    });
    const list = await api.list(pods, never);
    expect(list.ok && list.value.items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  });

  it('reads everything at once when its continue token has expired on the way, as client-go does', async () => {
    const asked: string[] = [];
    const api = await clientOf((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://test');
      asked.push(`${searchParams.get('limit')} ${searchParams.get('continue')}`);
      const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
      if (searchParams.has('continue')) json(410, status)(request, response);
      else {
        const isPage = searchParams.has('limit');
        const items = (isPage ? ['a'] : ['a', 'b']).map(name => ({ metadata: { name } }));
        const metadata = { resourceVersion: isPage ? '7' : '9', ...(isPage ? { continue: 'next' } : {}) };
        json(200, { items, metadata })(request, response);
      }
    });
    const list = await api.list(pods, never);
    expect(asked).toEqual(['500 null', '500 next', 'null null']);
    expect(list.ok && [list.value.resourceVersion, list.value.items.length]).toEqual(['9', 2]);
  });

  it.each([
    ['goes on for ever', (page: number) => `token-${page}`],
    ['goes in circles', () => 'again'],
  ])('that %s ends with a failure', async (_what, token) => {
    let pages = 0;
    const api = await clientOf((request, response) => {
      pages += 1;
      const metadata = { resourceVersion: '7', continue: token(pages) };
      json(200, { items: [{ metadata: { name: 'a' } }], metadata })(request, response);
    });
    expect(await api.list(pods, never)).toMatchObject({
      ok: false,
      error: { kind: 'server', headline: "Can't list pods: the list does not end." },
    });
    expect(pages).toBeLessThanOrEqual(200);
  });

  it.each([
    ['an object that is no list', { status: 'ok' }],
    ['a list without a version to watch from', { items: [], metadata: {} }],
    ['no object', ['a']],
  ])('takes %s for no Kubernetes, so that no row is lost to it', async (_what, body) => {
    const api = await clientOf(json(200, body));
    expect(await api.list(pods, never)).toMatchObject({ ok: false, error: { kind: 'not-kubernetes' } });
  });

  it('explains a page of a proxy', async () => {
    const api = await clientOf((_request, response) =>
      response.writeHead(502).end('<html>Bad Gateway</html>'),
    );
    expect(await api.list(pods, never)).toMatchObject({ ok: false, error: { kind: 'not-kubernetes' } });
  });
});

describe('a watch', () => {
  it('reads events that are cut anywhere', async () => {
    const text = added('a') + added('grüße');
    const { end, names } = await watchOf([text.slice(0, 20), text.slice(20, 61), text.slice(61)]);
    expect(names).toEqual(['a', 'grüße']);
    expect(end.ok).toBe(true);
  });

  it('that is cut off within an event has not ended in order', async () => {
    const { end, names } = await watchOf([added('a'), added('b').slice(0, 30)]);
    expect(names).toEqual(['a']);
    expect(end).toMatchObject({ ok: false, error: { kind: 'not-kubernetes' } });
  });

  it('reports what came before an error, then the error', async () => {
    const gone = { type: 'ERROR', object: { kind: 'Status', code: 410, message: 'too old' } };
    const { end, names } = await watchOf([`${added('a')}${JSON.stringify(gone)}\n`]);
    expect(names).toEqual(['a']);
    expect(end).toMatchObject({ ok: false, error: { kind: 'gone' } });
  });

  it('of something that is no watch fails', async () => {
    expect((await watchOf(['hello\n'])).end).toMatchObject({ ok: false, error: { kind: 'not-kubernetes' } });
  });
});

describe('a server that falls silent', () => {
  const patience = { requestMs: 300, watchMs: 300 };

  it('is noticed within a watch', async () => {
    const api = await clientOf(
      (_request, response) => response.writeHead(200).write(added('a')),
      {},
      '',
      patience,
    );
    const names: unknown[] = [];
    const onEvents = (events: readonly WatchEvent[]) => names.push(...events.map(event => event.type));
    const end = await api.watch(pods, '1', { onOpen: () => undefined, onEvents }, never);
    expect(names).toEqual(['ADDED']);
    expect(end).toMatchObject({ ok: false, error: { kind: 'silent' } });
  });

  it('is asked over a new connection after a request that it did not answer', async () => {
    const ports: (number | undefined)[] = [];
    let isSilent = false;
    const api = await clientOf(
      (request, response) => {
        ports.push(request.socket.remotePort);
        if (!isSilent) json(200, { metadata: { name: 'a' } })(request, response);
      },
      {},
      '',
      patience,
    );
    // Connections that stay behind, as dead as the one that is found out.
    await Promise.all([1, 2, 3].map(() => api.get(pods, 'a', never)));
    isSilent = true;
    expect(await api.get(pods, 'a', never)).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
    isSilent = false;
    expect((await api.get(pods, 'a', never)).ok).toBe(true);
    expect(ports.slice(0, -1)).not.toContain(ports.at(-1));
  });
});

describe('requests', () => {
  it('say who asks, and are sent with the token', async () => {
    const seen: (string | undefined)[] = [];
    const api = await clientOf(
      (request, response) => {
        seen.push(request.headers['user-agent'], request.headers.authorization);
        json(200, { metadata: { name: 'a' } })(request, response);
      },
      { token: 'secret' },
    );
    await api.get(pods, 'a', never);
    expect(seen[0]).toMatch(/^weighbridge\/\d+\.\d+\.\d+$/);
    expect(seen[1]).toBe('Bearer secret');
  });

  it('are given up at once when they are no longer wanted, though the server never answers', async () => {
    const api = await clientOf(() => undefined);
    const controller = new AbortController();
    const read = api.get(pods, 'a', controller.signal);
    controller.abort();
    expect(await read).toMatchObject({ ok: false, error: { kind: 'aborted' } });
  });

  it('do not wait for a credential plugin once they are no longer wanted', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'sleep',
      args: ['5'],
      interactiveMode: 'Never',
    };
    const api = await clientOf(json(200, {}), { exec });
    const controller = new AbortController();
    const read = api.get(pods, 'a', controller.signal);
    controller.abort();
    expect(await read).toMatchObject({ ok: false, error: { kind: 'aborted' } });
  });

  it('tell what the server warns of beside its answers, also beside a refusal', async () => {
    const told: string[] = [];
    const api = await clientOf((request, response) => {
      const isPatch = request.method === 'PATCH';
      const warning = isPatch ? '299 - "unknown field \\"spec.x\\""' : '299 - "v1beta1 is deprecated"';
      json(isPatch ? 422 : 200, { metadata: { name: 'a' } }, { warning })(request, response);
    });
    api.onWarning(text => told.push(text));
    await api.get(pods, 'a', never);
    await api.patch(pods, 'a', [{ op: 'add', path: '/x', value: 1 }], never);
    expect(told).toEqual(['v1beta1 is deprecated', 'unknown field "spec.x"']);
  });

  it('show no credentials of the server address', async () => {
    const api = await clientOf(json(200, {}), {}, 'admin:s3cret@');
    expect(api.server).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});

describe('a write', () => {
  it('does not leave the process while something forbids it', async () => {
    let requests = 0;
    const config = new SharedConnectionsConfig();
    const open = await clientOf(() => {
      requests += 1;
    });
    config.loadFromOptions({
      clusters: [{ name: 'c', server: open.server, skipTLSVerify: true }],
      users: [{ name: 'u' }],
      contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
      currentContext: 'x',
    });
    const api = openClusterApi(config, () => 'read-only: for a test');
    const patched = await api.patch(pods, 'a', [{ op: 'add', path: '/x', value: 1 }], never);
    expect(patched).toMatchObject({ ok: false, error: { kind: 'read-only' } });
    expect(requests).toBe(0);
    await api.close();
  });
});

it('asks for the end of a log with limits, and takes no more of one that has none', async () => {
  const asked: string[] = [];
  const api = await clientOf((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'text/plain' });
    const write = () => {
      while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
    };
    response.on('drain', write);
    write();
  });
  const log = await api.podLog('default', 'p', { container: 'c', previous: false }, never);
  expect(asked).toEqual([
    '/api/v1/namespaces/default/pods/p/log?container=c&previous=false&tailLines=20&limitBytes=262144',
  ]);
  expect(log.ok && log.value.length).toBe(262_144);
});
