import type { Duplex } from 'node:stream';
import { type Dispatcher, request } from 'undici';
import { plainText } from '../plain-text.ts';
import { productName, version } from '../version.ts';
import {
  type AccessQuestion,
  type ClusterApi,
  type Collection,
  collectionPath,
  type List,
  type WatchEvent,
  type WatchListener,
} from './cluster-api.ts';
import type { Authorized, Purpose } from './cluster-connections.ts';
import {
  type ClusterError,
  explainAnswer,
  explainException,
  failure,
  type Outcome,
} from './cluster-error.ts';
import { type Json, type JsonObject, listIn, numberIn, objectIn, textIn } from './json.ts';
import type { SharedConnectionsConfig } from './kubeconfig.ts';
import type { KubeObject } from './metadata.ts';
import type { PatchOperation } from './patch.ts';
import { openPortForward } from './port-forward.ts';

const PAGE_SIZE = 500;
const REQUEST_DEADLINE_MS = 15_000;
/** The server ends a watch after this long; it is then resumed. Below the five minutes at which many proxies cut connections. */
const WATCH_SECONDS = 290;
/** A watch that asked for bookmarks hears something about once a minute; silence for longer means that the connection is half open. */
const WATCH_SILENCE_MS = 100_000;
/** No single event of an object that we read comes near this; a line that long is not a watch. */
const MAX_EVENT_CHARACTERS = 8_000_000;

/**
 * Opens the API server of the config's current context. `refuseWrite` says why no write may leave the process now, or nothing;
 * it is asked at the moment of each write, here and nowhere else.
 */
export function openClusterApi(
  config: SharedConnectionsConfig,
  refuseWrite: () => string | undefined,
): ClusterApi {
  return new HttpClusterApi(config, refuseWrite);
}

type Call = {
  readonly doing: string;
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly contentType?: string;
  readonly body?: string;
};

type SendOptions = {
  readonly purpose: Purpose;
  /** For the whole request; absent where it may take as long as it likes. */
  readonly deadlineMs?: number;
  readonly headersTimeout?: number;
  readonly bodyTimeout?: number;
};

class HttpClusterApi implements ClusterApi {
  readonly server: string;
  readonly #server: string;
  readonly #config: SharedConnectionsConfig;
  readonly #refuseWrite: () => string | undefined;

  constructor(config: SharedConnectionsConfig, refuseWrite: () => string | undefined) {
    this.#config = config;
    this.#refuseWrite = refuseWrite;
    this.#server = config.getCurrentCluster()?.server.replace(/\/+$/, '') ?? '';
    this.server = withoutCredentials(this.#server);
  }

  async get(collection: Collection, name: string, signal: AbortSignal): Promise<Outcome<KubeObject>> {
    const doing = `read ${collection.plural} ${name}`;
    const path = `${collectionPath(collection)}/${encodeURIComponent(name)}`;
    return asObject(doing, await this.#json({ doing, method: 'GET', path }, signal));
  }

  async list(collection: Collection, signal: AbortSignal): Promise<Outcome<List>> {
    const items: KubeObject[] = [];
    let next: string | undefined;
    for (;;) {
      const query = { ...selectors(collection), limit: String(PAGE_SIZE), continue: next };
      const doing = `list ${collection.plural}`;
      const page = await this.#json(
        { doing, method: 'GET', path: collectionPath(collection), query },
        signal,
      );
      if (!page.ok) return page;
      if (!isList(page.value)) return failure(notKubernetes(doing, 200));
      for (const item of listIn(page.value.items)) if (isKubeObject(item)) items.push(item);
      const metadata = objectIn(page.value.metadata);
      next = textIn(metadata.continue) || undefined;
      if (!next)
        return { ok: true, value: { items, resourceVersion: textIn(metadata.resourceVersion) ?? '' } };
    }
  }

  async watch(
    collection: Collection,
    resourceVersion: string,
    listener: WatchListener,
    signal: AbortSignal,
  ): Promise<Outcome<void>> {
    const doing = `watch ${collection.plural}`;
    const query = {
      ...selectors(collection),
      watch: 'true',
      resourceVersion,
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(WATCH_SECONDS),
    };
    try {
      const response = await this.#send(
        { doing, method: 'GET', path: collectionPath(collection), query },
        signal,
        { purpose: 'watch', headersTimeout: REQUEST_DEADLINE_MS, bodyTimeout: WATCH_SILENCE_MS },
      );
      if (response.statusCode !== 200) return failure(await this.#refused(doing, response));
      listener.onOpen();
      return await readEvents(doing, response.body, listener.onEvents);
    } catch (exception) {
      return failure(explainException(doing, this.server, exception));
    }
  }

  async patch(
    collection: Collection,
    name: string,
    operations: readonly PatchOperation[],
    signal: AbortSignal,
  ): Promise<Outcome<KubeObject>> {
    const doing = `patch ${singular(collection.plural)} ${name}`;
    const reason = this.#refuseWrite();
    if (reason !== undefined) {
      return failure({ kind: 'read-only', headline: `Can't ${doing}: ${reason}.`, nextStep: '' });
    }
    const call: Call = {
      doing,
      method: 'PATCH',
      path: `${collectionPath(collection)}/${encodeURIComponent(name)}`,
      query: { fieldManager: productName },
      contentType: 'application/json-patch+json',
      body: JSON.stringify(operations),
    };
    return asObject(doing, await this.#json(call, signal));
  }

  async canI(question: AccessQuestion, signal: AbortSignal): Promise<Outcome<boolean>> {
    const { verb, group, resource, subresource, namespace, name } = question;
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb, group, resource, subresource, namespace, name } },
    };
    const answer = await this.#json(
      {
        doing: 'ask for permissions',
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        contentType: 'application/json',
        body: JSON.stringify(review),
      },
      signal,
    );
    return answer.ok ? { ok: true, value: objectIn(answer.value.status).allowed === true } : answer;
  }

  raw(path: string, signal: AbortSignal): Promise<Outcome<JsonObject>> {
    return this.#json({ doing: `read ${path}`, method: 'GET', path }, signal);
  }

  portForward(namespace: string, pod: string, port: number, signal: AbortSignal): Promise<Duplex> {
    return openPortForward(this.#config, namespace, pod, port, signal);
  }

  close(): Promise<void> {
    return this.#config.closeConnections();
  }

  async #json(call: Call, signal: AbortSignal): Promise<Outcome<JsonObject>> {
    try {
      const response = await this.#send(call, signal, {
        purpose: 'request',
        deadlineMs: REQUEST_DEADLINE_MS,
      });
      if (response.statusCode >= 300) return failure(await this.#refused(call.doing, response));
      const text = await response.body.text();
      const json = parseObject(text);
      return json ? { ok: true, value: json } : failure(notKubernetes(call.doing, response.statusCode));
    } catch (exception) {
      const error = explainException(call.doing, this.server, exception);
      return failure(error.kind === 'aborted' && !signal.aborted ? { ...error, kind: 'unreachable' } : error);
    }
  }

  #send(
    call: Call,
    signal: AbortSignal,
    { purpose, deadlineMs, ...timeouts }: SendOptions,
  ): Promise<Dispatcher.ResponseData> {
    const url = new URL(this.#server + call.path);
    for (const [key, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) url.searchParams.set(key, value);
    }
    const send = ({ headers, dispatcher }: Authorized) =>
      request(url, {
        method: call.method,
        headers: {
          ...headers,
          accept: 'application/json',
          'user-agent': `${productName}/${version}`,
          ...(call.contentType ? { 'content-type': call.contentType } : {}),
        },
        ...(call.body === undefined ? {} : { body: call.body }),
        dispatcher,
        // Counted from here: a credential plugin takes its own time.
        signal:
          deadlineMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
        ...timeouts,
      });
    return this.#config.connections.send(purpose, send, signal);
  }

  async #refused(doing: string, response: Dispatcher.ResponseData): Promise<ClusterError> {
    const retryAfter = response.headers['retry-after'];
    const error = explainAnswer(doing, {
      status: response.statusCode,
      body: await response.body.text(),
      retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
    });
    return error.kind === 'unauthorized' ? { ...error, ...this.#config.connections.refusal(doing) } : error;
  }
}

