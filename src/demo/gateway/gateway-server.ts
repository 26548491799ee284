import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Random } from '../random.ts';
import type { Timers } from '../timers.ts';
import { accessLogLine } from './access-log.ts';
import type { Address } from './clusters.ts';
import { type Door, openDoor } from './door.ts';
import {
  directResponse,
  type EnvoyAnswer,
  faultAbort,
  NO_CLUSTER,
  NO_HEALTHY_UPSTREAM,
  NO_ROUTE,
  sendEnvoyAnswer,
} from './envoy-answers.ts';
import { type Client, Exchange, type ExchangeParts, type ExchangeTarget } from './exchange.ts';
import type { GatewayConfig } from './gateway-config.ts';
import type { GatewayPods } from './gateway-pods.ts';
import { RequestRecord } from './request-record.ts';
import { chooseCluster, type Route } from './routes.ts';
import type { GatewayRequest } from './string-match.ts';
import { UpstreamAgent } from './upstream-agent.ts';
import { findVirtualHost, type VirtualHost } from './virtual-hosts.ts';

/** The ingress gateway: an HTTP server on loopback that answers as Envoy would with the configuration it was last given. */
export interface GatewayServer {
  /** The NodePort that it has from the start, on loopback. */
  readonly port: number;
  /** The port of its pods, on loopback. */
  readonly podPort: number;
  /** Which NodePorts lead to the gateway. Connections that there are go on without theirs. */
  setNodePorts(ports: ReadonlySet<number>): void;
  /** Takes new configuration. Routes that Envoy would refuse are dropped, and those of before stay in force. */
  apply(config: GatewayConfig): void;
  /** From now on asks `fault` for each request: it answers in the place of the right answer, or gives `undefined`. */
  setFault(fault: GatewayFault | undefined): void;
  /** How many requests were answered by a fault. */
  readonly faults: number;
  /** Cuts all connections. Resolves when nothing is left. */
  stop(): Promise<void>;
}

export type GatewayFault = () => EnvoyAnswer | undefined;

export type GatewayServerParts = {
  readonly timers: Timers;
  readonly random: Random;
  readonly resolve: (address: Address) => number | undefined;
  readonly pods: GatewayPods;
  /** 0 lets the system pick. */
  readonly port: number;
};

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
  readonly #agent: UpstreamAgent;
  readonly #exchangeParts: ExchangeParts;
  fault: GatewayFault | undefined;
  faults = 0;
  #virtualHosts: ReadonlyMap<string, VirtualHost> = new Map();
  #clusters: GatewayConfig['clusters'] = new Map();

  constructor(parts: GatewayServerParts) {
    this.#parts = parts;
    const { timers, random, resolve, pods } = parts;
    this.#agent = new UpstreamAgent(pods.connectFrom);
    this.#exchangeParts = { timers, random, resolve, agent: this.#agent, podIP: () => pods.podIP };
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
    const record = new RequestRecord(incoming);
    const { pods } = this.#parts;
    outgoing.once('close', () => pods.write(accessLogLine(record.entry(pods.podIP))));
    const exchange = { incoming, outgoing, record };
    const faulty = this.fault?.();
    if (faulty) {
      this.faults += 1;
      answerItself(exchange, faulty);
      return;
    }
    const request = readRequest(incoming);
    const host = findVirtualHost(this.#virtualHosts, request.authority);
    const route = host?.routes.find(candidate => candidate.matches(request));
    if (!route) answerItself(exchange, NO_ROUTE);
    else {
      record.routeName = route.name;
      if (route.fault) this.#injectFault(route.fault, exchange, () => this.#act(route, request, exchange));
      else this.#act(route, request, exchange);
    }
  }

  #injectFault(
    { abort, delay }: NonNullable<Route['fault']>,
    exchange: BodylessClient,
    goOn: () => void,
  ): void {
    const happens = (percent: number) => this.#parts.random() * 100 < percent;
    const isDelayed = delay !== undefined && happens(delay.percent);
    const isAborted = abort !== undefined && happens(abort.percent);
    const proceed = isAborted ? () => answerItself(exchange, faultAbort(abort.code)) : goOn;
    if (isDelayed) this.#parts.timers.after(delay.delayMs, proceed);
    else proceed();
  }

  #act(route: Route, request: GatewayRequest, client: BodylessClient): void {
    const { action } = route;
    switch (action.type) {
      case 'redirect': {
        const location = `http://${action.authority ?? request.authority}${action.uri ?? request.path + request.query}`;
        answerItself(client, directResponse(action.code, ''), { location });
        return;
      }
      case 'respond':
        answerItself(client, directResponse(action.code, action.body));
        return;
      case 'forward': {
        const chosen = chooseCluster(action, this.#parts.random);
        const addresses = chosen && this.#clusters.get(chosen.cluster);
        if (!chosen || !addresses) answerItself(client, NO_CLUSTER);
        else if (addresses.length === 0) {
          client.record.cluster = chosen.cluster;
          answerItself(client, NO_HEALTHY_UPSTREAM);
        } else this.#forward({ route, chosen, addresses, path: route.rewritePath(request) }, client);
      }
    }
  }

  #forward(target: ExchangeTarget, client: BodylessClient): void {
    if (hasBody(client.incoming)) void this.#exchangeWithBody(client, target);
    else this.#exchange({ ...client, body: NO_BODY }, target);
  }

  #exchange(client: Client, target: ExchangeTarget): void {
    new Exchange(this.#exchangeParts, client, target).start();
  }

  async #exchangeWithBody(client: BodylessClient, target: ExchangeTarget): Promise<void> {
    try {
      this.#exchange({ ...client, body: await readBody(client.incoming) }, target);
    } catch {
      // The client broke off its own request: there is nobody to answer.
      client.outgoing.destroy();
    }
  }
}

