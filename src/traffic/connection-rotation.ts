import { type Dispatcher, Pool } from 'undici';
import { type ConnectorOptions, GatewayConnector } from './gateway-connector.ts';

/** How long a connection is kept: long enough to be cheap, short enough that every gateway replica gets its turn. */
const RENEW_AFTER_MS = 30_000;

export interface RotationOptions extends ConnectorOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Keep-alive connections that take turns. While one is busy its turn opens another beside it, so no request waits. */
  readonly connections: number;
  /** Closes each connection after its one request. */
  readonly freshConnections: boolean;
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
  readonly #connector: GatewayConnector;
  #turn = 0;

  constructor(options: RotationOptions) {
    this.#options = options;
    this.#connector = new GatewayConnector(options);
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
    const pools = [...this.#slots.map(slot => slot.pool), ...this.#retired];
    const destroyed = pools.map(pool => pool.destroy().catch(ignore));
    await Promise.all([...destroyed, this.#connector.close()]);
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
      connect: (options, callback) => this.#connector.connect(options, callback),
    });
  }
}

function ignore(): void {}
