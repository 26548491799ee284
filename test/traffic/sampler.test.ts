import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { RawSample } from '../../src/traffic/sample.ts';
import { type Sampler, type SamplerOptions, startSampler } from '../../src/traffic/sampler.ts';
import { eventually } from '../support/eventually.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { certificateFor, kept, serveHttp, serveHttps, serveTcp } from './loopback-server.ts';

const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A sampler whose samples are kept in a list. */
function sample(
  url: string,
  clock: Clock,
  options: Partial<SamplerOptions> = {},
): { sampler: Sampler; samples: RawSample[] } {
  const samples: RawSample[] = [];
  const sampler = startSampler({
    target: { url, headers: {} },
    clock,
    onSample: one => samples.push(one),
    ...options,
  });
  cleanUps.push(() => sampler.stop());
  return { sampler, samples };
}

function hasAtLeast(samples: readonly RawSample[], count: number): Promise<void> {
  return eventually(() => expect(samples.length).toBeGreaterThanOrEqual(count));
}

function failureKinds(samples: readonly RawSample[]): string[] {
  return samples.map(({ outcome }) => (outcome.kind === 'failed' ? outcome.failure.kind : 'answered'));
}

describe('what is asked and read', () => {
  test('asks for the path with the host and headers of the target, and declines compression', async () => {
    const server = await kept(
      serveHttp(({ url, headers }, response) => {
        response.setHeader(
          'x-seen',
          JSON.stringify([url, headers.host, headers['user-agent'], headers['accept-encoding']]),
        );
        response.end('hello');
      }),
    );
    const { samples } = sample(`${server.url}a/b?c=d`, systemClock, {
      target: {
        url: `${server.url}a/b?c=d`,
        headers: { host: 'shop.example', 'user-agent': 'weighbridge/1' },
      },
    });
    await hasAtLeast(samples, 1);
    expect(samples[0]?.outcome).toMatchObject({
      kind: 'answered',
      answer: {
        status: 200,
        body: 'hello',
        headers: { 'x-seen': JSON.stringify(['/a/b?c=d', 'shop.example', 'weighbridge/1', 'identity']) },
      },
    });
  });

  test('sends another method where the target has one', async () => {
    const server = await kept(
      serveHttp(({ method }, response) => response.setHeader('x-seen', method ?? '').end()),
    );
    const { samples } = sample(server.url, systemClock, {
      target: { url: server.url, method: 'HEAD', headers: {} },
    });
    await hasAtLeast(samples, 1);
    expect(samples[0]?.outcome).toMatchObject({ answer: { status: 200, headers: { 'x-seen': 'HEAD' } } });
  });

  test('does not follow redirects', async () => {
    const paths: (string | undefined)[] = [];
    const server = await kept(
      serveHttp(({ url }, response) => {
        paths.push(url);
        response.writeHead(302, { location: '/elsewhere' }).end();
      }),
    );
    const { samples } = sample(server.url, systemClock, { ratePerSecond: 200 });
    await hasAtLeast(samples, 3);
    expect(samples[0]?.outcome).toMatchObject({
      answer: { status: 302, headers: { location: '/elsewhere' } },
    });
    expect(new Set(paths)).toEqual(new Set(['/']));
  });

  test('reads at most 64 kB of a body that never ends', async () => {
    const server = await kept(
      serveHttp((_, response) => {
        const write = () => {
          while (!response.destroyed && response.write('x'.repeat(16_384)));
        };
        response.on('drain', write);
        write();
      }),
    );
    const { samples } = sample(server.url, systemClock);
    await hasAtLeast(samples, 3);
    for (const { outcome } of samples) {
      expect(outcome.kind === 'answered' && outcome.answer.body.length).toBe(64 * 1024);
    }
  });

  test('joins several values of one header', async () => {
    const server = await kept(serveHttp((_, response) => response.setHeader('x-two', ['a', 'b']).end()));
    const { samples } = sample(server.url, systemClock);
    await hasAtLeast(samples, 1);
    expect(samples[0]?.outcome).toMatchObject({ answer: { headers: { 'x-two': 'a, b' }, body: '' } });
  });
});

