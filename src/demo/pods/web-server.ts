import { createHash } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import { accessLine } from './nginx-log.ts';

/** How a web server in a pod takes requests. */
export type Manner =
  /** Answers with its page. */
  | 'serve'
  /** Answers 500. */
  | 'fail'
  /** Accepts connections and never answers. */
  | 'hang';

/** A page, ready to be sent. */
type Page = { readonly body: Buffer; readonly headers: OutgoingHttpHeaders };

const SERVER = 'nginx/1.29.1';

/** When the page was last changed: images are built long before they run. */
const LAST_MODIFIED = new Date('2018-10-31T09:13:42Z').toUTCString();

function preparePage(html: string): Page {
  const body = Buffer.from(html);
  const etag = `"${createHash('sha1').update(body).digest('hex').slice(0, 8)}-${body.length.toString(16)}"`;
  const headers = {
    Server: SERVER,
    'Content-Type': 'text/html',
    'Content-Length': body.length,
    'Last-Modified': LAST_MODIFIED,
    ETag: etag,
    'Accept-Ranges': 'bytes',
  };
  return { body, headers };
}

/** What was answered, for the access log. */
type Answered = { readonly code: number; readonly bodyBytes: number };

/** nginx's own code for a client that went away before it was answered. */
const CLIENT_CLOSED_REQUEST = 499;

function sendError(response: ServerResponse, code: number, title: string, isHead: boolean): Answered {
  const line = `${code} ${title}`;
  const body = `<html>\r\n<head><title>${line}</title></head>\r\n<body>\r\n<center><h1>${line}</h1></center>\r\n<hr><center>${SERVER}</center>\r\n</body>\r\n</html>\r\n`;
  response.writeHead(code, {
    Server: SERVER,
    'Content-Type': 'text/html',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(isHead ? undefined : body);
  return { code, bodyBytes: isHead ? 0 : body.length };
}

/** What nginx has to say against the request; `undefined` when it gets the page. */
function problemOf(
  manner: Manner,
  { method, url = '/' }: IncomingMessage,
): readonly [code: number, title: string] | undefined {
  if (manner === 'fail') return [500, 'Internal Server Error'];
  if (method !== 'GET' && method !== 'HEAD') return [405, 'Not Allowed'];
  const path = url.split('?', 1)[0];
  return path === '/' || path === '/index.html' ? undefined : [404, 'Not Found'];
}

function answer(
  page: Page,
  manner: Exclude<Manner, 'hang'>,
  request: IncomingMessage,
  response: ServerResponse,
): Answered {
  const { method, headers } = request;
  const isHead = method === 'HEAD';
  const problem = problemOf(manner, request);
  if (problem) return sendError(response, ...problem, isHead);
  if (headers['if-none-match'] !== undefined && headers['if-none-match'] === page.headers.ETag) {
    response.writeHead(304, {
      Server: SERVER,
      'Last-Modified': LAST_MODIFIED,
      ETag: headers['if-none-match'],
    });
    response.end();
    return { code: 304, bodyBytes: 0 };
  }
  response.writeHead(200, page.headers);
  response.end(isHead ? undefined : page.body);
  return { code: 200, bodyBytes: isHead ? 0 : page.body.length };
}

function header(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.join(', ');
}

/** What a web server works with. */
export type WebServerParts = {
  readonly now: () => number;
  /** Takes the lines of its access log. */
  readonly write: (line: string) => void;
  /** The address of the pod behind a connection from a loopback port, if it is one. */
  readonly sourceOf: (loopbackPort: number) => string | undefined;
};

/** A web server that answers as nginx with one page, on a loopback port that the system picks. */
export class WebServer {
  #page: Page;
  readonly #parts: WebServerParts;
  #manner: Manner = 'serve';
  readonly #server: Server;
  #port = 0;
  /** The last change of listening, so that changes follow one another. */
  #change: Promise<void> = Promise.resolve();

  constructor(html: string, parts: WebServerParts) {
    this.#page = preparePage(html);
    this.#parts = parts;
    this.#server = createServer({ keepAliveTimeout: 75_000 }, (request, response) =>
      this.#serve(request, response),
    );
  }

  /** The loopback port; it stays the same while the server is closed, when nothing answers there. */
  get port(): number {
    return this.#port;
  }

  setPage(html: string): void {
    this.#page = preparePage(html);
  }

  setManner(manner: Manner): void {
    this.#manner = manner;
  }

  /** Resolves when connections are accepted: on the port of before, unless somebody else took it meanwhile. */
  listen(): Promise<void> {
    this.#change = this.#change.then(async () => {
      if (this.#server.listening) return;
      await this.#listenOn(this.#port).catch(() => this.#listenOn(0));
    });
    return this.#change;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    if (this.#manner === 'hang') {
      response.once('close', () => this.#log(request, { code: CLIENT_CLOSED_REQUEST, bodyBytes: 0 }));
    } else this.#log(request, answer(this.#page, this.#manner, request, response));
  }

  #log({ method, url, httpVersion, headers, socket }: IncomingMessage, answered: Answered): void {
    const line = accessLine({
      ...answered,
      atMs: this.#parts.now(),
      remoteAddress: this.#parts.sourceOf(socket.remotePort ?? 0) ?? '127.0.0.1',
      requestLine: `${method} ${url} HTTP/${httpVersion}`,
      referer: headers.referer,
      userAgent: headers['user-agent'],
      forwardedFor: header(headers['x-forwarded-for']),
    });
    this.#parts.write(line);
  }

  #listenOn(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ port, host: '127.0.0.1' }, () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        if (address !== null && typeof address === 'object') this.#port = address.port;
        resolve();
      });
    });
  }

  /** Ends at once, as a process does that is killed: open connections are cut. Resolves when nothing is left. */
  close(): Promise<void> {
    const closeNow = () =>
      new Promise<void>(resolve => {
        if (this.#server.listening) this.#server.close(() => resolve());
        else resolve();
        this.#server.closeAllConnections();
      });
    // Now, and once more when a listen that is under way has come to its end.
    this.#change = Promise.all([closeNow(), this.#change.then(closeNow)]).then(() => {});
    return this.#change;
  }
}
