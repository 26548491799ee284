import { describe, expect, it } from 'vitest';
import { compileVirtualHosts, findVirtualHost, opensPort } from '../../src/demo/gateway/virtual-hosts.ts';
import type { Gateway, VirtualService } from '../../src/demo/kinds/istio.ts';

const gateway = (protocol = 'HTTP'): Gateway => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { name: 'app-gateway', namespace: 'default' },
  spec: { servers: [{ port: { number: 80, name: 'one', protocol }, hosts: ['*'] }] },
});

const virtualService = (name: string, spec: NonNullable<VirtualService['spec']>): VirtualService => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name, namespace: 'default', creationTimestamp: '2026-11-23T06:00:00Z' },
  spec,
});

const to = (host: string) => [{ destination: { host } }];

/** The host that a request for `path` is sent to; undefined where nothing answers it. */
function hostFor(virtualServices: readonly VirtualService[], path: string): string | undefined {
  const routes = compileVirtualHosts(
    [gateway()],
    virtualServices,
    () =>
      ({ host }) =>
        host,
  );
  if (!('virtualHosts' in routes)) throw new Error(routes.refused);
  const request = { method: 'GET', path, query: '', authority: 'shop.example.com', headers: {} };
  const route = findVirtualHost(routes.virtualHosts, request.authority)?.routes.find(one =>
    one.matches(request),
  );
  return route?.action.type === 'forward' ? route.action.clusters[0]?.cluster : undefined;
}

const atGateway = { hosts: ['*'], gateways: ['app-gateway'] };
const uri = (prefix: string) => [{ uri: { prefix } }];

describe('delegates', () => {
  const inner = virtualService('inner', {
    http: [
      { match: uri('/shop/new'), route: to('new') },
      { match: uri('/other'), route: to('other') },
      { route: to('old') },
    ],
  });
  const root = virtualService('root', {
    ...atGateway,
    http: [{ match: uri('/shop'), delegate: { name: 'inner' } }, { route: to('front') }],
  });

  it.each([
    ['/shop/new/hat', 'new', 'by the matches of both'],
    ['/shop/hat', 'old', 'by the match of the root where the delegate has none'],
    ['/other', 'front', 'not by a match that lies outside that of the root'],
    ['/', 'front', 'past them where the root does not match'],
  ])('lead %s to %s: %s', (path, host) => {
    expect(hostFor([root, inner], path)).toBe(host);
  });

  it('that do not exist, or have hosts themselves, leave the route out', () => {
    expect(hostFor([root], '/shop')).toBe('front');
    const withHosts = virtualService('inner', { ...inner.spec, hosts: ['elsewhere.example.com'] });
    expect(hostFor([root, withHosts], '/shop')).toBe('front');
  });
});

it('sends nothing to routes after one that takes everything, in one VirtualService', () => {
  const shadowed = virtualService('one', {
    ...atGateway,
    http: [{ route: to('all') }, { match: uri('/shop'), route: to('shop') }],
  });
  expect(hostFor([shadowed], '/shop')).toBe('all');
  // Of another VirtualService such a route comes first all the same.
  const other = virtualService('two', { ...atGateway, http: [{ match: uri('/shop'), route: to('theirs') }] });
  expect(hostFor([shadowed, other], '/shop')).toBe('theirs');
});

it.each([
  ['HTTP', true],
  ['TCP', false],
  ['TLS', false],
])('listens for %s: %s', (protocol, listens) => {
  expect(opensPort(gateway(protocol))).toBe(listens);
});
