import { once } from 'node:events';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer as createHttpsServer, type Server as HttpsServer, request } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { dump, load } from 'js-yaml';
import { createCertificate } from '../../src/demo/certificate.ts';
import type { DemoCluster } from '../../src/demo/demo-cluster.ts';

/** What goes wrong between a client and the API server. Watches that are open when it begins meet it too. */
export type Fault =
  /** Every connection is cut, and so is each new one once it asks for something. */
  | { readonly kind: 'kill' }
  /** Nothing listens. */
  | { readonly kind: 'refuse' }
  /** Watches are reset in the middle of a line; other answers, in the middle of their JSON. */
  | { readonly kind: 'reset-mid-line' }
  /** The same, but the answer ends as if it were whole. */
  | { readonly kind: 'truncate' }
  /** A proxy on the way answers with a page of its own. */
  | { readonly kind: 'html'; readonly code: number }
  /** Requests are taken and not answered: all of them, or those that ask what the person may do. */
  | { readonly kind: 'slow-headers'; readonly of?: 'rights' }
  /** Connections that there are fall silent for ever, and new ones get no answer to their handshake. */
  | { readonly kind: 'half-open' }
  /** Connections that there are fall silent for ever; new ones are as good as any. */
  | { readonly kind: 'lost-connections' }
  /** The API server answers so; `writes` alone where the code is about what is written, `watches` alone where about a version. */
  | {
      readonly kind: 'status';
      readonly code: number;
      readonly reason: string;
      readonly of: 'everything' | 'writes' | 'watches';
      readonly retryAfterSeconds?: number;
    }
  /** Writes, or their answers, are kept until it heals; then they arrive, whatever became of the client. The first ones may `pass`. */
  | { readonly kind: 'held-writes'; readonly keeps: 'requests' | 'answers'; readonly pass?: number }
  | { readonly kind: 'expired-certificate' }
  /** Watches are told to list again, and every list has another page. */
  | { readonly kind: 'endless-pages' }
  /** No answer comes to its end. */
  | { readonly kind: 'endless-body' };

const DAY_MS = 86_400_000;
const LONG_AGO_MS = 4_000 * DAY_MS;
const HALF_A_LINE = '{"type":"MODIFIED","object":{"kind":"Pod","metadata":{"name":"my';
const TRICKLE_MS = 5;
const TRICKLE = '{"metadata":{"name":"a"}},'.repeat(2_000);

type Watching = { readonly response: ServerResponse; readonly upstream: ClientRequest };

/** A TLS-terminating proxy in front of a demo cluster's API that can be told to misbehave. */
export class FaultProxy {
  readonly #target: { readonly port: number; readonly ca: string };
  /** Takes connections, and hands those on that may begin their handshake. */
  readonly #listener: Server;
  readonly #server: HttpsServer;
  readonly #agent: Agent;
  readonly #sockets = new Set<Socket>();
  readonly #dead = new Set<Socket>();
  readonly #watches = new Set<Watching>();
  readonly #certificates: { readonly valid: Pem; readonly expired: Pem };
  readonly #demoKubeconfig: string;
  #fault: Fault | undefined;
  #healed = Promise.withResolvers<void>();
  #writes = 0;
  #port = 0;
  #requests = 0;
  /** How many requests, connections and watches met the present fault. */
  met = 0;

