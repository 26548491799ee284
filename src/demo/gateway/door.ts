import { createServer, type RequestListener, type Server } from 'node:http';
import { Server as TcpServer } from 'node:net';
import type { Timers } from '../timers.ts';

/** A port on loopback at which the gateway can be reached, or not. */
export interface Door {
  /** It stays the same while nobody listens. */
  readonly port: number;
  open(): void;
  /** Refuses new connections. Those that there are go on, or are cut. */
  close(what: 'new' | 'all'): void;
  /** Cuts all connections. Resolves when nothing is left. */
  stop(): Promise<void>;
}

/** How long Envoy keeps a connection on which nothing happens. */
const IDLE_MS = 3_600_000;

/** How soon a port that somebody else holds is tried again. */
const RELISTEN_MS = 200;

/** Opens a door. Rejects when the port is taken; 0 lets the system pick. */
export async function openDoor(port: number, handle: RequestListener, timers: Timers): Promise<Door> {
  const server = createServer({ keepAliveTimeout: IDLE_MS, requestTimeout: 0 }, handle);
  const bound = await listen(server, port);
  let shouldListen = true;
  const reopen = () => {
    if (!shouldListen || server.listening) return;
    listen(server, bound).catch(() => timers.after(RELISTEN_MS, reopen));
  };
  // Node's own close of an HTTP server cuts connections that are idle as well.
  const refuse = () => {
    shouldListen = false;
    if (server.listening) TcpServer.prototype.close.call(server);
  };
  return {
    port: bound,
    open: () => {
      shouldListen = true;
      reopen();
    },
    close: what => {
      refuse();
      if (what === 'all') server.closeAllConnections();
    },
    stop: () => {
      const closed = new Promise<void>(resolve => {
        server.getConnections((_, count) => {
          if (count === 0 && !server.listening) resolve();
          else server.once('close', () => resolve());
          refuse();
          server.closeAllConnections();
        });
      });
      return closed;
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : port);
    });
  });
}
