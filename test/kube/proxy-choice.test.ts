import { describe, expect, it } from 'vitest';
import { chooseProxy, isDirect } from '../../src/kube/proxy-choice.ts';

const proxyOf = (server: string, env: NodeJS.ProcessEnv, proxyUrl?: string) =>
  chooseProxy(new URL(server), proxyUrl, env)?.href;

describe('the proxy for a server', () => {
  it('is the one of the kubeconfig, whatever the environment says', () => {
    const env = { HTTPS_PROXY: 'http://other:1', NO_PROXY: '*' };
    expect(proxyOf('https://api', env, 'socks5://jump:1080')).toBe('socks5://jump:1080');
  });

  it.each([
    ['https://api', { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    ['https://api', { https_proxy: 'http://p:3128' }, 'http://p:3128/'],
    ['https://api', { HTTPS_PROXY: '', https_proxy: 'http://low:1' }, 'http://low:1/'],
    ['https://api', { HTTPS_PROXY: 'p:3128' }, 'http://p:3128/'],
    ['https://api', { HTTPS_PROXY: 'https://user:pw@p' }, 'https://user:pw@p/'],
    ['https://api', { HTTP_PROXY: 'http://p:3128' }, undefined],
    ['http://api', { HTTP_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    ['http://api', { HTTPS_PROXY: 'http://p:3128' }, undefined],
    ['https://api', { ALL_PROXY: 'http://p:3128' }, undefined],
    ['https://api', {}, undefined],
    ['https://api', { HTTPS_PROXY: 'p', NO_PROXY: 'other, api' }, undefined],
    ['https://api', { HTTPS_PROXY: 'p', no_proxy: 'api' }, undefined],
  ])('for %s with %o is %s', (server, env, proxy) => {
    expect(proxyOf(server, env)).toBe(proxy);
  });

  it('is refused where its address is none', () => {
    expect(() => proxyOf('https://api', { HTTPS_PROXY: 'http://:a:b' })).toThrow(TypeError);
  });
});

// The table of golang.org/x/net/http/httpproxy (proxy_test.go, UseProxyTests): what kubectl does with the same value.
const GO_NO_PROXY =
  'foobar.com, .barbaz.net, *.example.net, 192.168.1.1, 192.168.1.2:81, 192.168.1.3:80, 10.0.0.0/30, 2001:db8::52:0:1, [2001:db8::52:0:2]:443, [2001:db8::52:0:3]:80, 2002:db8:a::45/64';

describe('NO_PROXY', () => {
  it.each([
    ['localhost', true],
    ['127.0.0.1', true],
    ['127.0.0.2', true],
    ['[::1]', true],
    ['[::2]', false],
    ['192.168.1.1', true],
    ['192.168.1.2', false],
    ['192.168.1.3', true],
    ['192.168.1.4', false],
    ['10.0.0.2', true],
    ['10.0.0.4', false],
    ['[2001:db8::52:0:1]', true],
    ['[2001:db8::52:0:2]', false],
    ['[2001:db8::52:0:3]', true],
    ['[2002:db8:a::123]', true],
    ['[fe80::424b:c8be:1643:a1b6]', false],
    ['barbaz.net', false],
    ['www.barbaz.net', true],
    ['foobar.com', true],
    ['www.foobar.com', true],
    ['foofoobar.com', false],
    ['baz.com', false],
    ['localhost.net', false],
    ['local.localhost', false],
    ['barbarbaz.net', false],
    ['wwwfoobar.com', false],
    ['example.net', false],
    ['www.example.net', true],
    ['FOOBAR.com', true],
  ])('as Go reads it, %s is reached directly: %s', (host, isReachedDirectly) => {
    expect(isDirect(new URL(`http://${host}`), GO_NO_PROXY)).toBe(isReachedDirectly);
  });

  it.each([
    ['*', 'https://anything:6443', true],
    ['', 'https://anything:6443', false],
    [',  ,', 'https://anything', false],
    ['api.example.com:6443', 'https://api.example.com:6443', true],
    ['api.example.com:6443', 'https://api.example.com', false],
    ['api.example.com:443', 'https://api.example.com', true],
    [':443', 'https://api.example.com', false],
    ['10.0.0.0/33', 'https://10.0.0.1', false],
    ['2001:DB8:0:0::52:0:1', 'https://[2001:db8::52:0:1]', true],
  ])('%j for %s: %s', (noProxy, server, isReachedDirectly) => {
    expect(isDirect(new URL(server), noProxy)).toBe(isReachedDirectly);
  });
});
