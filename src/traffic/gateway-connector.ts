import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import type { Clock } from '../clock.ts';
import { NO_TUNNEL_CODE } from './transport-failure.ts';

/**
 * Opens a connection to the gateway otherwise than to the address in the URL, such as a port-forward to its pod. Rejects when
 * there is none to be had. The stream ends or fails when the other end goes away and, at any time, when the signal is aborted.
 */
export type Connect = (signal: AbortSignal) => Promise<Duplex>;

export interface ConnectorOptions {
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
  /** Absent: TCP to the host and port of the URL. */
  readonly connect?: Connect | undefined;
  /** PEM certificates that are trusted in the place of the system's. */
  readonly ca?: string | undefined;
}

/**
 * Makes the connections of undici's pools to one gateway, each with a deadline, and knows each until it is closed: a pool that
 * is destroyed leaves a connection that is still opening to itself.
 */
export class GatewayConnector {
  readonly #options: ConnectorOptions;
  /** The connections, open or opening, by what ends each; a stream is there once there is one. */
  readonly #connections = new Map<AbortController, Promise<void>>();
  #isClosed = false;

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  /** For undici. Calls back once: with a stream that is ready for a request, or with why there is none. */
  connect(options: buildConnector.Options, callback: buildConnector.Callback): void {
    if (this.#isClosed) {
      callback(connectionError('ECONNABORTED', 'the sampler has stopped'), null);
      return;
    }
    const life = new AbortController();
    const { promise: gone, resolve: end } = Promise.withResolvers<void>();
    this.#connections.set(life, gone);
    gone.then(() => this.#connections.delete(life));
    const { clock, connectTimeoutMs } = this.#options;
    const cancelTimeout = clock.after(connectTimeoutMs, () =>
      life.abort(connectionError('ETIMEDOUT', 'no connection in time')),
    );
    this.#open(options, life.signal).then(
      stream => {
        cancelTimeout();
        stream.once('close', end);
        // Of a socket, undici's HTTP/1.1 needs what every Duplex has; the rest (TCP options, ref) it uses where present.
        callback(null, stream as Socket);
        if (stream.destroyed) end();
      },
      (error: Error) => {
        cancelTimeout();
        end();
        callback(error, null);
      },
    );
  }

  /** Ends every connection, open or still opening, and resolves when none is left. No new one is made. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const gone = [...this.#connections.values()];
    for (const life of this.#connections.keys())
      life.abort(connectionError('ECONNABORTED', 'the sampler has stopped'));
    await Promise.all(gone);
  }

  async #open(options: buildConnector.Options, signal: AbortSignal): Promise<Duplex> {
    const { connect, ca } = this.#options;
    const tunnel = connect && (await openTunnel(connect, signal));
    const stream =
      options.protocol === 'https:' ? openTls(options, tunnel, ca) : (tunnel ?? openTcp(options));
    // What happens to a connection reaches undici by its own listeners; without any, an error would be an uncaught exception.
    stream.on('error', () => undefined);
    const destroy = () => {
      stream.destroy(signal.reason instanceof Error ? signal.reason : undefined);
    };
    signal.addEventListener('abort', destroy, { once: true });
    stream.once('close', () => signal.removeEventListener('abort', destroy));
    if (signal.aborted) destroy();
    if (stream === tunnel) return stream;
    await opened(stream, options.protocol === 'https:' ? 'secureConnect' : 'connect');
    return stream;
  }
}

/** A tunnel that opens too late is closed again; whoever waits hears at once. */
async function openTunnel(connect: Connect, signal: AbortSignal): Promise<Duplex> {
  const opening = connect(signal);
  const { promise: aborted, reject: abort } = Promise.withResolvers<never>();
  const onAbort = () => abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([opening, aborted]);
  } catch (error) {
    opening.then(
      late => late.on('error', () => undefined).destroy(),
      () => undefined,
    );
    if (signal.aborted) throw error;
    throw connectionError(NO_TUNNEL_CODE, error instanceof Error ? error.message : String(error));
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Resolves when the stream is open; rejects when it is closed first. */
function opened(stream: Duplex, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error = connectionError('ECONNRESET', 'closed while it was opened');
    stream.once(event, () => resolve());
    stream.once('error', error => {
      failure = error;
    });
    stream.once('close', () => reject(failure));
  });
}

function openTcp({ hostname, port }: buildConnector.Options): Socket {
  const socket = connectTcp({ host: hostname, port: port === '' ? 80 : Number(port) });
  socket.setNoDelay(true);
  return socket;
}

/** The server name is the one of the Host header, which undici passes on, else of the URL; none for an address. */
function openTls(
  { hostname, port, servername }: buildConnector.Options,
  below: Duplex | undefined,
  ca: string | undefined,
): Socket {
  const socket = connectTls({
    ...(below ? { socket: below } : { host: hostname, port: port === '' ? 443 : Number(port) }),
    servername: servername || (isIP(hostname) === 0 ? hostname : ''),
    ALPNProtocols: ['http/1.1'],
    ...(ca === undefined ? {} : { ca }),
  });
  if (below) socket.once('close', () => below.destroy());
  else socket.setNoDelay(true);
  return socket;
}

function connectionError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
