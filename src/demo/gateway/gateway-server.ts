import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Random } from '../random.ts';
import type { Timers } from '../timers.ts';
import type { Address } from './clusters.ts';
import {
  type EnvoyAnswer,
  FAULT_ABORT_BODY,
  NO_CLUSTER,
  NO_HEALTHY_UPSTREAM,
  NO_ROUTE,
  sendEnvoyAnswer,
} from './envoy-answers.ts';
import { Exchange, type ExchangeTarget } from './exchange.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { chooseCluster, type Route } from './routes.ts';
import type { GatewayRequest } from './string-match.ts';
import { findVirtualHost, type VirtualHost } from './virtual-hosts.ts';

/** The ingress gateway: an HTTP server on loopback that answers as Envoy would with the configuration it was last given. */
export interface GatewayServer {
  /** The loopback port; it stays the same while the gateway does not listen. */
  readonly port: number;
  /** Takes new configuration. Routes that Envoy would refuse are dropped, and those of before stay in force. */
  apply(config: GatewayConfig): void;
  /** Cuts all connections. Resolves when nothing is left. */
  stop(): Promise<void>;
}

export type GatewayServerParts = {
  readonly timers: Timers;
  readonly random: Random;
  readonly resolve: (address: Address) => number | undefined;
  /** 0 lets the system pick. */
  readonly port: number;
};

/** How long Envoy keeps a connection on which nothing happens. */
const IDLE_MS = 3_600_000;

/** How soon a port that somebody else holds is tried again. */
const RELISTEN_MS = 200;

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const NO_BODY = Buffer.alloc(0);

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function readRequest({ method = 'GET', url = '/', headers }: IncomingMessage): GatewayRequest {
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  return { method, path, query: mark === -1 ? '' : url.slice(mark), authority: headers.host ?? '', headers };
}

/** Takes requests from their arrival to an answer of Envoy's own or to an exchange with an application. */
class RequestHandler {
  readonly #parts: GatewayServerParts;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 1_024 });
  #virtualHosts: ReadonlyMap<string, VirtualHost> = new Map();
  #clusters: GatewayConfig['clusters'] = new Map();

  constructor(parts: GatewayServerParts) {
    this.#parts = parts;
  }

  apply({ routes, clusters }: GatewayConfig): void {
    // Envoy takes clusters and routes apart from each other: refused routes do not hold back endpoints.
    this.#clusters = clusters;
    if ('virtualHosts' in routes) this.#virtualHosts = routes.virtualHosts;
  }

  stop(): void {
    this.#agent.destroy();
  }

  handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const request = readRequest(incoming);
    const host = findVirtualHost(this.#virtualHosts, request.authority);
    const route = host?.routes.find(candidate => candidate.matches(request));
    if (!route) answerItself(incoming, outgoing, NO_ROUTE);
    else if (route.fault)
      this.#injectFault(route.fault, incoming, outgoing, () => this.#act(route, request, incoming, outgoing));
    else this.#act(route, request, incoming, outgoing);
  }

  #injectFault(
    { abort, delay }: NonNullable<Route['fault']>,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    goOn: () => void,
  ): void {
    const happens = (percent: number) => this.#parts.random() * 100 < percent;
    const isDelayed = delay !== undefined && happens(delay.percent);
    const isAborted = abort !== undefined && happens(abort.percent);
    const proceed = isAborted
      ? () => answerItself(incoming, outgoing, { code: abort.code, body: FAULT_ABORT_BODY })
      : goOn;
    if (isDelayed) this.#parts.timers.after(delay.delayMs, proceed);
    else proceed();
  }

  #act(route: Route, request: GatewayRequest, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { action } = route;
    switch (action.type) {
      case 'redirect': {
        const location = `http://${action.authority ?? request.authority}${action.uri ?? request.path + request.query}`;
        answerItself(incoming, outgoing, { code: action.code, body: '' }, { location });
        return;
      }
      case 'respond':
        answerItself(incoming, outgoing, action);
        return;
      case 'forward': {
        const chosen = chooseCluster(action, this.#parts.random);
        const addresses = chosen && this.#clusters.get(chosen.cluster);
        if (!chosen || !addresses) answerItself(incoming, outgoing, NO_CLUSTER);
        else if (addresses.length === 0) answerItself(incoming, outgoing, NO_HEALTHY_UPSTREAM);
        else
          this.#forward({ route, chosen, addresses, path: route.rewritePath(request) }, incoming, outgoing);
      }
    }
  }

  #forward(target: ExchangeTarget, incoming: IncomingMessage, outgoing: ServerResponse): void {
    if (hasBody(incoming)) void this.#exchangeWithBody(incoming, outgoing, target);
    else this.#exchange(incoming, outgoing, NO_BODY, target);
  }

  #exchange(incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer, target: ExchangeTarget): void {
    new Exchange({ ...this.#parts, agent: this.#agent }, { incoming, outgoing, body }, target).start();
  }

  async #exchangeWithBody(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    target: ExchangeTarget,
  ): Promise<void> {
    try {
      this.#exchange(incoming, outgoing, await readBody(incoming), target);
    } catch {
      // The client broke off its own request: there is nobody to answer.
      outgoing.destroy();
    }
  }
}

function answerItself(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: EnvoyAnswer,
  headers?: Readonly<Record<string, string>>,
): void {
  incoming.resume();
  sendEnvoyAnswer(outgoing, answer, headers);
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

/** Opens the gateway's port. Until it gets configuration, every request is answered 404. */
export async function startGatewayServer(parts: GatewayServerParts): Promise<GatewayServer> {
  const handler = new RequestHandler(parts);
  const server = createServer({ keepAliveTimeout: IDLE_MS, requestTimeout: 0 }, (incoming, outgoing) =>
    handler.handle(incoming, outgoing),
  );
  const port = await listen(server, parts.port);
  let shouldListen = true;
  const close = () => {
    const closed = new Promise<void>(resolve => {
      if (server.listening) server.close(() => resolve());
      else resolve();
    });
    server.closeAllConnections();
    return closed;
  };
  const reopen = () => {
    if (!shouldListen || server.listening) return;
    listen(server, port).catch(() => parts.timers.after(RELISTEN_MS, reopen));
  };
  return {
    port,
    apply: config => {
      handler.apply(config);
      shouldListen = config.isListening;
      if (shouldListen) reopen();
      else if (server.listening) void close();
    },
    stop: () => {
      shouldListen = false;
      handler.stop();
      return close();
    },
  };
}
