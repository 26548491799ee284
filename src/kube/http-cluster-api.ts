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
  type WatchListener,
} from './cluster-api.ts';
import type { Authorized, Purpose } from './cluster-connections.ts';
import {
  type ClusterError,
  explainAnswer,
  explainException,
  failure,
  isTimeout,
  type Outcome,
} from './cluster-error.ts';
import { type JsonObject, objectIn, parseObject, textIn } from './json.ts';
import type { SharedConnectionsConfig } from './kubeconfig.ts';
import { readPages } from './list-pages.ts';
import { isKubeObject, type KubeObject, type Metadata } from './metadata.ts';
import type { PatchOperation } from './patch.ts';
import { openPortForward } from './port-forward.ts';
import { warningTexts } from './warning-header.ts';
import { readEvents } from './watch-stream.ts';

/** The server ends a watch after this long; it is then resumed. Below the five minutes at which many proxies cut connections. */
const WATCH_SECONDS = 290;
/** An answer of objects that we read comes nowhere near this: a page of 500 is a few megabytes. */
const MAX_ANSWER_CHARACTERS = 64_000_000;
/** Of a log: what a container says last is what it failed with. */
const LOG_LINES = 20;
const LOG_BYTES = 256 * 1024;

/** How long the API server may be silent, in milliseconds. */
export type Patience = {
  /** For the whole answer to a request, and for the beginning of a watch. */
  readonly requestMs: number;
  /** Within a watch. One that asked for bookmarks hears something about once a minute; longer silence may be a connection that is half open. */
  readonly watchMs: number;
};

const PATIENCE: Patience = { requestMs: 15_000, watchMs: 100_000 };

/**
 * Opens the API server of the config's current context. `refuseWrite` says why no write may leave the process now, or nothing;
 * it is asked at the moment of each write, here and nowhere else.
 */
export function openClusterApi(
  config: SharedConnectionsConfig,
  refuseWrite: () => string | undefined,
  patience = PATIENCE,
): ClusterApi {
  return new HttpClusterApi(config, refuseWrite, patience);
}

