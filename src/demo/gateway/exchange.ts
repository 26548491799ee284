import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  request as openRequest,
  type ServerResponse,
} from 'node:http';
import type { Random } from '../random.ts';
import type { Timers } from '../timers.ts';
import type { Address } from './clusters.ts';
import {
  type EnvoyAnswer,
  inLog,
  sendEnvoyAnswer,
  TRANSPORT_FAILURES,
  UPSTREAM_TIMEOUT,
  UPSTREAM_TRY_TIMEOUT,
  type UpstreamFailure,
  upstreamFailed,
} from './envoy-answers.ts';
import type { RequestRecord } from './request-record.ts';
import type { Route, WeightedCluster } from './routes.ts';
import { requestHeaders, responseHeaders } from './upstream-headers.ts';

/** What an exchange works with. */
export type ExchangeParts = {
  readonly agent: Agent;
  readonly timers: Timers;
  readonly random: Random;
  /** The loopback port behind a pod's address; `undefined` when nothing listens there. */
  readonly resolve: (address: Address) => number | undefined;
  /** The gateway pod's address. */
  readonly podIP: () => string;
};

/** Where a request goes. */
export type ExchangeTarget = {
  readonly route: Route;
  readonly chosen: WeightedCluster;
  /** Not empty. */
  readonly addresses: readonly Address[];
  /** With the query. */
  readonly path: string;
};

/** The client's side. */
export type Client = {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly body: Buffer;
  readonly record: RequestRecord;
};

/** Envoy waits up to this long before it tries for the first time again, and twice as long each time after. */
const RETRY_BASE_MS = 25;

/** Nothing listens on port 0, so a connection to it fails as one to a dead pod does. */
const NOWHERE = 0;

/** One request on its way to an application and back, tried again as its route allows. */
export class Exchange {
  readonly #parts: ExchangeParts;
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  readonly #route: Route;
  readonly #chosen: WeightedCluster;
  readonly #addresses: readonly Address[];
  readonly #path: string;
  readonly #body: Buffer;
  readonly #record: RequestRecord;
  #upstream: ClientRequest | undefined;
  #retries = 0;
  #lastAddress: Address | undefined;
  #isOver = false;
  #cancelTimeout = () => {};
  #cancelTryTimeout = () => {};

  constructor(parts: ExchangeParts, client: Client, target: ExchangeTarget) {
    this.#parts = parts;
    this.#incoming = client.incoming;
    this.#outgoing = client.outgoing;
    this.#body = client.body;
    this.#record = client.record;
    this.#record.cluster = target.chosen.cluster;
    this.#record.bytesReceived = client.body.length;
    this.#route = target.route;
    this.#chosen = target.chosen;
    this.#addresses = target.addresses;
    this.#path = target.path;
  }

  start(): void {
    const { timeoutMs } = this.#route;
    this.#outgoing.once('close', () => this.#finish());
    if (timeoutMs)
      this.#cancelTimeout = this.#parts.timers.after(timeoutMs, () => this.#giveUp(UPSTREAM_TIMEOUT));
    this.#try();
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelTimeout();
    this.#cancelTryTimeout();
    // A request that has been answered in full is already back in the pool, where this does nothing.
    if (!this.#outgoing.writableFinished) this.#upstream?.destroy();
  }

  #answer(answer: EnvoyAnswer): void {
    this.#record.answeredByEnvoy(answer);
    sendEnvoyAnswer(this.#outgoing, answer);
  }

  #giveUp(answer: EnvoyAnswer): void {
    this.#answer(answer);
    this.#upstream?.destroy();
    this.#finish();
  }