  private constructor(demo: DemoCluster, certificates: { readonly valid: Pem; readonly expired: Pem }) {
    this.#demoKubeconfig = demo.kubeconfig;
    this.#certificates = certificates;
    this.#target = { port: Number(new URL(demo.apiUrl).port), ca: clusterIn(demo.kubeconfig).ca };
    this.#agent = new Agent({ keepAlive: true, ca: this.#target.ca });
    // Only the client ends a connection that is not used.
    const options = { ...certificates.valid, keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };
    this.#server = createHttpsServer(options, (incoming, response) => this.#serve(incoming, response));
    this.#listener = createServer(socket => this.#accept(socket));
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy());
    this.#server.on('upgrade', (incoming, socket, head) => this.#tunnel(incoming, socket as TLSSocket, head));
  }

  static async start(demo: DemoCluster): Promise<FaultProxy> {
    const nowMs = Date.now();
    const [valid, expired] = await Promise.all([
      createCertificate('fault-proxy', nowMs),
      createCertificate('fault-proxy-of-old', nowMs - LONG_AGO_MS),
    ]);
    const proxy = new FaultProxy(demo, { valid, expired });
    await proxy.#listen();
    return proxy;
  }

  /** The demo's kubeconfig, by way of this proxy. */
  get kubeconfig(): string {
    const { document, cluster } = clusterIn(this.#demoKubeconfig);
    const { valid, expired } = this.#certificates;
    cluster.server = `https://127.0.0.1:${this.#port}`;
    cluster['certificate-authority-data'] = Buffer.from(
      `${valid.cert.trim()}\n${expired.cert.trim()}\n`,
    ).toString('base64');
    return dump(document);
  }

  get openWatches(): number {
    return this.#watches.size;
  }

  /** Watches and other requests that were not answered to the end. */
  get openRequests(): number {
    return this.#requests;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Begins to misbehave, until `heal`. */
  async begin(fault: Fault): Promise<void> {
    this.met = 0;
    this.#fault = fault;
    this.#healed = Promise.withResolvers<void>();
    switch (fault.kind) {
      case 'held-writes':
        this.#writes = 0;
        return;
      case 'refuse':
        this.#cutAll();
        await this.#close();
        return;
      case 'kill':
        this.#cutAll();
        return;
      case 'half-open':
      case 'lost-connections':
        for (const socket of this.#sockets) this.#silence(socket);
        return;
      case 'expired-certificate':
        this.#server.setSecureContext(this.#certificates.expired);
        this.#cutAll();
        return;
      case 'reset-mid-line':
      case 'truncate':
        for (const watch of [...this.#watches]) this.#breakWatch(watch, fault.kind);
        return;
      case 'status':
        if (fault.of === 'writes') return;
    }
    for (const { response } of [...this.#watches]) response.end();
  }

  /** Behaves well again. What was silenced stays silent, as on a connection whose other end is gone. */
  async heal(): Promise<void> {
    const before = this.#fault;
    this.#fault = undefined;
    this.#healed.resolve();
    if (before?.kind === 'refuse') await this.#listen();
    if (before?.kind === 'expired-certificate') this.#server.setSecureContext(this.#certificates.valid);
  }

  async stop(): Promise<void> {
    this.#cutAll();
    this.#agent.destroy();
    await this.#close();
  }

  async #listen(): Promise<void> {
    this.#listener.listen(this.#port, '127.0.0.1');
    await once(this.#listener, 'listening');
    this.#port = (this.#listener.address() as AddressInfo).port;
  }

  async #close(): Promise<void> {
    if (!this.#listener.listening) return;
    const closed = new Promise<void>(resolve => this.#listener.close(() => resolve()));
    this.#cutAll();
    await closed;
  }

  #cutAll(): void {
    this.met += this.#sockets.size;
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#dead.delete(socket);
    });
    if (this.#fault?.kind === 'half-open') this.#silence(socket);
    else this.#server.emit('connection', socket);
  }

  #connectionOf({ remotePort }: Pick<Socket, 'remotePort'>): Socket | undefined {
    return [...this.#sockets].find(socket => socket.remotePort === remotePort);
  }

  /** Takes nothing in and lets nothing out from now on. Its end is noticed, so that it can be counted. */
  #silence(socket: Socket): void {
    this.met += 1;
    this.#dead.add(socket);
  }

  #isDead({ socket }: IncomingMessage): boolean {
    const connection = this.#connectionOf(socket);
    return connection !== undefined && this.#dead.has(connection);
  }

  #serve(incoming: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => undefined);
    this.#requests += 1;
    response.once('close', () => {
      this.#requests -= 1;
    });
    if (this.#isDead(incoming)) return;
    const fault = this.#fault;
    const isWatch = /[?&]watch=(true|1)/.test(incoming.url ?? '');
    if (!fault || !this.#isMet(fault, incoming, isWatch)) {
      this.#forward(incoming, response, isWatch);
      return;
    }
    this.met += 1;
    switch (fault.kind) {
      case 'kill':
        incoming.socket.destroy();
        return;
      case 'html': {
        const page = '<html><body><h1>Something on the way</h1></body></html>';
        response.writeHead(fault.code, { 'content-type': 'text/html' }).end(page);
        return;
      }
      case 'status':
        refuse(response, fault);
        return;
      case 'endless-pages':
        if (isWatch) {
          refuse(response, { kind: 'status', code: 410, reason: 'Expired', of: 'watches' });
          return;
        }
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            kind: 'List',
            items: [],
            metadata: { resourceVersion: '1', continue: `page-${this.met}` },
          }),
        );
        return;
      case 'endless-body':
        trickle(response);
        return;
      case 'held-writes':
        this.#hold(incoming, response, fault.keeps).catch(() => response.destroy());
        return;
      case 'reset-mid-line':
      case 'truncate':
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(HALF_A_LINE, () => {
          if (fault.kind === 'truncate') response.end();
          else this.#connectionOf(incoming.socket)?.resetAndDestroy();
        });
    }
  }

  /** Whether a request meets the fault; those that are about connections have met it before. */
  #isMet(fault: Fault, { method, url }: IncomingMessage, isWatch: boolean): boolean {
    switch (fault.kind) {
      case 'lost-connections':
        return false;
      case 'held-writes':
        if (method === 'PATCH') this.#writes += 1;
        return method === 'PATCH' && this.#writes > (fault.pass ?? 0);
      case 'slow-headers':
        return fault.of === undefined || /selfsubjectaccessreviews/.test(url ?? '');
      case 'status':
        if (fault.of === 'writes') return method === 'PATCH';
        return fault.of === 'everything' || isWatch;
      case 'endless-pages':
        return method === 'GET';
      default:
        return true;
    }
  }

  #forward(incoming: IncomingMessage, response: ServerResponse, isWatch: boolean): void {
    const { port } = this.#target;
    const { method, url, headers } = incoming;
    const upstream = request(
      { host: '127.0.0.1', port, method, path: url, headers, agent: this.#agent },
      answer => {
        if (this.#isDead(incoming)) return;
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        response.flushHeaders();
        answer.on('data', chunk => {
          if (!this.#isDead(incoming)) response.write(chunk);
        });
        answer.once('end', () => {
          if (!this.#isDead(incoming)) response.end();
        });
        answer.once('error', () => response.destroy());
      },
    );
    upstream.once('error', () => response.destroy());
    incoming.pipe(upstream);
    const watching = { response, upstream };
    if (isWatch) this.#watches.add(watching);
    response.once('close', () => {
      this.#watches.delete(watching);
      upstream.destroy();
    });
  }

  async #hold(
    incoming: IncomingMessage,
    response: ServerResponse,
    keeps: Extract<Fault, { kind: 'held-writes' }>['keeps'],
  ): Promise<void> {
    const healed = this.#healed.promise;
    const { method, url, headers } = incoming;
    const body = await buffer(incoming);
    if (keeps === 'requests') await healed;
    const { port } = this.#target;
    const upstream = request({ host: '127.0.0.1', port, method, path: url, headers, agent: this.#agent });
    upstream.end(body);
    const [answer] = (await once(upstream, 'response')) as [IncomingMessage];
    const answered = await buffer(answer);
    if (keeps === 'answers') await healed;
    response.writeHead(answer.statusCode ?? 502, answer.headers).end(answered);
  }

  #breakWatch({ response, upstream }: Watching, how: 'reset-mid-line' | 'truncate'): void {
    this.met += 1;
    const { socket } = response;
    response.write(HALF_A_LINE, () => {
      if (how === 'truncate') response.end();
      else if (socket) this.#connectionOf(socket)?.resetAndDestroy();
    });
    upstream.destroy();
  }

  /** Port-forwards go through as bytes. */
  #tunnel(incoming: IncomingMessage, socket: TLSSocket, head: Buffer): void {
    const { port, ca } = this.#target;
    if (this.#fault && this.#fault.kind !== 'lost-connections') {
      socket.destroy();
      return;
    }
    const upstream = connectTls({ host: '127.0.0.1', port, ca }, () => {
      const lines = incoming.rawHeaders.flatMap((name, at) =>
        at % 2 === 0 ? [`${name}: ${incoming.rawHeaders[at + 1]}`] : [],
      );
      upstream.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      upstream.write(head);
      socket.pipe(upstream).pipe(socket);
    });
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      one.on('error', () => other.destroy());
      one.once('close', () => other.destroy());
    }
  }
}

type Pem = { readonly key: string; readonly cert: string };

function clusterIn(kubeconfig: string) {
  const document = load(kubeconfig) as { clusters: { cluster: Record<string, string> }[] };
  const cluster = document.clusters[0]?.cluster;
  if (!cluster) throw new Error('a kubeconfig without a cluster');
  const ca = Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64').toString();
  return { document, cluster, ca };
}

function refuse(
  response: ServerResponse,
  { code, reason, retryAfterSeconds }: Extract<Fault, { kind: 'status' }>,
): void {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: `the fault proxy says ${reason}`,
    reason,
    code,
  };
  response.writeHead(code, {
    'content-type': 'application/json',
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  });
  response.end(JSON.stringify(status));
}

/** Goes on writing until the client has had enough. */
function trickle(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"kind":"List","metadata":{"resourceVersion":"1"},"items":[');
  const timer = setInterval(() => response.write(TRICKLE), TRICKLE_MS);
  response.once('close', () => clearInterval(timer));
}
