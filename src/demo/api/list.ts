import type { Kind, KubeObject } from '../kinds/kind.ts';
import { groupVersion } from '../kinds/kind.ts';
import type { Storage } from '../storage.ts';
import { presentedItem } from './presented-object.ts';
import type { ApiRequest } from './request.ts';
import type { ResourcePath } from './resource-path.ts';
import { type Matches, readFieldSelector, readLabelSelector } from './selectors.ts';
import { badRequest, expired, isRefusal, type Refusal, revisionTooLarge } from './status-error.ts';

/** Whether an object is one that the request's selectors and path ask for. */
export function readSelection(path: ResourcePath, query: URLSearchParams): Matches<KubeObject> | Refusal {
  const labels = readLabelSelector(query.get('labelSelector') ?? '');
  if (typeof labels !== 'function') return badRequest(labels.problem);
  const fields = readFieldSelector(query.get('fieldSelector') ?? '', path.kind.resource);
  if (typeof fields !== 'function') return badRequest(fields.problem);
  return object =>
    (path.namespace === undefined || object.metadata.namespace === path.namespace) &&
    (path.name === undefined || object.metadata.name === path.name) &&
    labels(object.metadata.labels ?? {}) &&
    fields(object);
}

/** A `resourceVersion` of a query: absent and "0" mean any, which for this server is the newest. */
export function readRevision(query: URLSearchParams, name = 'resourceVersion'): number | undefined | Refusal {
  const text = query.get(name) ?? '';
  if (text === '' || text === '0') return undefined;
  if (!/^\d{1,15}$/.test(text)) return badRequest(`Invalid value: "${text}": invalid resource version`);
  return Number(text);
}

/** Where the next page of a list goes on: at which revision, after which object. */
type Continuation = { readonly revision: number; readonly after: string };

function readContinuation(token: string): Continuation | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (typeof value !== 'object' || value === null || !('rv' in value) || !('start' in value))
      return undefined;
    const { rv, start } = value;
    return Number.isSafeInteger(rv) && typeof start === 'string'
      ? { revision: Number(rv), after: start }
      : undefined;
  } catch {
    return undefined;
  }
}

function writeContinuation({ revision, after }: Continuation): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: after })).toString(
    'base64url',
  );
}

function pathOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

/** A list at one revision, all of it or the page that `limit` and `continue` ask for. */
type Page = {
  readonly items: readonly KubeObject[];
  readonly revision: number;
  readonly remaining: number;
};

function readPage(storage: Storage, path: ResourcePath, query: URLSearchParams): Page | Refusal {
  const selects = readSelection(path, query);
  if (typeof selects !== 'function') return selects;
  const limit = Number(query.get('limit') ?? 0);
  if (!Number.isSafeInteger(limit) || limit < 0) return badRequest(`invalid limit: "${query.get('limit')}"`);
  const token = query.get('continue') ?? '';
  const from = token === '' ? { revision: storage.revision, after: '' } : readContinuation(token);
  if (!from || from.revision > storage.revision) return badRequest('continue key is not valid');
  const all = storage.listAt(path.kind, path.namespace, from.revision);
  if ('oldestRevision' in all)
    return expired('The provided continue parameter is too old to display a consistent list result.');
  const matching = all.filter(selects);
  // Keys are compared as the storage orders them, by code units.
  const rest = from.after === '' ? matching : matching.filter(object => pathOf(object) > from.after);
  const items = limit === 0 ? rest : rest.slice(0, limit);
  return { items, revision: from.revision, remaining: rest.length - items.length };
}

/** Answers a list, or says why not. */
export function listObjects(storage: Storage, path: ResourcePath, request: ApiRequest): object | Refusal {
  const asked = readRevision(request.query);
  if (typeof asked === 'object') return asked;
  if (asked !== undefined && asked > storage.revision) return revisionTooLarge(asked, storage.revision);
  const page = readPage(storage, path, request.query);
  if (isRefusal(page)) return page;
  const last = page.items.at(-1);
  const more =
    page.remaining > 0 && last
      ? {
          continue: writeContinuation({ revision: page.revision, after: pathOf(last) }),
          remainingItemCount: page.remaining,
        }
      : {};
  return listBody(path.kind, path.version, page.items, { resourceVersion: String(page.revision), ...more });
}

function listBody(kind: Kind, version: string, items: readonly KubeObject[], metadata: object) {
  return {
    kind: `${kind.kind}List`,
    apiVersion: groupVersion(kind.group, version),
    metadata,
    items: items.map(object => presentedItem(kind, version, object)),
  };
}
