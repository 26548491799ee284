import type { ClusterApi, Collection, WatchEvent, WatchListener } from '../../src/kube/cluster-api.ts';
import { collectionPath } from '../../src/kube/cluster-api.ts';
import { explainAnswer, failure, type Outcome } from '../../src/kube/cluster-error.ts';
import { type Json, type JsonObject, listIn, objectIn } from '../../src/kube/json.ts';
import type { KubeObject } from '../../src/kube/metadata.ts';
import type { PatchOperation } from '../../src/kube/patch.ts';
import { codeOf, createApi } from '../demo/api-without-sockets.ts';

/** What becomes of a patch: `lost` is taken by the server, and its answer does not come back. */
export type Fate = 'taken' | 'lost' | 'unreachable' | '409' | '422' | '500';

export type HeldPatch = { readonly operations: readonly PatchOperation[] };

type HeldRequest = { readonly step: () => void };

/**
 * The demo's API without sockets, in front of which requests wait until the test lets them go on: a patch first arrives and is
 * then answered, a read of the VirtualService is answered, and an event of the watch is shown, each when the test says so.
 */
export class HeldApi implements ClusterApi {
  readonly server = 'https://held.test';
  /** Every patch that left, in order. */
  readonly patches: HeldPatch[] = [];
  /** How many patches are under way at most. */
  mostInFlight = 0;
  /** Of the patches that arrive from now on. */
  fate: Fate = 'taken';
  #inFlight = 0;
  #requests: HeldRequest[] = [];
  readonly #events: (() => void)[] = [];
  readonly #watches: ((end: 'in-order' | 'gone') => void)[] = [];
  readonly #api = createApi();
  readonly #onPatch: (patch: HeldPatch) => void;

  constructor(onPatch: (patch: HeldPatch) => void) {
    this.#onPatch = onPatch;
    // Whether pods are ready is not what this is about: nothing asks where they may not be read.
    this.#api.permissions.deny({ verb: 'list', resource: 'pods' });
  }

  /** Lets the oldest request take its next step. */
  stepRequest(): void {
    this.#requests[0]?.step();
  }

  /** Shows the oldest event of a VirtualService that the watch has not shown yet. */
  showEvent(): void {
    this.#events.shift()?.();
  }

  /** Ends the watch of VirtualServices with what it has not shown; `gone`: it cannot go on where it was, and is listed anew. */
  cutWatch(end: 'in-order' | 'gone'): void {
    this.#events.length = 0;
    for (const cut of this.#watches.splice(0)) cut(end);
  }

  get isQuiet(): boolean {
    return this.#requests.length === 0 && this.#events.length === 0;
  }

  /** Writes at once, as another client does. */
  writeBeside(operations: readonly JsonObject[], manager: string): void {
    this.#request(
      'PATCH',
      `${VIRTUAL_SERVICES}/myapp`,
      JSON.stringify(operations),
      `fieldManager=${manager}`,
    );
  }

  /** The VirtualService as the server has it. */
  stored(): KubeObject {
    const read = this.#request('GET', `${VIRTUAL_SERVICES}/myapp`);
    if (!read.ok) throw new Error(read.error.headline);
    return read.value as KubeObject;
  }

