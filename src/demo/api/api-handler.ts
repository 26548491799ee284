import { isJsonObject, type JsonObject } from '../json.ts';
import type { KubeObject } from '../kinds/kind.ts';
import type { Random } from '../random.ts';
import type { Storage } from '../storage.ts';
import type { Timers } from '../timers.ts';
import { reviewAccess } from './access-review.ts';
import { deleteObject, readDeleteOptions } from './delete-object.ts';
import { CORE_VERSIONS, groupList, groupOf, resourceList, VERSION } from './discovery.ts';
import { listObjects, readSelection } from './list.ts';
import { patchObject } from './patch-object.ts';
import type { Permissions } from './permissions.ts';
import { presented } from './presented-object.ts';
import { readJson, readObject } from './read-body.ts';
import { type ApiRequest, type ApiResponse, headerOf } from './request.ts';
import { type ResourcePath, readGroupVersion, readResourcePath } from './resource-path.ts';
import { readScalable, scaledTo, scaleOf } from './scale.ts';
import {
  badRequest,
  forbidden,
  isRefusal,
  methodNotAllowed,
  noSuchResource,
  notAcceptable,
  notFound,
  type Refusal,
  unauthorized,
} from './status-error.ts';
import { watchObjects } from './watch.ts';
import { createObject, updateObject, type WriteContext } from './write-object.ts';

/** What the API serves from. */
export type ApiParts = {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly random: Random;
  readonly permissions: Permissions;
  /** The one bearer token that is let in. */
  readonly token: string;
  readonly user: string;
};

const OPEN_PATHS = new Set(['/readyz', '/livez', '/healthz']);

function json(body: unknown, code = 200): ApiResponse {
  return { type: 'json', code, body };
}

function answer(outcome: object | Refusal, code = 200): ApiResponse {
  return isRefusal(outcome) ? json(outcome.refusal, outcome.refusal.code) : json(outcome, code);
}

const PAGE_NOT_FOUND: ApiResponse = { type: 'text', code: 404, text: '404 page not found\n' };

/** The verb that RBAC knows a request by. */
export function verbOf(method: string, path: ResourcePath, query: URLSearchParams): string | undefined {
  const isCollection = path.name === undefined;
  const isWatch = query.get('watch') === 'true' || query.get('watch') === '1';
  switch (method) {
    case 'GET':
      if (isWatch) return 'watch';
      return isCollection ? 'list' : 'get';
    case 'POST':
      return isCollection || path.subresource ? 'create' : undefined;
    case 'PUT':
      return isCollection ? undefined : 'update';
    case 'PATCH':
      return isCollection ? undefined : 'patch';
    case 'DELETE':
      return isCollection ? 'deletecollection' : 'delete';
    default:
      return undefined;
  }
}

/** Who writes: what the client calls itself, else the first word of its User-Agent. */
function managerOf(request: ApiRequest): string {
  const named = request.query.get('fieldManager');
  return named || (headerOf(request, 'user-agent').split('/')[0] ?? '').slice(0, 128) || 'unknown';
}

function acceptsJson(request: ApiRequest): boolean {
  const accept = headerOf(request, 'accept');
  return accept === '' || /application\/json|\*\/\*|application\/\*|application\/yaml/.test(accept);
}

