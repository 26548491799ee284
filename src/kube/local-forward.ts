import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { type Duplex, pipeline } from 'node:stream';

/** A port of this computer that leads into a pod, for as long as it is open. */
export type LocalForward = {
  readonly port: number;
  /** Ends it with every connection that is made through it. */
  readonly close: () => Promise<void>;
};

const LOOPBACKS = ['127.0.0.1', '::1'] as const;
/** Ports next to the wanted one that are tried before any free one is taken. */
const OTHER_TRIES = 4;

/**
 * Listens on a port of this computer alone, as `kubectl port-forward` does, and leads each connection through one that `connect`
 * opens. Where the port is taken, `step` ports further is tried, and at last any that is free.
 *
 * @throws where no port can be opened at all.
 */
export async function forwardLocally(
  connect: () => Promise<Duplex>,
  wanted: number,
  step: number,
): Promise<LocalForward> {
  const sockets = new Set<Socket>();
  const lead = (near: Socket) => {
    sockets.add(near);
    near.once('close', () => sockets.delete(near));
    near.on('error', () => undefined);
    connect().then(
      far => {
        pipeline(near, far, ignore);
        pipeline(far, near, ignore);
      },
      () => near.destroy(),
    );
  };
  const candidates = [...Array.from({ length: OTHER_TRIES }, (_, at) => wanted + at * step), 0];
  const servers = await firstFree(candidates, lead);
  return {
    port: portOf(servers),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map(end));
    },
  };
}

function ignore(): void {}

async function firstFree(
  candidates: readonly number[],
  lead: (near: Socket) => void,
): Promise<readonly Server[]> {
  let refused: unknown;
  for (const port of candidates) {
    try {
      return await listenAt(port, lead);
    } catch (error) {
      refused = error;
    }
  }
  throw refused;
}

/** `localhost` means one of two addresses, and a browser may try either first: both are ours, or neither. */
async function listenAt(port: number, lead: (near: Socket) => void): Promise<readonly Server[]> {
  const [first, second] = LOOPBACKS;
  const server = await listen(port, first, lead);
  try {
    return [server, await listen(portOf([server]), second, lead)];
  } catch (error) {
    // A computer without IPv6 has no second one.
    if (error instanceof Error && 'code' in error && error.code !== 'EADDRINUSE') return [server];
    await end(server);
    throw error;
  }
}

async function listen(port: number, host: string, lead: (near: Socket) => void): Promise<Server> {
  const server = createServer(lead);
  server.listen({ port, host, exclusive: true });
  // Rejects with the error where it does not listen.
  await once(server, 'listening');
  return server;
}

function portOf([server]: readonly Server[]): number {
  const address = server?.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function end(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await closed;
}
