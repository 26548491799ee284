import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import type { TestCertificate } from './api-front.ts';

export type ForwardProxy = {
  readonly port: number;
  /** `host:port` of each tunnel that was asked for. */
  readonly targets: readonly string[];
  readonly authorizations: readonly string[];
  readonly stop: () => Promise<void>;
};

/** A proxy that opens tunnels to loopback, whatever the name of the host; with `refusal` it answers that status instead. */
export async function startHttpProxy({
  certificate,
  refusal,
}: {
  readonly certificate?: TestCertificate;
  readonly refusal?: string;
} = {}): Promise<ForwardProxy> {
  const targets: string[] = [];
  const authorizations: string[] = [];
  const sockets = new Set<Socket>();
  const server = certificate ? createSecureServer(certificate) : createServer();
  server.on('connection', (socket: Socket) => keep(sockets, socket));
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    socket.on('error', () => undefined);
    targets.push(request.url ?? '');
    authorizations.push(request.headers['proxy-authorization'] ?? '');
    if (refusal !== undefined) return socket.end(`HTTP/1.1 ${refusal}\r\nContent-Length: 0\r\n\r\n`);
    const onward = tunnel(sockets, Number(request.url?.split(':').at(-1)));
    onward.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    socket.once('close', () => onward.destroy());
  });
  return listen(server, sockets, { targets, authorizations });
}

/** A SOCKS5 proxy without authentication, of RFC 1928 no more than CONNECT to a name or an IPv4 address. */
export async function startSocksProxy(): Promise<ForwardProxy> {
  const targets: string[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer(socket => {
    keep(sockets, socket);
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', (request: Buffer) => {
        const isName = request[3] === 3;
        const length = request[4] ?? 0;
        const host = isName
          ? request.subarray(5, 5 + length).toString()
          : [...request.subarray(4, 8)].join('.');
        const port = request.readUInt16BE(isName ? 5 + length : 8);
        targets.push(`${host}:${port}`);
        const onward = tunnel(sockets, port);
        onward.once('connect', () => {
          socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          socket.pipe(onward).pipe(socket);
        });
        socket.once('close', () => onward.destroy());
      });
    });
  });
  return listen(server, sockets, { targets, authorizations: [] });
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  socket.on('error', () => undefined);
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}

function tunnel(sockets: Set<Socket>, port: number): Socket {
  const onward = connect(port, '127.0.0.1');
  keep(sockets, onward);
  return onward;
}

async function listen(
  server: ReturnType<typeof createTcpServer>,
  sockets: ReadonlySet<Socket>,
  seen: Pick<ForwardProxy, 'targets' | 'authorizations'>,
): Promise<ForwardProxy> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    ...seen,
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
