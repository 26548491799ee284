import type { RequestListener } from 'node:http';
import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type Probe, probeGateway } from '../../src/traffic/probe-gateway.ts';
import type { SampleTarget } from '../../src/traffic/sample.ts';
import { eventually } from '../support/eventually.ts';
import { certificateFor, kept, serveHttp, serveHttps, serveTcp } from './loopback-server.ts';

const envoy: RequestListener = (_, response) => response.writeHead(404, { server: 'istio-envoy' }).end();

function probe(target: Partial<SampleTarget>, ca?: string, deadlineMs = 2_000): Promise<Probe> {
  const whole = { url: 'http://127.0.0.1:1/', headers: {}, ...target };
  return probeGateway(whole, { deadlineMs, clock: systemClock, ca }, new AbortController().signal);
}

describe('a probe', () => {
  it('knows an Envoy by its server header, whatever it answers, and leaves no connection', async () => {
    const server = await kept(serveHttp(envoy));
    expect(await probe({ url: server.url })).toEqual({ kind: 'envoy' });
    await eventually(() => expect(server.open).toBe(0));
  });

  it('names what else answered, without control characters', async () => {
    const server = await kept(
      serveTcp(socket =>
        socket.once('data', () =>
          socket.end('HTTP/1.1 200 OK\r\nserver: caddy\u0085[2J\r\ncontent-length: 0\r\n\r\n'),
        ),
      ),
    );
    const seen = await probe({ url: server.url });
    expect(seen).toMatchObject({ kind: 'other', what: expect.stringMatching(/^caddy.*HTTP 200$/) });
    expect(JSON.stringify(seen)).not.toMatch(/\\u0085|\u0085/);
  });

  it.each([
    ['something else than HTTP answers', 'SSH-2.0-OpenSSH_9.9\r\n', 'not HTTP'],
    ['the connection is closed', '', 'connection reset'],
  ])('says why there is no answer where %s', async (_, said, reason) => {
    const server = await kept(serveTcp(socket => socket.once('data', () => socket.end(said))));
    expect(await probe({ url: server.url })).toEqual({ kind: 'silent', reason });
  });

  it('says that nothing listens', async () => {
    const server = await serveTcp(() => undefined);
    await server.close();
    expect(await probe({ url: server.url })).toEqual({ kind: 'silent', reason: 'connection refused' });
  });

  it('gives up at its deadline where nothing answers, and leaves no connection', async () => {
    const server = await kept(serveTcp(socket => socket.resume()));
    expect(await probe({ url: server.url }, undefined, 100)).toEqual({
      kind: 'silent',
      reason: 'no answer in time',
    });
    await eventually(() => expect(server.open).toBe(0));
  });
});

describe('a probe of https', () => {
  /** An Envoy with a certificate of its own, the name in it, and the names that handshakes asked for. */
  async function serveTls(name: string) {
    const names: unknown[] = [];
    const certificate = await certificateFor(name);
    const server = await kept(
      serveHttps(certificate, (request, response) => {
        names.push((request.socket as TLSSocket).servername);
        response.writeHead(404, { server: 'istio-envoy' }).end();
      }),
    );
    return { server, names, url: server.url, ca: certificate.cert };
  }

  it('says which flag helps where the certificate is not trusted, and takes it', async () => {
    const { url, ca } = await serveTls('shop.example.com');
    const headers = { host: 'shop.example.com' };
    expect(await probe({ url, headers })).toEqual({
      kind: 'silent',
      reason: 'its certificate is not trusted: name its CA with --gateway-ca FILE',
    });
    expect(await probe({ url, headers }, ca)).toEqual({ kind: 'envoy' });
  });

  it('sends the name of the Host header in the handshake, and says where the certificate is for another', async () => {
    const { url, ca, names } = await serveTls('shop.example.com');
    expect(await probe({ url, headers: { host: 'shop.example.com' } }, ca)).toEqual({ kind: 'envoy' });
    expect(names).toEqual(['shop.example.com']);
    expect(await probe({ url, headers: { host: 'other.example.com' } }, ca)).toEqual({
      kind: 'silent',
      reason: 'its certificate is for another host: name one with --host',
    });
  });

  it('goes through a tunnel as well, and closes it', async () => {
    const { server, ca } = await serveTls('localhost');
    const tunnels: Duplex[] = [];
    const connect = async () => {
      const tunnel = connectTcp(server.port, '127.0.0.1');
      tunnels.push(tunnel);
      return tunnel;
    };
    expect(await probe({ url: 'https://localhost/', connect }, ca)).toEqual({ kind: 'envoy' });
    expect(tunnels.map(({ destroyed }) => destroyed)).toEqual([true]);
  });
});

describe('a probe through a tunnel', () => {
  it('says why the tunnel could not be opened', async () => {
    const connect = () => Promise.reject(new Error('pods "gw" is forbidden'));
    expect(await probe({ connect })).toEqual({
      kind: 'silent',
      reason: 'no port-forward (pods "gw" is forbidden)',
    });
  });

  it('does not wait for one that never opens, and closes one that opens too late', async () => {
    const opening = Promise.withResolvers<Duplex>();
    const server = await kept(serveHttp(envoy));
    expect(await probe({ connect: () => opening.promise }, undefined, 50)).toMatchObject({ kind: 'silent' });
    const late = connectTcp(server.port, '127.0.0.1');
    opening.resolve(late);
    await eventually(() => expect(late.destroyed).toBe(true));
  });
});
