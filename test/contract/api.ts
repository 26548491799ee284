import { Agent, request } from 'undici';
import { WebSocket } from 'ws';
import { type Follow, openFollow, openWatch, type Watch } from './watch.ts';

export type Credentials = {
  readonly url: string;
  readonly ca: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Metadata = {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly Readonly<Record<string, unknown>>[];
  readonly managedFields?: readonly ManagedFields[];
  readonly continue?: string;
  readonly remainingItemCount?: number;
};

export type ManagedFields = {
  readonly manager: string;
  readonly operation: string;
  readonly apiVersion: string;
  readonly time: string;
  readonly fieldsType: string;
  readonly fieldsV1: object;
  readonly subresource?: string;
};

/** Whatever the API answers with, read loosely: what is absent is found out by the test that looks at it. */
export type Thing = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
  readonly items: readonly Thing[];
};

export type Answer = {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed JSON, or the text of what is none. */
  readonly body: Thing;
};

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The body of an answer that is none of a failure. */
export function accepted({ code, body }: Answer): Thing {
  if (code >= 300) throw new Error(`answered ${code}: ${JSON.stringify(body)}`);
  return body;
}

type Call = {
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Plain HTTP to one API server, with the credentials of one user. */
export type Api = {
  readonly get: (path: string, query?: Query, headers?: Call['headers']) => Promise<Answer>;
  readonly post: (path: string, body: unknown, query?: Query) => Promise<Answer>;
  readonly put: (path: string, body: unknown, query?: Query) => Promise<Answer>;
  readonly patch: (path: string, type: PatchType, body: unknown, query?: Query) => Promise<Answer>;
  readonly delete: (path: string, query?: Query, body?: unknown) => Promise<Answer>;
  /** Any request: `body` is sent as it stands. */
  readonly send: (method: string, path: string, call: Call & { readonly body?: string }) => Promise<Answer>;
  readonly watch: (path: string, query?: Query, headers?: Call['headers']) => Promise<Watch>;
  /** Text that comes bit by bit. */
  readonly follow: (path: string, query?: Query) => Promise<Follow>;
  /** A WebSocket, not yet open. */
  readonly connect: (path: string, protocols: readonly string[]) => WebSocket;
  readonly close: () => Promise<void>;
};

const PATCH_TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;
export type PatchType = keyof typeof PATCH_TYPES;

/** How the tests call themselves where a request names no field manager. */
const USER_AGENT = 'contract/1';

function pathWith(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== undefined) search.append(key, String(value));
  if (search.size === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${search}`;
}

export function connectTo({ url, ca, cert, key, token, headers: own = {} }: Credentials): Api {
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  const dispatcher = new Agent({ connect: tls, allowH2: false });
  const identity = {
    'user-agent': USER_AGENT,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...own,
  };
  const send: Api['send'] = async (method, path, { query, headers, body }) => {
    const response = await request(url + pathWith(path, query), {
      method: method as 'GET',
      dispatcher,
      headers: { ...identity, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.body.text();
    const isJson = String(response.headers['content-type']).includes('json');
    return { code: response.statusCode, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  const sendJson = (method: string, path: string, type: string, body: unknown, query: Query = {}) =>
    send(method, path, {
      query,
      ...(body === undefined ? {} : { headers: { 'content-type': type }, body: JSON.stringify(body) }),
    });
  return {
    send,
    get: (path, query = {}, headers = {}) => send('GET', path, { query, headers }),
    post: (path, body, query) => sendJson('POST', path, 'application/json', body, query),
    put: (path, body, query) => sendJson('PUT', path, 'application/json', body, query),
    patch: (path, type, body, query) => sendJson('PATCH', path, PATCH_TYPES[type], body, query),
    delete: (path, query, body) => sendJson('DELETE', path, 'application/json', body, query),
    watch: (path, query, headers) =>
      openWatch(url + pathWith(path, { watch: true, ...query }), {
        dispatcher,
        headers: { ...identity, ...headers },
      }),
    follow: (path, query) => openFollow(url + pathWith(path, query), { dispatcher, headers: identity }),
    connect: (path, protocols) =>
      new WebSocket(url.replace(/^http/, 'ws') + path, [...protocols], { ...tls, headers: identity }),
    close: () => dispatcher.destroy(),
  };
}