type Call = {
  readonly doing: string;
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly contentType?: string;
  readonly body?: string;
  /** Of a text that is no object, so much is taken; a server, or what is in front of it, may not heed a limit. */
  readonly mostCharacters?: number;
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

  readonly #patience: Patience;
  #heedWarning: (text: string) => void = () => undefined;

  constructor(config: SharedConnectionsConfig, refuseWrite: () => string | undefined, patience: Patience) {
    this.#config = config;
    this.#refuseWrite = refuseWrite;
    this.#patience = patience;
    this.#server = config.getCurrentCluster()?.server.replace(/\/+$/, '') ?? '';
    this.server = withoutCredentials(this.#server);
  }

  async get(collection: Collection, name: string, signal: AbortSignal): Promise<Outcome<KubeObject>> {
    const doing = `read ${collection.plural} ${name}`;
    const path = objectPath(collection, name);
    return asObject(doing, await this.#json({ doing, method: 'GET', path }, signal));
  }

  list(collection: Collection, signal: AbortSignal): Promise<Outcome<List>> {
    const doing = `list ${collection.plural}`;
    const path = collectionPath(collection);
    return readPages(doing, page => {
      const query = { ...selectors(collection), ...page };
      return this.#json({ doing, method: 'GET', path, query }, signal);
    });
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
        { purpose: 'watch', headersTimeout: this.#patience.requestMs, bodyTimeout: this.#patience.watchMs },
      );
      if (response.statusCode !== 200) return failure(await this.#refused(doing, response));
      listener.onOpen();
      return await readEvents(doing, response.body, listener.onEvents);
    } catch (exception) {
      return failure(this.#explain(doing, exception));
    }
  }

  async patch(
    collection: Collection,
    name: string,
    operations: readonly PatchOperation[],
    signal: AbortSignal,
  ): Promise<Outcome<KubeObject>> {
    const call = patchCall(collection, name, operations);
    return asObject(call.doing, await this.#write(call, signal));
  }

  async tryPatch(
    collection: Collection,
    name: string,
    operations: readonly PatchOperation[],
    signal: AbortSignal,
  ): Promise<Outcome<KubeObject>> {
    const call = patchCall(collection, name, operations);
    const query = { ...call.query, dryRun: 'All' };
    return asObject(call.doing, await this.#json({ ...call, query }, signal));
  }

  async apply(collection: Collection, object: KubeObject, signal: AbortSignal): Promise<Outcome<KubeObject>> {
    const name = textIn(object.metadata.name) ?? '';
    const doing = `apply ${singular(collection.plural)} ${plainText(name, 253)}`;
    const call: Call = {
      doing,
      method: 'PATCH',
      path: objectPath(collection, name),
      query: { fieldManager: productName, force: 'false' },
      // JSON is YAML.
      contentType: 'application/apply-patch+yaml',
      body: JSON.stringify(object),
    };
    return asObject(doing, await this.#write(call, signal));
  }

  async delete(collection: Collection, read: Metadata, signal: AbortSignal): Promise<Outcome<void>> {
    const { name, uid, resourceVersion } = read;
    const options = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } };
    const call: Call = {
      doing: `delete ${singular(collection.plural)} ${name}`,
      method: 'DELETE',
      path: objectPath(collection, name),
      contentType: 'application/json',
      body: JSON.stringify(options),
    };
    const deleted = await this.#write(call, signal);
    return deleted.ok ? { ok: true, value: undefined } : deleted;
  }

  podLog(
    namespace: string,
    pod: string,
    { container, previous }: { readonly container: string; readonly previous: boolean },
    signal: AbortSignal,
  ): Promise<Outcome<string>> {
    const call: Call = {
      doing: `read the log of pod ${plainText(pod, 253)}`,
      method: 'GET',
      path: `${objectPath({ group: '', version: 'v1', plural: 'pods', namespace }, pod)}/log`,
      query: {
        container,
        previous: String(previous),
        tailLines: String(LOG_LINES),
        limitBytes: String(LOG_BYTES),
      },
      mostCharacters: LOG_BYTES,
    };
    return this.#text(call, signal);
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

  onWarning(listener: (text: string) => void): void {
    this.#heedWarning = listener;
  }

  renewConnections(): void {
    this.#config.connections.renew();
  }

  close(): Promise<void> {
    return this.#config.closeConnections();
  }

  /** Whatever changes the cluster goes through here. */
  async #write(call: Call, signal: AbortSignal): Promise<Outcome<JsonObject>> {
    const reason = this.#refuseWrite();
    if (reason === undefined) return this.#json(call, signal);
    return failure({ kind: 'read-only', headline: `Can't ${call.doing}: ${reason}.`, nextStep: '' });
  }

  async #json(call: Call, signal: AbortSignal): Promise<Outcome<JsonObject>> {
    const text = await this.#text(call, signal);
    if (!text.ok) return text;
    const json = parseObject(text.value);
    return json ? { ok: true, value: json } : failure(notKubernetes(call.doing, 200));
  }

  async #text(call: Call, signal: AbortSignal): Promise<Outcome<string>> {
    try {
      const response = await this.#send(call, signal, {
        purpose: 'request',
        deadlineMs: this.#patience.requestMs,
      });
      if (response.statusCode >= 300) return failure(await this.#refused(call.doing, response));
      return { ok: true, value: await readText(response.body, call.mostCharacters) };
    } catch (exception) {
      const error = this.#explain(call.doing, exception);
      return failure(error.kind === 'aborted' && !signal.aborted ? { ...error, kind: 'unreachable' } : error);
    }
  }

  /** Nobody answered in time: the connection may be half open, and so may the others. What is asked next gets new ones. */
  #explain(doing: string, exception: unknown): ClusterError {
    if (isTimeout(exception)) this.renewConnections();
    return explainException(doing, this.server, exception);
  }

  async #send(
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
    const response = await this.#config.connections.send(purpose, send, signal);
    for (const text of warningTexts(response.headers.warning)) this.#heedWarning(text);
    return response;
  }

  async #refused(doing: string, response: Dispatcher.ResponseData): Promise<ClusterError> {
    const retryAfter = response.headers['retry-after'];
    const error = explainAnswer(doing, {
      status: response.statusCode,
      body: await readText(response.body),
      retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
    });
    return error.kind === 'unauthorized' ? { ...error, ...this.#config.connections.refusal(doing) } : error;
  }
}

function patchCall(collection: Collection, name: string, operations: readonly PatchOperation[]): Call {
  return {
    doing: `patch ${singular(collection.plural)} ${name}`,
    method: 'PATCH',
    path: objectPath(collection, name),
    query: { fieldManager: productName },
    contentType: 'application/json-patch+json',
    body: JSON.stringify(operations),
  };
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

function asObject(doing: string, outcome: Outcome<JsonObject>): Outcome<KubeObject> {
  if (!outcome.ok) return outcome;
  return isKubeObject(outcome.value)
    ? { ok: true, value: outcome.value }
    : failure(notKubernetes(doing, 200));
}

/**
 * The body as text, as far as `mostCharacters`; without such a limit the whole, and empty where it is longer than any answer, so
 * that it is none that can be read.
 */
async function readText(body: Dispatcher.ResponseData['body'], mostCharacters?: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (mostCharacters !== undefined && text.length > mostCharacters) return text.slice(0, mostCharacters);
    if (text.length > MAX_ANSWER_CHARACTERS) return '';
  }
  return text + decoder.decode();
}

function notKubernetes(doing: string, status: number): ClusterError {
  return explainAnswer(doing, { status, body: '', retryAfter: undefined });
}

function objectPath(collection: Collection, name: string): string {
  return `${collectionPath(collection)}/${encodeURIComponent(name)}`;
}

const SINGULAR: Readonly<Record<string, string>> = {
  virtualservices: 'VirtualService',
  destinationrules: 'DestinationRule',
  gateways: 'Gateway',
  services: 'Service',
  deployments: 'Deployment',
  configmaps: 'ConfigMap',
};

function singular(plural: string): string {
  return SINGULAR[plural] ?? plainText(plural, 60);
}
