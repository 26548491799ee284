import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import { expect, test } from 'vitest';
import { readThrough } from '../../src/traffic/read-version.ts';
import { eventually } from '../support/eventually.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { serveHttp, serveTcp } from './loopback-server.ts';

const never = new AbortController().signal;
const REQUEST = { path: '/shop?x=1', headers: { host: 'shop.example' } };

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

test('reads one answer over the stream, with the host asked for, and closes it', async () => {
  const server = await serveHttp(({ url, headers }, response) => {
    response.setHeader('x-seen', `${url} ${headers.host} ${headers['accept-encoding']}`).end('the blue page');
  });
  const answer = await readThrough(() => connected(server.port), REQUEST, 5000, never);
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'x-seen': '/shop?x=1 shop.example identity' },
    body: 'the blue page',
  });
  await eventually(() => expect(server.open).toBe(0));
  await server.close();
});

test('reads over a stream that is no socket', async () => {
  const [near, far] = duplexPair();
  far.once('data', () => far.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'));
  const answer = await readThrough(() => Promise.resolve(near), REQUEST, 5000, never);
  expect(answer).toEqual({ status: 200, headers: { 'content-length': '5' }, body: 'hello' });
  expect(near.destroyed).toBe(true);
});

test('says why where there is no connection', async () => {
  const failing = () => Promise.reject(new Error('pods "myapp" is\nforbidden'));
  expect(await readThrough(failing, REQUEST, 5000, never)).toEqual({ failed: 'pods "myapp" is forbidden' });
});

test('says so when the stream closes before it answers', async () => {
  const server = await serveTcp(socket => socket.once('data', () => socket.destroy()));
  expect(await readThrough(() => connected(server.port), REQUEST, 5000, never)).toEqual({
    failed: 'connection reset (UND_ERR_SOCKET)',
  });
  await server.close();
});

test('says so when the stream was closed before it was used', async () => {
  const [near] = duplexPair();
  near.destroy();
  expect(await readThrough(() => Promise.resolve(near), REQUEST, 5000, never)).toEqual({
    failed: 'connection reset (ECONNRESET)',
  });
});

test('gives up on an answer at the deadline, and closes the stream', async () => {
  const server = await serveTcp(socket => socket.resume());
  const clock = new ManualClock();
  const reading = readThrough(() => connected(server.port), REQUEST, 3000, never, clock);
  await eventually(() => expect(server.open).toBe(1));
  await new Promise(resolve => setImmediate(resolve));
  clock.advance(3000);
  expect(await reading).toEqual({ failed: 'no answer within 3000 ms' });
  await eventually(() => expect(server.open).toBe(0));
  await server.close();
});

test('gives up on a connection at the deadline, and closes it unread when it comes after all', async () => {
  const clock = new ManualClock();
  const { promise: opening, resolve } = Promise.withResolvers<Duplex>();
  const reading = readThrough(() => opening, REQUEST, 3000, never, clock);
  clock.advance(3000);
  expect(await reading).toEqual({ failed: 'no connection within 3000 ms' });
  const [late] = duplexPair();
  resolve(late);
  await eventually(() => expect(late.destroyed).toBe(true));
});

test('leaves no timer behind', async () => {
  const server = await serveHttp((_, response) => response.end());
  const clock = new ManualClock();
  await readThrough(() => connected(server.port), REQUEST, 3000, never, clock);
  expect(clock.pendingAlarms).toBe(0);
  await server.close();
});

test('gives up at once when it is told to stop, and closes the stream', async () => {
  const server = await serveTcp(socket => socket.resume());
  const stop = new AbortController();
  const reading = readThrough(() => connected(server.port), REQUEST, 60_000, stop.signal);
  await eventually(() => expect(server.open).toBe(1));
  stop.abort();
  expect(await reading).toHaveProperty('failed');
  await eventually(() => expect(server.open).toBe(0));
  await server.close();
});
