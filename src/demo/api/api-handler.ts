import { dump } from 'js-yaml';
import type { JsonObject } from '../json.ts';
import { PODS } from '../kinds/core.ts';
import { KINDS } from '../kinds/kinds.ts';
import { checkAccess, checkEntry } from './access.ts';
import { reviewAccess } from './access-review.ts';
import { answer, json, refused } from './answer.ts';
import type { ApiParts } from './api-parts.ts';
import {
  AGGREGATED,
  aggregatedDiscovery,
  CORE_VERSIONS,
  groupList,
  groupOf,
  resourceList,
  VERSION,
} from './discovery.ts';
import { serveObjects } from './object-requests.ts';
import { createOpenApi } from './openapi/openapi-requests.ts';
import { PAGE_NOT_FOUND } from './page-not-found.ts';
import type { Permissions } from './permissions.ts';
import { readObject } from './read-body.ts';
import { readRepresentation } from './representation.ts';
import { type ApiRequest, type ApiResponse, headerOf } from './request.ts';
import { type ResourcePath, readGroupVersion, readResourcePath } from './resource-path.ts';
import { reviewRules } from './rules-review.ts';
import { badRequest, isRefusal, methodNotAllowed, noSuchResource, type Refusal } from './status-error.ts';

const HEALTH_PATHS: ReadonlySet<string> = new Set(['/readyz', '/livez', '/healthz']);

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

/** The same answer as YAML. Watches are JSON in any case. */
function asYaml(response: ApiResponse): ApiResponse {
  if (response.type !== 'content' || typeof response.content !== 'string') return response;
  const value: unknown = JSON.parse(response.content);
  return {
    ...response,
    contentType: 'application/yaml',
    content: dump(value, { lineWidth: -1, sortKeys: true }),
  };
}

/** The verbs of subresources; of the kind itself when there is none. */
function allowedVerbs(path: ResourcePath): readonly string[] | undefined {
  const { kind, subresource } = path;
  if (subresource === undefined) return kind.verbs;
  if (kind === PODS && subresource === 'log') return ['get'];
  if (kind === PODS && subresource === 'portforward') return ['get', 'create'];
  return kind.subresources.some(known => known === subresource) ? ['get', 'update', 'patch'] : undefined;
}

function serveResource(parts: ApiParts, path: ResourcePath, request: ApiRequest): ApiResponse {
  const verb = verbOf(request.method, path, request.query);
  const allowed = allowedVerbs(path);
  if (!allowed) return answer(noSuchResource());
  const isNameless = path.name === undefined && (request.method === 'PUT' || request.method === 'PATCH');
  if (path.kind.isCustom && isNameless) return refused(badRequest('name must be provided'));
  if (verb === undefined || !allowed.includes(verb)) return answer(methodNotAllowed());
  const denied = checkAccess(parts, path, verb);
  if (denied) return refused(denied);
  const representation = readRepresentation(request);
  if (isRefusal(representation)) return refused(representation);
  const response = serveObjects({ parts, path, request, representation }, verb);
  return representation.mediaType === 'application/yaml' ? asYaml(response) : response;
}

function serveReview(parts: ApiParts, request: ApiRequest, review: Review): ApiResponse {
  if (request.method !== 'POST') return answer(methodNotAllowed());
  const body = readObject(request, '');
  return isRefusal(body) ? refused(body) : answer(review(body, parts.permissions), 201);
}

type Review = (body: JsonObject, permissions: Permissions) => object | Refusal;

const REVIEWS: Readonly<Record<string, Review>> = {
  selfsubjectaccessreviews: reviewAccess,
  selfsubjectrulesreviews: reviewRules,
};

/** The answer to `/api` and `/apis`, in the form that the client speaks. */
function serveDiscovery(path: '/api' | '/apis', request: ApiRequest): ApiResponse {
  const isAggregated = headerOf(request, 'accept').replaceAll(' ', '').includes(AGGREGATED);
  if (!isAggregated) return json(path === '/api' ? CORE_VERSIONS : groupList());
  return {
    type: 'content',
    code: 200,
    contentType: AGGREGATED,
    content: JSON.stringify(aggregatedDiscovery(path)),
  };
}

function serveApi(parts: ApiParts, request: ApiRequest): ApiResponse {
  const place = request.path.replace(/\/$/, '');
  if (place === '/version') return json(VERSION);
  if (place === '/api' || place === '/apis') return serveDiscovery(place, request);
  const group = /^\/apis\/([^/]+)$/.exec(place)?.[1];
  if (group !== undefined) {
    const entry = groupOf(group);
    return entry ? json(entry) : PAGE_NOT_FOUND;
  }
  const groupVersion = readGroupVersion(request.path);
  // The core group answers for every version itself; those of other groups are not there until somebody serves them.
  if (!groupVersion) return /^\/api\/[^/]/.test(place) ? answer(noSuchResource()) : PAGE_NOT_FOUND;
  const { rest } = groupVersion;
  if (rest.length === 0) return json(resourceList(groupVersion.group, groupVersion.version));
  if (groupVersion.group === 'authorization.k8s.io') {
    const name = rest.join('/');
    const review = Object.hasOwn(REVIEWS, name) ? REVIEWS[name] : undefined;
    return review ? serveReview(parts, request, review) : answer(noSuchResource());
  }
  const path = readResourcePath(groupVersion);
  if (path) return serveResource(parts, path, request);
  const isCustom = KINDS.some(kind => kind.isCustom && kind.group === groupVersion.group);
  return isCustom ? PAGE_NOT_FOUND : answer(noSuchResource());
}

/** What the path of a request names, if it names objects at all. */
function resourceIn(request: ApiRequest): ResourcePath | undefined {
  const groupVersion = readGroupVersion(request.path);
  return groupVersion && readResourcePath(groupVersion);
}

/** The whole API as one function. It knows nothing of sockets; a watch is a response that is opened later. */
export function createApiHandler(parts: ApiParts): (request: ApiRequest) => ApiResponse {
  const openApi = createOpenApi();
  return request => {
    const path = resourceIn(request);
    const refusal = checkEntry(parts, request, path, path && verbOf(request.method, path, request.query));
    if (refusal) return refused(refusal);
    if (HEALTH_PATHS.has(request.path)) return { type: 'text', code: 200, text: 'ok' };
    if (request.path.startsWith('/openapi/')) return openApi(request) ?? PAGE_NOT_FOUND;
    return serveApi(parts, request);
  };
}
