import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type buildConnector, type Dispatcher, Pool } from 'undici';
import type { Clock } from '../clock.ts';

/** How long a connection is kept: long enough to be cheap, short enough that every gateway replica gets its turn. */
const RENEW_AFTER_MS = 30_000;

export interface RotationOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Keep-alive connections that take turns. While one is busy its turn opens another beside it, so no request waits. */
  readonly connections: number;
  /** Closes each connection after its one request. */
  readonly freshConnections: boolean;
  /** PEM certificates that are trusted in the place of the system's. */
  readonly ca: string | undefined;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
}

interface Slot {
  pool: Pool;
  bornAtMs: number;
}

/**
 * A few keep-alive connections to one gateway, used in turn and each renewed every 30 s, one after the other.
 *
 * A connection stays on one gateway pod for its life, so a single one would measure a single replica.
 */
export class ConnectionRotation {
  readonly #options: RotationOptions;
  readonly #slots: Slot[];
  readonly #retired = new Set<Pool>();
  readonly #sockets = new Set<Socket>();
  #turn = 0;
  #isClosed = false;

  constructor(options: RotationOptions) {
    this.#options = options;
    const now = options.clock.now();
    this.#slots = Array.from({ length: options.connections }, (_, index) => ({
      pool: this.#newPool(),
      bornAtMs: now - (index * RENEW_AFTER_MS) / options.connections,
    }));
  }

  /** Sends a request on the connection whose turn it is. The handler hears of every failure; this never throws. */
  send(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#turn = (this.#turn + 1) % this.#slots.length;
    const slot = this.#slots[this.#turn];
    if (slot === undefined) return;
    this.#renewWhenOld(slot);
    slot.pool.dispatch({ ...request, reset: this.#options.freshConnections }, handler);
  }

  /** Closes every connection, open or still opening, and resolves when none is left. Unfinished requests fail. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const pools = [...this.#slots.map(slot => slot.pool), ...this.#retired];
    const destroyed = pools.map(pool => pool.destroy().catch(ignore));
    // A destroyed pool leaves a socket that is still connecting to itself.
    const closed = [...this.#sockets].map(
      socket => new Promise<void>(resolve => socket.once('close', () => resolve())),
    );
    for (const socket of this.#sockets)
      socket.destroy(connectionError('ECONNABORTED', 'the sampler has stopped'));
    await Promise.all([...destroyed, ...closed]);
  }

  #renewWhenOld(slot: Slot): void {
    const now = this.#options.clock.now();
    if (now - slot.bornAtMs < RENEW_AFTER_MS) return;
    const old = slot.pool;
    slot.pool = this.#newPool();
    slot.bornAtMs = now;
    this.#retired.add(old);
    const forget = () => this.#retired.delete(old);
    old.close().then(forget, forget);
  }

  #newPool(): Pool {
    return new Pool(this.#options.origin, {
      pipelining: 1,
      // HTTP/2 would carry every request over one connection, so over one replica.
      allowH2: false,
      // The sampler has deadlines of its own.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (options, callback) => this.#connect(options, callback),
    });
  }

  #connect(options: buildConnector.Options, callback: buildConnector.Callback): void {
    if (this.#isClosed) {
      callback(connectionError('ECONNABORTED', 'the sampler has stopped'), null);
      return;
    }
    const isTls = options.protocol === 'https:';
    const socket = isTls ? openTls(options, this.#options.ca) : openTcp(options);
    this.#sockets.add(socket);
    const { clock, connectTimeoutMs } = this.#options;
    const cancelTimeout = clock.after(connectTimeoutMs, () =>
      socket.destroy(connectionError('ETIMEDOUT', 'no connection in time')),
    );
    let isSettled = false;
    socket.setNoDelay(true);
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      isSettled = true;
      cancelTimeout();
      callback(null, socket);
    });
    socket.on('error', error => {
      if (isSettled) return;
      isSettled = true;
      callback(error, null);
    });
    socket.once('close', () => {
      cancelTimeout();
      this.#sockets.delete(socket);
    });
  }
}

function openTcp({ hostname, port }: buildConnector.Options): Socket {
  return connectTcp({ host: hostname, port: port === '' ? 80 : Number(port) });
}

/** The server name is the one of the Host header, which undici passes on, else of the URL; none for an address. */
function openTls({ hostname, port, servername }: buildConnector.Options, ca: string | undefined): Socket {
  return connectTls({
    ...(ca === undefined ? {} : { ca }),
    host: hostname,
    port: port === '' ? 443 : Number(port),
    servername: servername || (isIP(hostname) === 0 ? hostname : ''),
    ALPNProtocols: ['http/1.1'],
  });
}

function connectionError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function ignore(): void {}
