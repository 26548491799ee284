import { describe, expect, it } from 'vitest';
import { gatewayCandidates } from '../../src/kube/gateway-address.ts';
import { readNode } from '../../src/kube/node.ts';
import { readPod } from '../../src/kube/pod.ts';
import { rewrittenPath, sampleRequest } from '../../src/kube/sample-request.ts';
import { readService } from '../../src/kube/service.ts';
import { readGateway } from '../../src/kube/traffic-objects.ts';
import { readVirtualService } from '../../src/kube/virtual-service.ts';
import { aVirtualService } from '../support/objects.ts';

const pod = readPod({
  metadata: { name: 'gw', namespace: 'istio-system', labels: { app: 'gw', istio: 'ingressgateway' } },
});
const node = readNode({
  metadata: { name: 'minikube' },
  status: {
    addresses: [
      { type: 'InternalIP', address: '192.168.49.2' },
      { type: 'Hostname', address: 'minikube' },
    ],
  },
});
const gateway = readGateway({
  metadata: { name: 'app-gateway', namespace: 'default' },
  spec: {
    selector: { istio: 'ingressgateway' },
    servers: [{ port: { number: 80, protocol: 'HTTP' }, hosts: ['*'] }],
  },
});
const service = (spec: object, status: object = {}) =>
  readService({
    metadata: { name: 'front', namespace: 'istio-system' },
    spec: {
      selector: { app: 'gw' },
      ports: [
        { port: 15021, nodePort: 31021 },
        { port: 80, nodePort: 31380 },
      ],
      ...spec,
    },
    status,
  } as never);

describe('addresses of the ingress gateway', () => {
  it("are the node's address and the NodePort of the Service in front of the selected pods", () => {
    const search = gatewayCandidates(
      aVirtualService([50, 50]),
      [gateway],
      [pod],
      [service({ type: 'NodePort' })],
      [node],
    );
    expect(search).toEqual({
      kind: 'candidates',
      candidates: [{ url: 'http://192.168.49.2:31380', way: 'NodePort 31380 of Service istio-system/front' }],
    });
  });

  it('begin with the load balancer, an IPv6 one in brackets', () => {
    const balanced = service(
      { type: 'LoadBalancer' },
      { loadBalancer: { ingress: [{ ip: '2001:db8::1' }, { hostname: 'lb.example.com' }] } },
    );
    const search = gatewayCandidates(aVirtualService([50, 50]), [gateway], [pod], [balanced], [node]);
    expect(search.kind === 'candidates' && search.candidates.map(({ url }) => url)).toEqual([
      'http://[2001:db8::1]',
      'http://lb.example.com',
      'http://192.168.49.2:31380',
    ]);
  });

  it('leave out what is no address', () => {
    const odd = (address: string) =>
      readNode({ metadata: { name: 'n' }, status: { addresses: [{ type: 'InternalIP', address }] } });
    const nodes = ['fe80::1%eth0', 'my node', '', 'a/b', '\u001b[2J'].map(odd);
    const search = gatewayCandidates(
      aVirtualService([50, 50]),
      [gateway],
      [pod],
      [service({ type: 'NodePort' })],
      nodes,
    );
    expect(search).toMatchObject({ kind: 'unknown' });
  });

  it('are none for a VirtualService that only sidecars obey', () => {
    const meshOnly = readVirtualService({
      metadata: { name: 'x', namespace: 'default' },
      spec: { gateways: ['mesh'] },
    });
    expect(gatewayCandidates(meshOnly, [gateway], [pod], [], [node])).toEqual({ kind: 'mesh-only' });
  });

  it('are explained where the Gateway is missing or nothing is in front of it', () => {
    expect(gatewayCandidates(aVirtualService([50, 50]), [], [], [], [])).toEqual({
      kind: 'unknown',
      reason: 'there is no Gateway app-gateway in namespace default',
    });
    expect(gatewayCandidates(aVirtualService([50, 50]), [gateway], [pod], [], [node])).toMatchObject({
      kind: 'unknown',
    });
  });
});

