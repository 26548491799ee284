import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { generate } from 'selfsigned';
import { onTestFinished } from 'vitest';

/** A server on a loopback port that counts its connections. */
export interface LoopbackServer {
  readonly url: string;
  readonly port: number;
  /** Connections ever accepted. */
  readonly accepted: number;
  /** Connections open now. */
  readonly open: number;
  close(): Promise<void>;
}

/** An HTTP server with this handler. */
export function serveHttp(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  port = 0,
): Promise<LoopbackServer> {
  return listen(createServer({ keepAliveTimeout: 0 }, handler), port);
}

/** A key and a certificate for a host name that is its own authority, as PEM. */
export async function certificateFor(name: string): Promise<{ readonly key: string; readonly cert: string }> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
    ],
  });
  return { key, cert };
}

/** An HTTPS server with this certificate. */
export function serveHttps(
  certificate: { readonly key: string; readonly cert: string },
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<LoopbackServer> {
  return listen(createHttpsServer(certificate, handler), 0, 'https');
}

/** A TCP server that does this with each connection. */
export function serveTcp(handler: (socket: Socket) => void): Promise<LoopbackServer> {
  return listen(createTcpServer(handler), 0);
}

/** The server, which is closed when the test ends. */
export async function kept(server: Promise<LoopbackServer>): Promise<LoopbackServer> {
  const started = await server;
  onTestFinished(() => started.close());
  return started;
}

async function listen(server: Server, port: number, scheme = 'http'): Promise<LoopbackServer> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `${scheme}://127.0.0.1:${address.port}/`,
    port: address.port,
    get accepted() {
      return accepted;
    },
    get open() {
      return sockets.size;
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
