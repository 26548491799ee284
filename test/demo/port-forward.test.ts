import { createServer } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import { PortForward } from '@kubernetes/client-node';
import { request } from 'undici';
import { describe, expect } from 'vitest';
import { WebSocket } from 'ws';
import type { DemoCluster } from '../../src/demo/demo-cluster.ts';
import { eventually } from '../support/eventually.ts';
import { clientsOf, it, kubeConfigOf } from './cluster.ts';

/** The name of the version's one pod, once it is ready. */
function readyPod(demo: DemoCluster, version: string): Promise<string> {
  return eventually(async () => {
    const { items } = await clientsOf(demo).core.listNamespacedPod({
      namespace: 'default',
      labelSelector: `version=${version}`,
    });
    expect(items[0]?.status?.containerStatuses?.[0]?.ready).toBe(true);
    return items[0]?.metadata?.name ?? '';
  });
}

/** A local port that client-node's own PortForward leads to a pod, as `kubectl port-forward` does. */
async function openForward(
  demo: DemoCluster,
  pod: string,
  port: number,
  namespace = 'default',
): Promise<string> {
  const forward = new PortForward(kubeConfigOf(demo), false);
  const server = createServer(socket => {
    socket.on('error', () => socket.destroy());
    void forward.portForward(namespace, pod, [port], socket, null, socket);
  });
  // What it forwards ends with the cluster; the listener itself must not keep the test's process.
  server.unref();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
}

async function pageOf(url: string): Promise<string> {
  const { body } = await request(url, { reset: true });
  return body.text();
}

describe.concurrent('a port-forward', () => {
  it('leads to the one pod that it names', async ({ demo }) => {
    const pages = await Promise.all(
      ['v1', 'v2'].map(async version => pageOf(await openForward(demo, await readyPod(demo, version), 80))),
    );
    expect(pages.map(page => /Application version (v\d)/.exec(page)?.[1])).toEqual(['v1', 'v2']);
  });

  it('serves twenty requests at a time', async ({ demo }) => {
    const url = await openForward(demo, await readyPod(demo, 'v1'), 80);
    const pages = await Promise.all(Array.from({ length: 20 }, () => pageOf(url)));
    expect(new Set(pages).size).toBe(1);
  });

  it('carries a page of megabytes whole', async ({ demo }) => {
    const pod = await readyPod(demo, 'v1');
    demo.setPageBody('v1', 'x'.repeat(5_000_000));
    expect((await pageOf(await openForward(demo, pod, 80))).length).toBe(5_000_000);
  });

  it('says on its error channel that nothing listens', async ({ demo }) => {
    const pod = await readyPod(demo, 'v1');
    let said = '';
    const errors = new Writable({
      write(chunk, _encoding, done) {
        said += chunk;
        done();
      },
    });
    const input = new PassThrough();
    await new PortForward(kubeConfigOf(demo), false).portForward(
      'default',
      pod,
      [81],
      new PassThrough(),
      errors,
      input,
    );
    await eventually(() => expect(said).toMatch(/error forwarding port 81 to pod .*: connection refused/));
  });

  it("leads to the gateway through the gateway's pod", async ({ demo }) => {
    await readyPod(demo, 'v1');
    const { items } = await clientsOf(demo).core.listNamespacedPod({
      namespace: 'istio-system',
      labelSelector: 'istio=ingressgateway',
    });
    const url = await openForward(demo, items[0]?.metadata?.name ?? '', 8080, 'istio-system');
    const { headers, body } = await request(url, { reset: true });
    await body.dump();
    expect(headers.server).toBe('istio-envoy');
  });

  it.for([
    ['a pod that is not there', 'nope', 404],
    ['no token', '', 401],
  ])('to %s is refused', async ([_name, pod, code], { demo }) => {
    const token = pod === '' ? 'wrong' : (kubeConfigOf(demo).getCurrentUser()?.token ?? '');
    const url = `${demo.apiUrl.replace('https', 'wss')}/api/v1/namespaces/default/pods/${pod || 'x'}/portforward?ports=80`;
    const socket = new WebSocket(url, ['v5.channel.k8s.io'], {
      rejectUnauthorized: false,
      headers: { authorization: `Bearer ${token}` },
    });
    const refused = await new Promise(resolve => {
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode));
      socket.once('open', () => resolve('open'));
    });
    socket.on('error', () => {});
    socket.terminate();
    expect(refused).toBe(code);
  });
});
