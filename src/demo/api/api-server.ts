import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Certificate } from '../certificate.ts';
import { refused } from './answer.ts';
import { PROTOBUF } from './protobuf-object.ts';
import { mediaTypeOf } from './read-body.ts';
import type { ApiRequest, ApiResponse, WatchSink } from './request.ts';
import { tooLarge } from './status-error.ts';
import type { Upgrades } from './upgrade.ts';

/** The largest body that a real API server takes. */
const BODY_LIMIT_BYTES = 3 * 1_048_576;

/** Above this many bytes that a watcher has not read, it is cut off, and comes back with a new watch. */
const WATCH_LIMIT_BYTES = 32 * 1_048_576;

/** Longer than clients keep a connection that they do not use, so that they are the ones who close it. */
const IDLE_MS = 180_000;

/** The API's HTTPS listener. It turns HTTP into requests and back, and knows nothing of objects. */
export interface ApiServer {
  /** 0 until it listened for the first time. */
  readonly port: number;
  /** Listens: on the port of before, if there was one. */
  start(): Promise<void>;
  /** Closes the listener and cuts every connection, watches and port-forwards among them. */
  stop(): Promise<void>;
}

/** The body as text; `undefined` when it is larger than allowed. Rejects when the client breaks off. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > BODY_LIMIT_BYTES) return undefined;
    chunks.push(bytes);
  }
  const isBinary = mediaTypeOf(request) === PROTOBUF;
  return Buffer.concat(chunks).toString(isBinary ? 'latin1' : 'utf8');
}

async function readRequest(request: IncomingMessage): Promise<ApiRequest | undefined> {
  const { method = 'GET', url = '/', headers } = request;
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
  const body = method === 'GET' ? '' : await readBody(request);
  return body === undefined ? undefined : { method, path, query, headers, body };
}

type Content = Extract<ApiResponse, { type: 'content' }>;

function sendContent(
  response: ServerResponse,
  code: number,
  contentType: string,
  content: string | Buffer,
  { warnings = [], retryAfterSeconds }: Pick<Content, 'warnings' | 'retryAfterSeconds'> = {},
): void {
  const body = typeof content === 'string' ? Buffer.from(content) : content;
  response.writeHead(code, {
    'Cache-Control': 'no-cache, private',
    'Content-Type': contentType,
    'Content-Length': body.length,
    ...(warnings.length > 0 && { Warning: warnings.map(warning => `299 - ${JSON.stringify(warning)}`) }),
    ...(retryAfterSeconds !== undefined && { 'Retry-After': retryAfterSeconds }),
  });
  response.end(body);
}

function sendLines(
  response: ServerResponse,
  contentType: string,
  open: (sink: WatchSink) => () => void,
): void {
  response.writeHead(200, { 'Cache-Control': 'no-cache, private', 'Content-Type': contentType });
  response.flushHeaders();
  const close = open({
    send: line => {
      response.write(line);
      if (response.writableLength > WATCH_LIMIT_BYTES) response.destroy();
    },
    end: () => response.end(),
  });
  response.once('close', close);
}

function send(response: ServerResponse, answer: ApiResponse): void {
  switch (answer.type) {
    case 'content':
      sendContent(response, answer.code, answer.contentType, answer.content, answer);
      return;
    case 'text':
      sendContent(response, answer.code, 'text/plain; charset=utf-8', answer.text);
      return;
    case 'watch':
      sendLines(response, 'application/json', answer.open);
      return;
    case 'log':
      sendLines(response, 'text/plain', answer.open);
  }
}

async function serve(
  handle: (request: ApiRequest) => ApiResponse,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let request: ApiRequest | undefined;
  try {
    request = await readRequest(incoming);
  } catch {
    // The client broke off its own request: there is nobody to answer.
    response.destroy();
    return;
  }
  if (request) send(response, handle(request));
  else {
    response.setHeader('Connection', 'close');
    send(response, refused(tooLarge(BODY_LIMIT_BYTES)));
  }
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

export function createApiServer(
  certificate: Certificate,
  firstPort: number,
  handle: (request: ApiRequest) => ApiResponse,
  upgrades: Upgrades,
): ApiServer {
  const connections = new Set<Socket>();
  let port = firstPort;
  const server = createServer({ ...certificate, keepAliveTimeout: IDLE_MS }, (request, response) => {
    void serve(handle, request, response);
  });
  server.on('upgrade', upgrades.take);
  // Raw connections are kept, because one that is still in its handshake or was upgraded is not the HTTP server's.
  server.on('connection', (connection: Socket) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  server.on('tlsClientError', (_error, connection) => connection.destroy());
  return {
    get port() {
      return port;
    },
    start: async () => {
      if (server.listening) return;
      port = await listen(server, port);
    },
    stop: async () => {
      if (!server.listening) return;
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      upgrades.stop();
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
}