describe('the open loop', () => {
  test('starts at whole multiples of the interval while no answer comes', async () => {
    const server = await kept(serveHttp(() => {}));
    const clock = new ManualClock();
    const t0 = clock.now();
    const { sampler, samples } = sample(server.url, clock, { deadlineMs: 500 });
    clock.advance(1025);
    await hasAtLeast(samples, 11);
    expect(samples.map(({ intendedAtMs }) => intendedAtMs - t0)).toEqual([
      0, 50, 100, 150, 200, 250, 300, 350, 400, 450, 500,
    ]);
    expect(samples.every(({ latencyMs }) => latencyMs === 500)).toBe(true);
    expect(sampler.missedStarts).toBe(0);
  });

  test('measures latency from the intended start to the end of the answer', async () => {
    const held: ServerResponse[] = [];
    const server = await kept(serveHttp((_, response) => held.push(response)));
    const clock = new ManualClock();
    const { samples } = sample(server.url, clock, { ratePerSecond: 1 });
    clock.advance(0);
    await eventually(() => expect(held).toHaveLength(1));
    clock.advance(120);
    held[0]?.end('late');
    await hasAtLeast(samples, 1);
    expect(samples[0]).toMatchObject({ latencyMs: 120, outcome: { kind: 'answered' } });
  });

  test('says up to which start every sample has been reported', async () => {
    const held: ServerResponse[] = [];
    const server = await kept(serveHttp((_, response) => held.push(response)));
    const clock = new ManualClock();
    const t0 = clock.now();
    const { samples } = sample(server.url, clock, { ratePerSecond: 10 });
    clock.advance(0);
    await eventually(() => expect(held).toHaveLength(1));
    clock.advance(100);
    await eventually(() => expect(held).toHaveLength(2));
    held[1]?.end('second');
    await hasAtLeast(samples, 1);
    held[0]?.end('first');
    await hasAtLeast(samples, 2);
    expect(
      samples.map(({ intendedAtMs, completeBeforeMs }) => [intendedAtMs - t0, completeBeforeMs - t0]),
    ).toEqual([
      [100, 0],
      [0, 200],
    ]);
  });

  test.each([20, 0.2])(
    'says nothing of requests that a process which stood still could not watch, at %d/s',
    async ratePerSecond => {
      const arrived: ServerResponse[] = [];
      const server = await kept(serveHttp((_, response) => arrived.push(response)));
      const clock = new ManualClock();
      const { samples } = sample(server.url, clock, { ratePerSecond });
      clock.advance(0);
      await eventually(() => expect(arrived).toHaveLength(1));
      clock.sleep(60_000);
      for (const response of arrived.splice(0)) response.end('late');
      // What is asked afterwards counts.
      clock.advance(1000 / ratePerSecond);
      await eventually(() => expect(arrived.length).toBeGreaterThan(0));
      for (const response of arrived) response.end('in time');
      await hasAtLeast(samples, 1);
      expect(new Set(failureKinds(samples))).toEqual(new Set(['answered']));
      expect(Math.max(...samples.map(({ latencyMs }) => latencyMs))).toBeLessThan(1000);
    },
  );

  test('counts what a sleeping computer missed, and makes no burst of it', async () => {
    let asked = 0;
    const server = await kept(
      serveHttp((_, response) => {
        asked += 1;
        response.end();
      }),
    );
    const clock = new ManualClock();
    const { sampler, samples } = sample(server.url, clock);
    clock.advance(0);
    await hasAtLeast(samples, 1);
    clock.sleep(8 * 3_600_000 + 30);
    await hasAtLeast(samples, 6);
    expect(sampler.missedStarts).toBe(8 * 3600 * 20 - 5);
    expect(asked).toBe(6);
  });

  test('keeps at most 128 requests unanswered, and counts the starts that were not made', async () => {
    const server = await kept(serveHttp(() => {}));
    const clock = new ManualClock();
    const { sampler } = sample(server.url, clock, { ratePerSecond: 1000 });
    clock.advance(999);
    expect(sampler.missedStarts).toBe(1000 - 128);
    await eventually(() => expect(server.open).toBe(128));
  });

  test('takes up a new rate at once', async () => {
    const server = await kept(serveHttp((_, response) => response.end()));
    const clock = new ManualClock();
    const { sampler, samples } = sample(server.url, clock, { ratePerSecond: 0.1 });
    clock.advance(0);
    await hasAtLeast(samples, 1);
    sampler.setRate(100);
    clock.advance(100);
    await hasAtLeast(samples, 11);
    expect(() => sampler.setRate(0)).toThrow(RangeError);
    expect(() => sampler.setRate(Number.NaN)).toThrow(RangeError);
  });

  test('starts nothing while paused, and does not call that missed', async () => {
    const server = await kept(serveHttp((_, response) => response.end()));
    const clock = new ManualClock();
    const { sampler, samples } = sample(server.url, clock);
    clock.advance(100);
    await hasAtLeast(samples, 3);
    sampler.pause();
    expect(sampler.state).toBe('paused');
    clock.advance(60_000);
    sampler.resume();
    clock.advance(100);
    await hasAtLeast(samples, 6);
    expect(samples).toHaveLength(6);
    expect(sampler.missedStarts).toBe(0);
    expect(sampler.state).toBe('sampling');
  });
});