/** Why the request is not let through; `undefined` when it is. */
export function checkAccess(parts: ApiParts, path: ResourcePath, verb: string): Refusal | undefined {
  const { kind, namespace = '', name = '', subresource = '' } = path;
  if (parts.permissions.allows({ verb, group: kind.group, resource: kind.resource, namespace, subresource }))
    return undefined;
  const resource = subresource === '' ? kind.resource : `${kind.resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const why = `User "${parts.user}" cannot ${verb} resource "${resource}" in API group "${kind.group}" ${where}`;
  return forbidden({ ...kind, resource }, name, why);
}

export function isAuthenticated(parts: ApiParts, request: Pick<ApiRequest, 'headers'>): boolean {
  return headerOf(request, 'authorization') === `Bearer ${parts.token}`;
}

function writeContext(parts: ApiParts, request: ApiRequest): WriteContext {
  return {
    storage: parts.storage,
    random: parts.random,
    nowMs: parts.timers.now(),
    manager: managerOf(request),
    isDryRun: request.query.getAll('dryRun').includes('All'),
  };
}

function create(parts: ApiParts, path: ResourcePath, request: ApiRequest): ApiResponse {
  const body = readObject(request);
  if (isRefusal(body)) return answer(body);
  if (path.kind.isNamespaced && path.namespace === undefined) return answer(methodNotAllowed());
  const created = createObject(path, body, writeContext(parts, request));
  return isRefusal(created) ? answer(created) : json(presented(path.kind, path.version, created), 201);
}

/** Writes what `change` makes of the object that is there. */
function update(
  parts: ApiParts,
  path: ResourcePath,
  request: ApiRequest,
  change: (object: KubeObject) => JsonObject | Refusal,
): ApiResponse {
  const { kind, version, namespace, name = '' } = path;
  const previous = parts.storage.get(kind, namespace, name);
  if (!previous) return answer(notFound(kind, name));
  const body = change(previous);
  if (isRefusal(body)) return answer(body);
  const updated = updateObject(path, previous, body, writeContext(parts, request));
  return isRefusal(updated) ? answer(updated) : json(presented(kind, version, updated));
}

function scale(parts: ApiParts, path: ResourcePath, request: ApiRequest, verb: string): ApiResponse {
  const object = readScalable(parts.storage, path);
  if (!object) return answer(notFound(path.kind, path.name ?? ''));
  if (verb === 'get') return json(scaleOf(object));
  const wanted =
    verb === 'patch' ? patchObject(path.kind, path.version, scaleOf(object), request) : readObject(request);
  if (isRefusal(wanted)) return answer(wanted);
  const updated = updateObject(path, object, scaledTo(object, wanted), writeContext(parts, request));
  if (isRefusal(updated)) return answer(updated);
  return json(scaleOf(readScalable(parts.storage, path) ?? object));
}

function deleteOne(parts: ApiParts, path: ResourcePath, request: ApiRequest): ApiResponse {
  const { kind, version, namespace, name = '' } = path;
  const object = parts.storage.get(kind, namespace, name);
  if (!object) return answer(notFound(kind, name));
  const body = request.body === '' ? {} : readJson(request.body);
  if (!isJsonObject(body))
    return answer(badRequest('the object provided is unrecognized: it is not a JSON object'));
  if (isRefusal(body)) return answer(body);
  if (request.query.getAll('dryRun').includes('All')) return json(presented(kind, version, object));
  const outcome = deleteObject(
    parts.storage,
    kind,
    object,
    readDeleteOptions(request.query, body),
    parts.timers.now(),
  );
  if (outcome !== 'deleted') return answer(isRefusal(outcome) ? outcome : presented(kind, version, outcome));
  const group = kind.group === '' ? {} : { group: kind.group };
  const details = { name, ...group, kind: kind.resource, uid: object.metadata.uid };
  return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
}

function deleteCollection(parts: ApiParts, path: ResourcePath, request: ApiRequest): ApiResponse {
  const selects = readSelection(path, request.query);
  if (typeof selects !== 'function') return answer(selects);
  const list = listObjects(parts.storage, path, request);
  const options = readDeleteOptions(request.query, {});
  for (const object of parts.storage.list(path.kind, path.namespace).filter(selects)) {
    deleteObject(parts.storage, path.kind, object, options, parts.timers.now());
  }
  return answer(list);
}

function serve(parts: ApiParts, path: ResourcePath, request: ApiRequest, verb: string): ApiResponse {
  const { kind, version, namespace, name = '' } = path;
  if (path.subresource === 'scale') return scale(parts, path, request, verb);
  switch (verb) {
    case 'get': {
      const object = parts.storage.get(kind, namespace, name);
      return object ? json(presented(kind, version, object)) : answer(notFound(kind, name));
    }
    case 'list':
      return answer(listObjects(parts.storage, path, request));
    case 'watch': {
      const watch = watchObjects(parts.storage, parts.timers, path, request.query);
      return isRefusal(watch) ? answer(watch) : watch;
    }
    case 'create':
      return create(parts, path, request);
    case 'update':
      return update(parts, path, request, () => readObject(request));
    case 'patch':
      return update(parts, path, request, object => patchObject(kind, version, object, request));
    case 'delete':
      return deleteOne(parts, path, request);
    case 'deletecollection':
      return deleteCollection(parts, path, request);
    default:
      return answer(methodNotAllowed());
  }
}

/** The verbs of subresources; of the kind itself when there is none. */
function allowedVerbs(path: ResourcePath): readonly string[] | undefined {
  const { kind, subresource } = path;
  if (subresource === undefined) return kind.verbs;
  return kind.subresources.some(known => known === subresource) ? ['get', 'update', 'patch'] : undefined;
}

function serveResource(parts: ApiParts, path: ResourcePath, request: ApiRequest): ApiResponse {
  const verb = verbOf(request.method, path, request.query);
  const allowed = allowedVerbs(path);
  if (!allowed) return answer(noSuchResource());
  if (verb === undefined || !allowed.includes(verb)) return answer(methodNotAllowed());
  const denied = checkAccess(parts, path, verb);
  return denied ? answer(denied) : serve(parts, path, request, verb);
}

function serveReview(parts: ApiParts, request: ApiRequest): ApiResponse {
  if (request.method !== 'POST') return answer(methodNotAllowed());
  const body = readObject(request);
  return isRefusal(body) ? answer(body) : answer(reviewAccess(body, parts.permissions), 201);
}

function serveApi(parts: ApiParts, request: ApiRequest): ApiResponse {
  if (request.path === '/version' || request.path === '/version/') return json(VERSION);
  if (request.path === '/api' || request.path === '/api/') return json(CORE_VERSIONS);
  if (request.path === '/apis' || request.path === '/apis/') return json(groupList());
  const group = /^\/apis\/([^/]+)\/?$/.exec(request.path)?.[1];
  if (group !== undefined) {
    const entry = groupOf(group);
    return entry ? json(entry) : PAGE_NOT_FOUND;
  }
  const groupVersion = readGroupVersion(request.path);
  if (!groupVersion) return PAGE_NOT_FOUND;
  if (groupVersion.rest.length === 0) return json(resourceList(groupVersion.group, groupVersion.version));
  if (
    groupVersion.group === 'authorization.k8s.io' &&
    groupVersion.rest.join('/') === 'selfsubjectaccessreviews'
  ) {
    return serveReview(parts, request);
  }
  const path = readResourcePath(groupVersion);
  return path ? serveResource(parts, path, request) : answer(noSuchResource());
}

/** The whole API as one function. It knows nothing of sockets; a watch is a response that is opened later. */
export function createApiHandler(parts: ApiParts): (request: ApiRequest) => ApiResponse {
  return request => {
    if (OPEN_PATHS.has(request.path)) return { type: 'text', code: 200, text: 'ok' };
    if (!isAuthenticated(parts, request)) return answer(unauthorized());
    if (!acceptsJson(request)) return answer(notAcceptable(['application/json']));
    return serveApi(parts, request);
  };
}