describe('the request that a route answers', () => {
  const given = { method: undefined, host: undefined, path: undefined, headers: {} };
  const read = (spec: object) => {
    const virtualService = readVirtualService({
      metadata: { name: 'shop', namespace: 'default' },
      spec,
    } as never);
    const [route] = virtualService.routes;
    if (!route) throw new Error('no route');
    return { virtualService, route };
  };

  it('has no particular host or path where everything matches', () => {
    const { virtualService, route } = read({ hosts: ['*'], http: [{}] });
    expect(sampleRequest(virtualService, route, [], given)).toEqual({
      request: { method: 'GET', host: undefined, path: '/', headers: {} },
    });
  });

  it('follows the host, the path and the headers of the match', () => {
    const match = [{ uri: { prefix: '/cart' }, headers: { 'x-user': { exact: 'tester' } } }];
    const { virtualService, route } = read({
      hosts: ['*.example.com', 'shop.example.com'],
      http: [{ match }],
    });
    expect(sampleRequest(virtualService, route, [], given)).toEqual({
      request: { method: 'GET', host: 'shop.example.com', path: '/cart', headers: { 'x-user': 'tester' } },
    });
  });

  it('carries query parameters, and an authority as its host', () => {
    const match = [{ queryParams: { beta: { exact: 'yes' } }, authority: { exact: 'shop.example.com' } }];
    const { virtualService, route } = read({ hosts: ['*'], http: [{ match }] });
    expect(sampleRequest(virtualService, route, [], given)).toEqual({
      request: { method: 'GET', host: 'shop.example.com', path: '/?beta=yes', headers: {} },
    });
  });

  it('takes its host from the Gateway where the VirtualService takes any', () => {
    const { virtualService, route } = read({ hosts: ['*'], http: [{}] });
    const servers = [{ port: 80, protocol: 'HTTP', hosts: ['shop/shop.example.com'], tlsMode: undefined }];
    const narrowed = { ...gateway, servers };
    expect(sampleRequest(virtualService, route, [narrowed], given)).toMatchObject({
      request: { host: 'shop.example.com' },
    });
    expect(sampleRequest(virtualService, route, [gateway], given)).toMatchObject({
      request: { host: undefined },
    });
  });

  it('is never to another server than the gateway, whatever path a route matches', () => {
    for (const path of ['@evil.example/x', '.evil.example', 'abc', '/a b', '/\u001b[2J']) {
      const { virtualService, route } = read({
        hosts: ['*'],
        http: [{ match: [{ uri: { prefix: path } }] }],
      });
      const asked = sampleRequest(virtualService, route, [], given);
      expect(asked).toMatchObject({ problem: { asks: 'path' } });
      expect(JSON.stringify(asked)).not.toContain('\\u001b');
    }
  });

  it.each([
    [{ exact: 'HEAD' }, 'HEAD'],
    [{ prefix: 'OPT' }, 'OPTIONS'],
    [{ regex: 'GET|POST' }, 'GET'],
    [{ regex: 'POST|HEAD' }, 'HEAD'],
  ])('uses a method that changes nothing where the match takes one: %j', (method, expected) => {
    const { virtualService, route } = read({ hosts: ['*'], http: [{ match: [{ method }] }] });
    expect(sampleRequest(virtualService, route, [], given)).toMatchObject({ request: { method: expected } });
  });

  it('asks before it sends a method that may change something', () => {
    const { virtualService, route } = read({
      hosts: ['*'],
      http: [{ match: [{ method: { exact: 'POST' } }] }],
    });
    expect(sampleRequest(virtualService, route, [], given)).toEqual({
      problem: { asks: 'method', reason: 'the route takes POST, which may change something' },
    });
    expect(sampleRequest(virtualService, route, [], { ...given, method: 'POST' })).toMatchObject({
      request: { method: 'POST' },
    });
  });

  it('asks for a header that is matched by a pattern, and takes another match that can be met', () => {
    const only = read({ hosts: ['*'], http: [{ match: [{ headers: { 'X-User': { regex: 'a.*' } } }] }] });
    expect(sampleRequest(only.virtualService, only.route, [], given)).toEqual({
      problem: { asks: 'header', reason: 'the route matches the header X-User by the pattern a.*' },
    });
    const told = { ...given, headers: { 'x-user': 'alice' } };
    expect(sampleRequest(only.virtualService, only.route, [], told)).toMatchObject({
      request: { headers: { 'x-user': 'alice' } },
    });
    const second = read({
      hosts: ['*'],
      http: [{ match: [{ headers: { a: { regex: '.*' } } }, { uri: { prefix: '/ok' } }] }],
    });
    expect(sampleRequest(second.virtualService, second.route, [], given)).toMatchObject({
      request: { path: '/ok' },
    });
  });

  it('asks for what no example follows from, and takes what is given', () => {
    const { virtualService, route } = read({
      hosts: ['*.example.com'],
      http: [{ match: [{ uri: { regex: '/v\\d+' } }] }],
    });
    const ask = (told: object) => sampleRequest(virtualService, route, [], { ...given, ...told });
    expect(ask({})).toMatchObject({ problem: { asks: 'path' } });
    expect(ask({ path: '/v1' })).toMatchObject({ problem: { asks: 'host' } });
    const host = 'a.example.com';
    expect(ask({ path: '/v1', host })).toMatchObject({ request: { host, path: '/v1' } });
  });

  it('reaches the application under the rewritten path', () => {
    const { route } = read({ http: [{ match: [{ uri: { prefix: '/shop/' } }], rewrite: { uri: '/' } }] });
    expect(rewrittenPath(route, '/shop/cart')).toBe('/cart');
  });
});