  /** Any ready address, on a retry another one than the last if there is another. */
  #pickAddress(): Address | undefined {
    const others = this.#addresses.filter(address => address !== this.#lastAddress);
    const candidates = others.length > 0 ? others : this.#addresses;
    if (candidates.length === 1) return candidates[0];
    return candidates[Math.floor(this.#parts.random() * candidates.length)];
  }

  #try(): void {
    const address = this.#pickAddress();
    if (!address || this.#isOver) return;
    this.#lastAddress = address;
    this.#record.upstreamHost = `${address.podIP}:${address.port}`;
    this.#record.upstreamLocal = undefined;
    const startedMs = performance.now();
    const upstream = openRequest({
      host: '127.0.0.1',
      port: this.#parts.resolve(address) ?? NOWHERE,
      agent: this.#parts.agent,
      method: this.#incoming.method,
      path: this.#path,
      headers: requestHeaders(this.#incoming, this.#record, this.#route, this.#chosen, this.#body.length),
      setHost: false,
    });
    this.#upstream = upstream;
    let isAnswered = false;
    upstream.once('response', answer => {
      isAnswered = true;
      this.#cancelTryTimeout();
      this.#takeAnswer(answer, performance.now() - startedMs);
    });
    upstream.on('error', error => {
      if (!isAnswered && this.#upstream === upstream)
        this.#takeFailure(isConnectFailure(error) ? 'connect' : 'reset');
    });
    const { perTryTimeoutMs } = this.#route.retries;
    if (perTryTimeoutMs)
      this.#cancelTryTimeout = this.#parts.timers.after(perTryTimeoutMs, () =>
        this.#takeTryTimeout(upstream),
      );
    upstream.end(this.#body.length === 0 ? undefined : this.#body);
  }

  #canRetry(...conditions: readonly string[]): boolean {
    const { attempts, conditions: allowed } = this.#route.retries;
    return !this.#isOver && this.#retries < attempts && conditions.some(condition => allowed.has(condition));
  }

  #retry(): void {
    this.#retries += 1;
    const delayMs = this.#parts.random() * RETRY_BASE_MS * 2 ** (this.#retries - 1);
    this.#parts.timers.after(delayMs, () => this.#try());
  }

  #takeFailure(failure: UpstreamFailure): void {
    this.#cancelTryTimeout();
    const condition = failure === 'connect' ? 'connect-failure' : 'reset';
    if (this.#canRetry(condition, '5xx', 'gateway-error')) this.#retry();
    else if (!this.#isOver) {
      const transport = TRANSPORT_FAILURES[failure];
      this.#record.transportFailure = transport === undefined ? undefined : inLog(transport);
      this.#answer(upstreamFailed(failure, this.#retries > 0));
    }
  }

  #takeTryTimeout(upstream: ClientRequest): void {
    this.#upstream = undefined;
    upstream.destroy();
    if (this.#canRetry('5xx', 'gateway-error')) this.#retry();
    else this.#giveUp(UPSTREAM_TRY_TIMEOUT);
  }

  #isRetriable(code: number): boolean {
    if (code >= 502 && code <= 504) return this.#canRetry('5xx', 'gateway-error', String(code));
    if (code >= 500) return this.#canRetry('5xx', String(code));
    return code === 409 ? this.#canRetry('retriable-4xx', '409') : this.#canRetry(String(code));
  }

  #takeAnswer(answer: IncomingMessage, serviceTimeMs: number): void {
    const code = answer.statusCode ?? 502;
    if (this.#isOver) {
      answer.destroy();
      return;
    }
    if (this.#isRetriable(code)) {
      answer.resume();
      this.#retry();
      return;
    }
    // More retries were wanted, and none was left.
    const flags =
      this.#retries > 0 && this.#retries >= this.#route.retries.attempts && code >= 500 ? 'URX' : '';
    const roundedMs = Math.round(serviceTimeMs);
    this.#record.answeredByUpstream(code, flags, roundedMs);
    this.#record.upstreamLocal = `${this.#parts.podIP()}:${answer.socket.localPort}`;
    this.#outgoing.removeHeader('connection');
    this.#outgoing.writeHead(code, responseHeaders(answer.headers, this.#chosen, roundedMs));
    answer.on('data', (chunk: Buffer) => {
      this.#record.bytesSent += chunk.length;
    });
    // An answer that breaks off cannot be completed, and the client has to see that.
    answer.once('error', () => this.#outgoing.destroy());
    answer.pipe(this.#outgoing);
  }
}

function isConnectFailure(error: Error): boolean {
  return 'syscall' in error && error.syscall === 'connect';
}