/** A server address as it may be shown: one in a kubeconfig can carry a user name and a password. */
function withoutCredentials(server: string): string {
  if (!URL.canParse(server)) return '';
  const url = new URL(server);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/+$/, '');
}

function selectors(collection: Collection): Readonly<Record<string, string | undefined>> {
  return { labelSelector: collection.labelSelector, fieldSelector: collection.fieldSelector };
}

/** Decodes a watch: one JSON object a line. An ERROR event ends it with the failure that it carries. */
async function readEvents(
  doing: string,
  body: Dispatcher.ResponseData['body'],
  onEvents: (events: readonly WatchEvent[]) => void,
): Promise<Outcome<void>> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_EVENT_CHARACTERS) return failure(notKubernetes(doing, 200));
    const { events, error } = decodeLines(doing, lines);
    if (events.length > 0) onEvents(events);
    if (error) return failure(error);
  }
  // A watch ends behind a whole line; anything else was cut off, or was none.
  return rest.trim() === '' ? { ok: true, value: undefined } : failure(notKubernetes(doing, 200));
}

/** The events of whole lines, up to the first that is none. */
function decodeLines(
  doing: string,
  lines: readonly string[],
): { readonly events: readonly WatchEvent[]; readonly error: ClusterError | undefined } {
  const events: WatchEvent[] = [];
  for (const line of lines.filter(line => line.trim() !== '')) {
    const event = parseObject(line);
    if (event?.type === 'ERROR') {
      return { events, error: explainAnswer(doing, statusOf(objectIn(event.object))) };
    }
    const object = event?.object ?? null;
    if (!isKubeObject(object)) return { events, error: notKubernetes(doing, 200) };
    const type = textIn(event?.type);
    if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK') {
      events.push({ type, object });
    }
  }
  return { events, error: undefined };
}

function statusOf(status: JsonObject): { status: number; body: string; retryAfter: undefined } {
  return { status: numberIn(status.code) ?? 500, body: JSON.stringify(status), retryAfter: undefined };
}

function asObject(doing: string, outcome: Outcome<JsonObject>): Outcome<KubeObject> {
  if (!outcome.ok) return outcome;
  return isKubeObject(outcome.value)
    ? { ok: true, value: outcome.value }
    : failure(notKubernetes(doing, 200));
}

/** Anything may answer 200 to a list: only what has items and a version to watch from is one. */
function isList(json: JsonObject): boolean {
  return Array.isArray(json.items) && textIn(objectIn(json.metadata).resourceVersion) !== undefined;
}

function isKubeObject(value: Json): value is KubeObject {
  return textIn(objectIn(objectIn(value).metadata).name) !== undefined || isBookmark(value);
}

/** A bookmark's object carries a resourceVersion and no name. */
function isBookmark(value: Json): boolean {
  return textIn(objectIn(objectIn(value).metadata).resourceVersion) !== undefined;
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const json = JSON.parse(text) as Json;
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

function notKubernetes(doing: string, status: number): ClusterError {
  return explainAnswer(doing, { status, body: '', retryAfter: undefined });
}

function singular(plural: string): string {
  return plural === 'virtualservices' ? 'VirtualService' : plainText(plural, 60);
}
