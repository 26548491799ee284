import { describe, expect, it } from 'vitest';
import { rewrittenPath, sampleRequest } from '../../src/kube/sample-request.ts';
import { readGateway } from '../../src/kube/traffic-objects.ts';
import { readVirtualService } from '../../src/kube/virtual-service.ts';

const gateway = readGateway({
  metadata: { name: 'app-gateway', namespace: 'default' },
  spec: {
    selector: { istio: 'ingressgateway' },
    servers: [{ port: { number: 80, protocol: 'HTTP' }, hosts: ['*'] }],
  },
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
    const servers = [
      {
        port: 80,
        protocol: 'HTTP',
        hosts: ['shop/shop.example.com'],
        tlsMode: undefined,
        redirectsToHttps: false,
      },
    ];
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
