import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest } from 'node:http2';
import { createServer as createHttpsServer, request as requestHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import { load } from 'js-yaml';
import { generate } from 'selfsigned';
import type { DemoCluster } from '../../src/demo/demo-cluster.ts';

export type TestCertificate = { readonly key: string; readonly cert: string };

type CertificateOptions = {
  readonly names?: readonly string[];
  readonly notAfter?: Date;
  /** Who signs it; itself where absent. */
  readonly authority?: TestCertificate;
};

const DAY_MS = 86_400_000;

/** A certificate for loopback, or for `names` alone. */
export async function certificateFor(
  commonName: string,
  { names, notAfter, authority }: CertificateOptions = {},
): Promise<TestCertificate> {
  const altNames = names
    ? names.map(value => ({ type: 2, value }) as const)
    : [{ type: 7, ip: '127.0.0.1' } as const, { type: 2, value: 'localhost' } as const];
  const made = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 2 * DAY_MS),
    notAfterDate: notAfter ?? new Date(Date.now() + DAY_MS),
    ...(authority ? { ca: authority } : {}),
    extensions: [
      { name: 'basicConstraints', cA: authority === undefined, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: authority === undefined, critical: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { key: made.private, cert: made.cert };
}

/** Who asks, as far as a server can tell. */
export type Caller = {
  readonly authorization: string;
  /** Common name of its certificate; empty where it showed none. */
  readonly certificate: string;
  readonly headers: IncomingMessage['headers'];
};

export type FrontOptions = {
  /** `h2` also speaks HTTP/1.1, as a real API server does; `http` is without TLS. */
  readonly protocol: 'h2' | 'h1' | 'http';
  readonly certificate?: TestCertificate;
  /** Asks for certificates that it signed. */
  readonly clientAuthority?: string;
  /** Others are answered 401. Everybody is admitted where absent. */
  readonly admits?: (caller: Caller) => boolean;
  readonly keepAliveSeconds?: number;
};

/** A server between clients and a demo cluster, which sees who asks and counts connections. */
export type ApiFront = {
  readonly url: string;
  readonly cert: string;
  /** Requests that arrived, watches and upgrades among them. */
  readonly callers: readonly Caller[];
  /** Connections that are open now, those of port-forwards apart. */
  readonly open: () => { readonly plain: number; readonly upgraded: number };
  /** Connections that were ever accepted. */
  readonly accepted: () => number;
  readonly stop: () => Promise<void>;
};

/** What a client of the demo needs, out of its kubeconfig. */
function accessTo(demo: DemoCluster): { readonly ca: string; readonly token: string } {
  const config = load(demo.kubeconfig) as {
    readonly clusters: readonly [{ readonly cluster: { readonly 'certificate-authority-data': string } }];
    readonly users: readonly [{ readonly user: { readonly token: string } }];
  };
  const data = config.clusters[0].cluster['certificate-authority-data'];
  return { ca: Buffer.from(data, 'base64').toString('utf8'), token: config.users[0].user.token };
}

type AnyRequest = IncomingMessage | Http2ServerRequest;
/** Node's HTTP/2 answers like HTTP/1.1, but for the types of an overload. */
type AnyResponse = Pick<ServerResponse, 'end' | 'destroy' | 'once'> & {
  writeHead(status: number, headers: Record<string, unknown>): unknown;
  flushHeaders?(): void;
};

export async function startApiFront(demo: DemoCluster, options: FrontOptions): Promise<ApiFront> {
  const { ca, token } = accessTo(demo);
  const certificate = options.certificate ?? (await certificateFor('kubernetes'));
  const callers: Caller[] = [];
  const sockets = new Set<Socket>();
  const connections = new Set<Socket>();
  const upgraded = new Set<object>();
  let accepted = 0;

  const callerOf = (request: AnyRequest): Caller => {
    const { socket } = request;
    const peer = socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
    const certificate = (peer as PeerCertificate | undefined)?.subject?.CN;
    return {
      authorization: request.headers.authorization ?? '',
      certificate: String(certificate ?? ''),
      headers: request.headers,
    };
  };
  const isAdmitted = (request: AnyRequest): boolean => {
    const caller = callerOf(request);
    callers.push(caller);
    return options.admits?.(caller) ?? true;
  };
  const forward = (request: AnyRequest, extra: Record<string, string>) => {
    const kept = Object.entries(request.headers).filter(
      ([name]) => !/^(:|host$|connection$|upgrade$|impersonate-)/.test(name),
    );
    return requestHttps(new URL(request.url ?? '/', demo.apiUrl), {
      method: request.method ?? 'GET',
      headers: { ...Object.fromEntries(kept), ...extra, authorization: `Bearer ${token}` },
      ca,
      agent: false,
    });
  };
  const serve = (request: AnyRequest, given: unknown) => {
    const response = given as AnyResponse;
    if (!isAdmitted(request)) {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'Status', code: 401, message: 'Unauthorized' }));
      return;
    }
    const onward = forward(request, {});
    onward.once('response', answer => {
      const headers = Object.entries(answer.headers).filter(
        ([name]) => !/^(connection|keep-alive|transfer-encoding)$/.test(name),
      );
      response.writeHead(answer.statusCode ?? 502, Object.fromEntries(headers));
      response.flushHeaders?.();
      answer.pipe(response as unknown as ServerResponse);
    });
    onward.once('error', () => response.destroy());
    response.once('close', () => onward.destroy());
    request.pipe(onward);
  };
  const upgrade = (request: IncomingMessage, socket: Socket) => {
    socket.on('error', () => undefined);
    upgraded.add(socket);
    if (!isAdmitted(request)) return socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    const onward = forward(request, { connection: 'Upgrade', upgrade: 'websocket' });
    onward.once('upgrade', (answer, other) => {
      other.on('error', () => socket.destroy());
      socket.once('close', () => other.destroy());
      const lines = answer.rawHeaders.flatMap((name, index) =>
        index % 2 === 0 ? [`${name}: ${answer.rawHeaders[index + 1]}`] : [],
      );
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      socket.pipe(other).pipe(socket);
    });
    onward.once('error', () => socket.destroy());
    onward.end();
  };

  const tls = {
    ...certificate,
    ...(options.clientAuthority ? { requestCert: true, ca: options.clientAuthority } : {}),
  };
  const server = {
    http: () => createServer(serve),
    h1: () => createHttpsServer(tls, serve),
    h2: () => createSecureServer({ ...tls, allowHTTP1: true }, serve),
  }[options.protocol]();
  Object.assign(server, { keepAliveTimeout: (options.keepAliveSeconds ?? 60) * 1000 });
  server.on('upgrade', upgrade);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on(options.protocol === 'http' ? 'connection' : 'secureConnection', (socket: Socket) => {
    accepted += 1;
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.protocol === 'http' ? 'http' : 'https'}://127.0.0.1:${port}`,
    cert: certificate.cert,
    callers,
    accepted: () => accepted,
    open: () => {
      const forwards = [...connections].filter(socket => upgraded.has(socket)).length;
      return { plain: connections.size - forwards, upgraded: forwards };
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