describe('connections', () => {
  test('takes four connections in turn, and renews each within 30 seconds, not all at once', async () => {
    const server = await kept(serveHttp((_, response) => response.end()));
    const clock = new ManualClock();
    const { samples } = sample(server.url, clock, { ratePerSecond: 1 });
    const acceptedAfter: number[] = [];
    for (let second = 0; second <= 40; second++) {
      clock.advance(second === 0 ? 0 : 1000);
      await hasAtLeast(samples, second + 1);
      acceptedAfter.push(server.accepted);
    }
    expect(acceptedAfter.slice(0, 4)).toEqual([1, 2, 3, 4]);
    expect(acceptedAfter[6]).toBe(4);
    const steps = acceptedAfter.slice(4).map((count, index) => count - (acceptedAfter[index + 3] ?? 0));
    expect(Math.max(...steps)).toBe(1);
    expect(acceptedAfter[40]).toBeGreaterThanOrEqual(8);
    await eventually(() => expect(server.open).toBe(4));
  });

  test('takes a connection for every sample where that is asked for', async () => {
    const connections = new Set<unknown>();
    const server = await kept(
      serveHttp(({ socket }, response) => {
        connections.add(socket);
        response.end();
      }),
    );
    const { sampler, samples } = sample(server.url, systemClock, {
      freshConnections: true,
      ratePerSecond: 200,
    });
    await hasAtLeast(samples, 20);
    expect(sampler.status).toEqual({ isBackingOff: false, missedStarts: 0, connections: 'fresh' });
    await sampler.stop();
    expect(failureKinds(samples)).toEqual(samples.map(() => 'answered'));
    expect(connections.size).toBeGreaterThanOrEqual(samples.length);
  });

  test('trusts the certificates that it is given, for the name in the Host header', async () => {
    const names: unknown[] = [];
    const { key, cert } = await certificateFor('shop.example.com');
    const server = await kept(
      serveHttps({ key, cert }, (request, response) => {
        names.push((request.socket as TLSSocket).servername);
        response.end();
      }),
    );
    const target = { url: server.url, headers: { host: 'shop.example.com' } };
    const trusting = sample(server.url, systemClock, { target, ca: cert });
    await hasAtLeast(trusting.samples, 1);
    expect(failureKinds(trusting.samples)[0]).toBe('answered');
    expect(names[0]).toBe('shop.example.com');
    const other = { url: server.url, headers: { host: 'other.example.com' } };
    const misnamed = sample(server.url, systemClock, { target: other, ca: cert });
    await hasAtLeast(misnamed.samples, 1);
    expect(misnamed.samples[0]?.outcome).toMatchObject({
      failure: { kind: 'tls', detail: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
    const strict = sample(server.url, systemClock, { target });
    await hasAtLeast(strict.samples, 1);
    expect(failureKinds(strict.samples)[0]).toBe('tls');
  });

  test('asks beside a busy connection rather than behind it', async () => {
    let asked = 0;
    const server = await kept(
      serveHttp((_, response) => {
        asked += 1;
        if (asked > 4) response.end();
      }),
    );
    const clock = new ManualClock();
    const { samples } = sample(server.url, clock);
    clock.advance(350);
    await hasAtLeast(samples, 4);
    expect(server.accepted).toBe(8);
  });

  test('takes another way from the next sample on, and reports those in flight on the old one', async () => {
    const held: ServerResponse[] = [];
    const oldServer = await kept(serveHttp((_, response) => held.push(response)));
    const newServer = await kept(serveHttp((_, response) => response.end('new')));
    const clock = new ManualClock();
    const { sampler, samples } = sample(oldServer.url, clock);
    clock.advance(100);
    await eventually(() => expect(held).toHaveLength(3));
    sampler.reroute({ url: newServer.url, headers: {} });
    held[0]?.end('old');
    clock.advance(100);
    await hasAtLeast(samples, 3);
    clock.advance(2_000);
    await eventually(() => expect(oldServer.open).toBe(0));
    await hasAtLeast(samples, 5);
    const ended = samples.map(({ outcome }) =>
      outcome.kind === 'answered' ? outcome.answer.body : outcome.failure.kind,
    );
    expect(ended.filter(end => end !== 'new').toSorted()).toEqual(['old', 'timeout', 'timeout']);
    expect(() => sampler.reroute({ url: 'nonsense', headers: {} })).toThrow(TypeError);
    expect(() => sampler.reroute({ url: 'ftp://gateway/', headers: {} })).toThrow(TypeError);
  });
});

describe('samples through a tunnel', () => {
  test('that goes silent end at their deadline with its streams closed, and the next ones open it anew', async () => {
    const streams: PassThrough[] = [];
    const connect = async () => {
      // Takes every byte, as a connection does whose other end is gone without a word.
      const stream = new PassThrough();
      stream.read = () => null;
      streams.push(stream);
      return stream;
    };
    const { sampler, samples } = sample('http://localhost/', systemClock, {
      target: { url: 'http://localhost/', headers: {}, connect },
      deadlineMs: 150,
    });
    await hasAtLeast(samples, 8);
    expect(new Set(failureKinds(samples))).toEqual(new Set(['timeout']));
    expect(streams.length).toBeGreaterThanOrEqual(8);
    await sampler.stop();
    expect(streams.every(({ destroyed }) => destroyed)).toBe(true);
  });

  test('that cannot be opened fail with the reason, and are asked for less often after a while', async () => {
    const clock = new ManualClock();
    let attempts = 0;
    const connect = () => {
      attempts += 1;
      return Promise.reject(new Error('the API server does not answer'));
    };
    const { sampler, samples } = sample('http://localhost/', clock, {
      target: { url: 'http://localhost/', headers: {}, connect },
    });
    await eventually(() => {
      clock.advance(250);
      expect(sampler.state).toBe('backing-off');
    });
    expect(samples.at(-1)?.outcome).toEqual({
      kind: 'failed',
      failure: { kind: 'no-tunnel', detail: 'the API server does not answer' },
    });
    expect(attempts).toBeGreaterThan(3);
  });
});

describe('failures', () => {
  test('names a connection that is closed before an answer a reset', async () => {
    const server = await kept(serveTcp(socket => socket.once('data', () => socket.resetAndDestroy())));
    const { samples } = sample(server.url, systemClock);
    await hasAtLeast(samples, 2);
    expect(new Set(failureKinds(samples))).toEqual(new Set(['reset']));
  });

  test('names an answer that is cut short an aborted body', async () => {
    const server = await kept(
      serveTcp(socket =>
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')),
      ),
    );
    const { samples } = sample(server.url, systemClock);
    await hasAtLeast(samples, 2);
    expect(new Set(failureKinds(samples))).toEqual(new Set(['aborted-body']));
  });

  test('says when what answers is not HTTP', async () => {
    const server = await kept(
      serveTcp(socket => socket.once('data', () => socket.end('220 mail.example ESMTP\r\n'))),
    );
    const { samples } = sample(server.url, systemClock);
    await hasAtLeast(samples, 2);
    expect(new Set(failureKinds(samples))).toEqual(new Set(['not-http']));
  });

  test('says when TLS is spoken to a plain server', async () => {
    const server = await kept(serveHttp((_, response) => response.end()));
    const { samples } = sample(server.url.replace('http:', 'https:'), systemClock);
    await hasAtLeast(samples, 2);
    expect(new Set(failureKinds(samples))).toEqual(new Set(['tls']));
  });

  test('says when a handshake does not end in time', async () => {
    const server = await kept(serveTcp(() => {}));
    const clock = new ManualClock();
    const { samples } = sample(server.url.replace('http:', 'https:'), clock, { deadlineMs: 300 });
    clock.advance(400);
    await hasAtLeast(samples, 3);
    expect(new Set(failureKinds(samples))).toEqual(new Set(['connect-timeout']));
  });

  test('reports a header that cannot be sent as a failure', async () => {
    const server = await kept(serveHttp((_, response) => response.end()));
    const { samples } = sample(server.url, systemClock, {
      target: { url: server.url, headers: { 'x-bad': 'two\nlines' } },
    });
    await hasAtLeast(samples, 1);
    expect(failureKinds(samples)[0]).toBe('other');
  });

  test('asks seldom where nothing has listened for two seconds, and at full rate as soon as something does', async () => {
    const gone = await serveHttp(() => {});
    await gone.close();
    const clock = new ManualClock();
    const { sampler, samples } = sample(gone.url, clock);
    const tick = async (ms: number) => {
      const before = samples.length;
      clock.advance(ms);
      await hasAtLeast(samples, before + 1);
    };
    clock.advance(0);
    await hasAtLeast(samples, 1);
    for (let start = 1; start <= 40; start++) await tick(50);
    expect(new Set(failureKinds(samples))).toEqual(new Set(['refused']));
    expect(sampler.state).toBe('backing-off');
    // Its starts are up to two seconds apart now.
    const before = samples.length;
    for (let probe = 1; probe <= 5; probe++) await tick(2000);
    expect(samples.length - before).toBeLessThanOrEqual(8);

    await kept(serveHttp((_, response) => response.end('back'), gone.port));
    await tick(2000);
    expect(sampler.state).toBe('sampling');
    const resumed = samples.length;
    clock.advance(500);
    await hasAtLeast(samples, resumed + 10);
    expect(sampler.missedStarts).toBe(0);
  });
});

describe('stopping', () => {
  test('leaves no socket and no timer while requests hang, and may be asked twice', async () => {
    const server = await kept(serveHttp(() => {}));
    const clock = new ManualClock();
    const { sampler, samples } = sample(server.url, clock);
    clock.advance(300);
    await eventually(() => expect(server.open).toBe(7));
    await Promise.all([sampler.stop(), sampler.stop()]);
    expect(sampler.state).toBe('stopped');
    expect(clock.pendingAlarms).toBe(0);
    await eventually(() => expect(server.open).toBe(0));
    sampler.resume();
    clock.advance(10_000);
    expect(samples).toEqual([]);
  });

  test('does not wait for a connection that is still being made', async () => {
    const server = await kept(serveTcp(socket => socket.resume()));
    const clock = new ManualClock();
    const { sampler } = sample(server.url.replace('http:', 'https:'), clock);
    clock.advance(100);
    await eventually(() => expect(server.open).toBe(3));
    await sampler.stop();
    expect(clock.pendingAlarms).toBe(0);
    await eventually(() => expect(server.open).toBe(0));
  });

  test('reports nothing after it', async () => {
    const server = await kept(serveHttp((_, response) => response.end()));
    const { sampler, samples } = sample(server.url, systemClock, { ratePerSecond: 1000 });
    await hasAtLeast(samples, 5);
    const stopped = sampler.stop();
    const seen = samples.length;
    await stopped;
    expect(samples).toHaveLength(seen);
  });
});