  async get(collection: Collection, name: string): Promise<Outcome<KubeObject>> {
    const read = () => this.#request('GET', `${collectionPath(collection)}/${name}`) as Outcome<KubeObject>;
    if (collection.plural !== 'virtualservices') return read();
    return new Promise(resolve => this.#hold([() => resolve(read())]));
  }

  async list(collection: Collection) {
    const read = this.#request('GET', collectionPath(collection), '', selectorsOf(collection));
    if (!read.ok) return read;
    const items = listIn(read.value.items) as readonly KubeObject[];
    return {
      ok: true,
      value: { items, resourceVersion: String(objectIn(read.value.metadata).resourceVersion) },
    } as const;
  }

  watch(
    collection: Collection,
    resourceVersion: string,
    listener: WatchListener,
    signal: AbortSignal,
  ): Promise<Outcome<void>> {
    const query = `watch=true&resourceVersion=${resourceVersion}&${selectorsOf(collection)}`;
    const response = this.#api.request('GET', collectionPath(collection), { query });
    if (response.type !== 'watch') throw new Error(`no watch of ${collection.plural}: ${codeOf(response)}`);
    return new Promise(resolve => {
      listener.onOpen();
      const close = response.open({
        send: line => {
          const event = JSON.parse(line) as WatchEvent;
          const show = () => {
            if (!signal.aborted) listener.onEvents([event]);
          };
          if (collection.plural === 'virtualservices') this.#events.push(show);
          else show();
        },
        end: () => resolve({ ok: true, value: undefined }),
      });
      const end = () => {
        close();
        resolve({ ok: true, value: undefined });
      };
      signal.addEventListener('abort', end, { once: true });
      if (collection.plural !== 'virtualservices') return;
      this.#watches.push(how => {
        close();
        const gone = { status: 410, body: '', retryAfter: undefined };
        resolve(how === 'gone' ? failure(explainAnswer('watch', gone)) : { ok: true, value: undefined });
      });
    });
  }

  tryPatch(): Promise<Outcome<KubeObject>> {
    throw new Error('no session tries a patch first');
  }

  patch(
    collection: Collection,
    name: string,
    operations: readonly PatchOperation[],
  ): Promise<Outcome<KubeObject>> {
    this.#onPatch({ operations });
    this.patches.push({ operations });
    this.#inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
    let answer: Outcome<JsonObject> = failure(NO_ANSWER);
    const arrive = () => {
      answer = this.#arrive(`${collectionPath(collection)}/${name}`, operations);
    };
    return new Promise(resolve => {
      const reply = () => {
        this.#inFlight -= 1;
        resolve(answer as Outcome<KubeObject>);
      };
      this.#hold([arrive, reply]);
    });
  }

  apply(): Promise<never> {
    return Promise.reject(new Error('nothing is applied here'));
  }

  delete(): Promise<never> {
    return Promise.reject(new Error('nothing is deleted here'));
  }

  podLog(): Promise<never> {
    return Promise.reject(new Error('there are no pods here'));
  }

  async canI(): Promise<Outcome<boolean>> {
    return { ok: true, value: true };
  }

  async raw(path: string): Promise<Outcome<JsonObject>> {
    return this.#request('GET', path);
  }

  portForward(): Promise<never> {
    return Promise.reject(new Error('there are no pods here'));
  }

  onWarning(): void {}

  renewConnections(): void {}

  async close(): Promise<void> {}

  #arrive(path: string, operations: readonly PatchOperation[]): Outcome<JsonObject> {
    const taken = () => this.#request('PATCH', path, JSON.stringify(operations), 'fieldManager=weighbridge');
    switch (this.fate) {
      case 'taken':
        return taken();
      case 'lost':
        taken();
        return failure(NO_ANSWER);
      case 'unreachable':
        return failure(NO_ANSWER);
      default: {
        const body = JSON.stringify({ kind: 'Status', message: `refused with ${this.fate}` });
        return failure(explainAnswer('patch', { status: Number(this.fate), body, retryAfter: undefined }));
      }
    }
  }

  /** Queues a request that goes through these steps, one at a time. */
  #hold(steps: readonly (() => void)[]): void {
    const rest = [...steps];
    const request: HeldRequest = {
      step: () => {
        rest.shift()?.();
        if (rest.length === 0) this.#requests = this.#requests.filter(other => other !== request);
      },
    };
    this.#requests.push(request);
  }

  #request(method: string, path: string, body = '', query = ''): Outcome<JsonObject> {
    const contentType = method === 'PATCH' ? 'application/json-patch+json' : 'application/json';
    const response = this.#api.request(method, path, { body, query, contentType });
    const text = response.type === 'content' ? String(response.content) : '';
    const code = codeOf(response);
    if (code >= 300) {
      return failure(explainAnswer(method, { status: code, body: text, retryAfter: undefined }));
    }
    return { ok: true, value: objectIn(JSON.parse(text) as Json) };
  }
}

const VIRTUAL_SERVICES = '/apis/networking.istio.io/v1/namespaces/default/virtualservices';

const NO_ANSWER = {
  kind: 'unreachable',
  headline: "Can't patch VirtualService myapp: no answer.",
  nextStep: 'Check the network.',
} as const;

function selectorsOf({ labelSelector, fieldSelector }: Collection): string {
  const query = new URLSearchParams();
  if (labelSelector !== undefined) query.set('labelSelector', labelSelector);
  if (fieldSelector !== undefined) query.set('fieldSelector', fieldSelector);
  return query.toString();
}
