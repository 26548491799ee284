import { connect, createServer, type Server, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { forwardLocally, type LocalForward } from '../../src/kube/local-forward.ts';

/** Something that answers each connection with what was sent, in capitals. */
async function startEcho(): Promise<{ readonly port: number; readonly sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', data => socket.write(data.toString().toUpperCase()));
  });
  const port = await listening(server, '127.0.0.1');
  return { port, sockets };
}

async function listening(server: Server, host: string, port = 0): Promise<number> {
  await new Promise<void>(resolve => server.listen(port, host, resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const dial = (port: number) => async () => connect({ host: '127.0.0.1', port });

async function forwarded(to: () => Promise<Socket>, wanted: number, step = 2): Promise<LocalForward> {
  const forward = await forwardLocally(to, wanted, step);
  onTestFinished(() => forward.close());
  return forward;
}

function ask(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed')));
    socket.once('data', data => {
      resolve(data.toString());
      socket.removeAllListeners('close').destroy();
    });
    socket.write(text);
  });
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server, '127.0.0.1');
  await new Promise(resolve => server.close(resolve));
  return port;
}

it('leads a port of this computer through the connections that it is given', async () => {
  const echo = await startEcho();
  const forward = await forwarded(dial(echo.port), await freePort());
  expect(await Promise.all(['one', 'two'].map(text => ask(forward.port, text)))).toEqual(['ONE', 'TWO']);
});

it('takes another port where the wanted one is taken', async () => {
  const echo = await startEcho();
  const taken = await listening(createServer(), '127.0.0.1');
  const forward = await forwarded(dial(echo.port), taken);
  expect(forward.port).not.toBe(taken);
  expect(await ask(forward.port, 'x')).toBe('X');
});

it('listens on this computer alone', async () => {
  const wanted = await freePort();
  const forward = await forwarded(dial((await startEcho()).port), wanted);
  // Somebody else may have the same port on every other address: these are two loopback addresses of Linux.
  const other = createServer();
  await listening(other, '127.0.0.2', forward.port);
  expect(other.listening).toBe(true);
});

it('ends with every connection through it, on both sides', async () => {
  const echo = await startEcho();
  const forward = await forwarded(dial(echo.port), await freePort());
  const socket = connect({ host: '127.0.0.1', port: forward.port });
  const closed = new Promise(resolve => socket.on('error', () => undefined).on('close', resolve));
  await new Promise(resolve => {
    socket.once('data', resolve);
    socket.write('x');
  });
  await forward.close();
  await closed;
  await expect.poll(() => echo.sockets.size).toBe(0);
  await expect(ask(forward.port, 'x')).rejects.toThrow();
});

it('closes a connection for which there is nowhere to go', async () => {
  const nowhere = async () => {
    throw new Error('no ready pod');
  };
  const forward = await forwarded(nowhere, await freePort());
  await expect(ask(forward.port, 'x')).rejects.toThrow();
  await expect(ask(forward.port, 'y')).rejects.toThrow();
});
