import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { sentence } from '../sentence.ts';
import type { ClusterError } from './cluster-error.ts';
import type { Credential, Credentials } from './credentials.ts';
import type { KubeconfigCluster } from './kubeconfig-users.ts';
import { openTunnel } from './tunnel.ts';

/** What a request is for. Watches have connections of their own, so that a patch never waits behind one. */
export type Purpose = 'watch' | 'request';

/** What a request is sent with. */
export type Authorized = {
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly dispatcher: Dispatcher;
};

type TlsOptions = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'servername'>;

/** What a WebSocket is opened with, as Node's https takes it. */
export type WebSocketOptions = TlsOptions & {
  headers: Record<string, string | string[]>;
  createConnection?: (options: object, done: (error: Error | null, socket?: object) => void) => undefined;
};

const CONNECT_DEADLINE_MS = 10_000;
/** Below the minute after which load balancers forget a connection that is silent. */
const PROBE_AFTER_MS = 30_000;
/** How long a connection without requests is kept, whatever the server offers. */
const IDLE_MS = 60_000;

type Pools = { readonly tls: TlsOptions; readonly dispatchers: Readonly<Record<Purpose, Agent>> };

/**
 * The connections to one API server with one user's credentials. There are two over HTTP/2; over HTTP/1.1 there is one for each
 * watch, and what requests need beside them. They are made anew when the certificates change, and the old ones end with
 * the requests on them.
 */
export class ClusterConnections {
  readonly #cluster: KubeconfigCluster;
  readonly #credentials: Credentials;
  readonly #proxy: URL | undefined;
  #pools: Pools | undefined;
  #isClosed = false;

  constructor(cluster: KubeconfigCluster, credentials: Credentials, proxy: URL | undefined) {
    this.#cluster = cluster;
    this.#credentials = credentials;
    this.#proxy = proxy;
  }

  /**
   * Sends a request and, where the server does not accept its credentials and there are others to be had, once more with those.
   * Rejects as soon as `signal` is aborted: whoever leaves does not wait for a credential plugin.
   *
   * @throws ConnectionFailure where there are no credentials to be had.
   */
  async send(
    purpose: Purpose,
    send: (authorized: Authorized) => Promise<Dispatcher.ResponseData>,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const credential = await orAborted(this.#credentials.current(), signal);
    const answer = await send(this.#authorized(purpose, credential));
    if (answer.statusCode !== 401) return answer;
    if (!(await orAborted(this.#credentials.renew(credential), signal))) return answer;
    await answer.body.dump();
    const renewed = await orAborted(this.#credentials.current(), signal);
    return send(this.#authorized(purpose, renewed));
  }

  /** @throws ConnectionFailure where there are no credentials to be had. */
  async webSocketOptions(): Promise<WebSocketOptions> {
    const credential = await this.#credentials.current();
    const tls = this.#tls(credential);
    const proxy = this.#proxy;
    const headers = headersOf(credential);
    if (!proxy) return { ...tls, headers };
    const { hostname, port, protocol } = new URL(this.#cluster.server);
    const host = hostname.replace(/^\[|\]$/g, '');
    const isSecure = protocol === 'https:';
    return {
      ...tls,
      headers,
      createConnection: (_options, done) => {
        openTunnel(proxy, host, Number(port) || (isSecure ? 443 : 80)).then(
          socket => done(null, isSecure ? connectTls({ servername: host, ...tls, socket }) : socket),
          done,
        );
        return undefined;
      },
    };
  }

  /** What it means that the server refuses the credentials, also renewed ones. */
  refusal(doing: string): Pick<ClusterError, 'headline' | 'reason' | 'nextStep'> {
    const words = 'the API server does not accept your credentials';
    const { pluginName } = this.#credentials;
    const cause = pluginName ? `${words}, also after credential plugin ${pluginName} ran again` : words;
    return {
      headline: `Can't ${doing}: ${cause}.`,
      reason: sentence(cause),
      nextStep: 'Log in to the cluster again (kubectl get pods shows the same).',
    };
  }

  /** Leaves the connections that there are: what is sent next makes new ones, what is under way ends by itself. */
  renew(): void {
    for (const old of Object.values(this.#pools?.dispatchers ?? {})) old.close().catch(() => undefined);
    this.#pools = undefined;
  }

  /** Ends every connection at once; requests under way fail. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#credentials.end();
    const { dispatchers } = this.#pools ?? {};
    this.#pools = undefined;
    if (dispatchers) await Promise.all(Object.values(dispatchers).map(pool => pool.destroy()));
  }

  #authorized(purpose: Purpose, credential: Credential): Authorized {
    return {
      headers: headersOf(credential),
      dispatcher: this.#poolsFor(this.#tls(credential)).dispatchers[purpose],
    };
  }

  #tls({ ca, cert, key }: Credential): TlsOptions {
    const { skipTLSVerify, tlsServerName } = this.#cluster;
    return {
      ...(ca ? { ca } : {}),
      ...(cert ? { cert } : {}),
      ...(key ? { key } : {}),
      ...(skipTLSVerify ? { rejectUnauthorized: false } : {}),
      ...(tlsServerName ? { servername: tlsServerName } : {}),
    };
  }

  #poolsFor(tls: TlsOptions): Pools {
    if (this.#isClosed) throw new DOMException('the connections are closed', 'AbortError');
    const before = this.#pools;
    if (before && JSON.stringify(before.tls) === JSON.stringify(tls)) return before;
    this.renew();
    const options: Agent.Options = {
      connect: this.#connector(tls),
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
    };
    this.#pools = { tls, dispatchers: { watch: new Agent(options), request: new Agent(options) } };
    return this.#pools;
  }

  #connector(tls: TlsOptions): buildConnector.connector {
    const proxy = this.#proxy;
    const direct = buildConnector({
      ...tls,
      allowH2: true,
      timeout: CONNECT_DEADLINE_MS,
      keepAlive: true,
      keepAliveInitialDelay: PROBE_AFTER_MS,
    });
    if (!proxy) return direct;
    return (options, done) => {
      const isSecure = options.protocol === 'https:';
      openTunnel(proxy, options.hostname, Number(options.port) || (isSecure ? 443 : 80)).then(
        socket => {
          if (isSecure) direct({ ...options, httpSocket: socket }, done);
          else done(null, socket);
        },
        (error: Error) => done(error, null),
      );
    };
  }
}

/** Rejects as soon as the signal is aborted, whatever becomes of the promise. */
function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function headersOf({ headers }: Credential): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}
