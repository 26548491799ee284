import type { Kind, KubeObject } from '../kinds/kind.ts';
import { groupVersion } from '../kinds/kind.ts';
import type { Storage } from '../storage.ts';
import { readLabelSelector } from './label-selector.ts';
import { itemText } from './presented-object.ts';
import { metadataOf, type Representation, tableOf } from './representation.ts';
import type { ApiRequest } from './request.ts';
import type { ResourcePath } from './resource-path.ts';
import { type Matches, readFieldSelector } from './selectors.ts';
import { badRequest, expired, invalid, isRefusal, type Refusal, revisionTooLarge } from './status-error.ts';
import { goJsonError } from './unreadable-body.ts';

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
  if (!/^\d{1,15}$/.test(text)) {
    const why = `strconv.ParseUint: parsing "${text}": invalid syntax`;
    return badRequest(`invalid resource version: ${name}: Invalid value: "${text}": ${why}`);
  }
  return Number(text);
}

/** A whole number of the query; 0 when it is absent, as when it is negative. */
export function readWholeNumber(query: URLSearchParams, name: string): number | Refusal {
  const text = query.get(name) ?? '';
  if (/^[-+]?\d{0,15}$/.test(text)) return Math.max(0, Number(text));
  return badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
}

/** What is wrong with how a list or a watch says which state it wants to see. */
export function checkFreshness(query: URLSearchParams): Refusal | undefined {
  const match = query.get('resourceVersionMatch') ?? '';
  const isInitial = query.get('sendInitialEvents') === 'true';
  const refuse = (message: string) =>
    invalid({ group: 'meta.k8s.io', resource: '', kind: 'ListOptions' }, '', [
      { reason: 'FieldValueForbidden', field: 'resourceVersionMatch', message: `Forbidden: ${message}` },
    ]);
  if (isInitial && match !== 'NotOlderThan')
    return refuse('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  if (match !== '' && !isInitial && !query.get('resourceVersion'))
    return refuse('resourceVersionMatch is forbidden unless resourceVersion is provided');
  return undefined;
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
  const limit = readWholeNumber(query, 'limit');
  if (typeof limit === 'object') return limit;
  const token = query.get('continue') ?? '';
  const from = token === '' ? { revision: storage.revision, after: '' } : readContinuation(token);
  if (!from || from.revision > storage.revision) {
    const why = goJsonError(Buffer.from(token, 'base64url').toString()) || 'incorrect encoded start key';
    return badRequest(`invalid continue token: continue key is not valid: ${why}`);
  }
  const all = storage.listAt(path.kind, path.namespace, from.revision);
  if ('oldestRevision' in all)
    return expired('The provided continue parameter is too old to display a consistent list result.');
  const matching = all.filter(selects);
  // Keys are compared as the storage orders them, by code units.
  const rest = from.after === '' ? matching : matching.filter(object => pathOf(object) > from.after);
  const items = limit === 0 ? rest : rest.slice(0, limit);
  return { items, revision: from.revision, remaining: rest.length - items.length };
}

/** A list in the form that the client wants, as JSON text; or why there is none. */
export function listObjects(
  storage: Storage,
  path: ResourcePath,
  request: ApiRequest,
  how: Representation,
  nowMs: number,
): string | Refusal {
  const unclear = checkFreshness(request.query);
  if (unclear) return unclear;
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
  const metadata = { resourceVersion: String(page.revision), ...more };
  return listText(path.kind, path.version, page.items, metadata, how, nowMs);
}

function listText(
  kind: Kind,
  version: string,
  items: readonly KubeObject[],
  metadata: object,
  how: Representation,
  nowMs: number,
): string {
  if (how.form === 'table') return JSON.stringify(tableOf(kind, version, items, metadata, how, nowMs));
  if (how.form === 'metadata') {
    const head = { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${how.version}`, metadata };
    return JSON.stringify({ ...head, items: items.map(object => metadataOf(object, how.version)) });
  }
  const head = { kind: `${kind.kind}List`, apiVersion: groupVersion(kind.group, version), metadata };
  const texts = items.map(object => itemText(kind, version, object));
  return `${JSON.stringify(head).slice(0, -1)},"items":[${texts.join(',')}]}`;
}