/** The client's side, before it is known whether there is a body. */
type BodylessClient = Omit<Client, 'body'>;

function answerItself(
  { incoming, outgoing, record }: BodylessClient,
  answer: EnvoyAnswer,
  headers?: Readonly<Record<string, string>>,
): void {
  incoming.resume();
  record.answeredByEnvoy(answer);
  sendEnvoyAnswer(outgoing, answer, headers);
}

/** Opens the gateway's ports. Until it gets configuration, every request is answered 404. */
export async function startGatewayServer(parts: GatewayServerParts): Promise<GatewayServer> {
  const handler = new RequestHandler(parts);
  const open = (port: number) =>
    openDoor(port, (incoming, outgoing) => handler.handle(incoming, outgoing), parts.timers);
  const nodePort = await open(parts.port);
  const podPort = await open(0);
  const nodePorts = new Map<number, Promise<Door | undefined>>([[nodePort.port, Promise.resolve(nodePort)]]);
  let wanted: ReadonlySet<number> = new Set([nodePort.port]);
  let isListening = true;
  const apply = () => {
    if (isListening) podPort.open();
    else podPort.close('all');
    for (const [port, opening] of nodePorts) {
      void opening.then(door => {
        if (isListening && wanted.has(port)) door?.open();
        else door?.close(isListening ? 'new' : 'all');
      });
    }
  };
  return {
    port: nodePort.port,
    podPort: podPort.port,
    setNodePorts: ports => {
      wanted = ports;
      for (const port of ports) {
        // A port that another program of this computer holds leads nowhere.
        if (!nodePorts.has(port))
          nodePorts.set(
            port,
            open(port).catch(() => undefined),
          );
      }
      apply();
    },
    apply: config => {
      handler.apply(config);
      isListening = config.isListening;
      apply();
    },
    setFault: fault => {
      handler.fault = fault;
    },
    get faults() {
      return handler.faults;
    },
    stop: async () => {
      handler.stop();
      const doors = await Promise.all(nodePorts.values());
      await Promise.all([podPort, ...doors].map(door => door?.stop()));
    },
  };
}
