import type { ApiParts } from './api-parts.ts';
import { type ApiRequest, headerOf } from './request.ts';
import type { ResourcePath } from './resource-path.ts';
import { forbidden, forbiddenPath, type Refusal, unauthorized } from './status-error.ts';

/** What is open to everybody. */
const OPEN_PATHS: ReadonlySet<string> = new Set(['/readyz', '/livez', '/healthz', '/version']);

const ANONYMOUS = 'system:anonymous';

function refuseUser(user: string, path: ResourcePath, verb: string): Refusal {
  const { kind, namespace = '', name = '', subresource = '' } = path;
  const resource = subresource === '' ? kind.resource : `${kind.resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const why = `User "${user}" cannot ${verb} resource "${resource}" in API group "${kind.group}" ${where}`;
  return forbidden(kind, name, why);
}

/** Why the cluster's one user may not do that; `undefined` when it may. */
export function checkAccess(parts: ApiParts, path: ResourcePath, verb: string): Refusal | undefined {
  const { kind, namespace = '', subresource = '' } = path;
  const asked = { verb, group: kind.group, resource: kind.resource, namespace, subresource };
  return parts.permissions.allows(asked) ? undefined : refuseUser(parts.user, path, verb);
}

export function isAuthenticated(parts: ApiParts, request: Pick<ApiRequest, 'headers'>): boolean {
  return headerOf(request, 'authorization') === `Bearer ${parts.token}`;
}

/**
 * Why a request that does not come from the cluster's user is not let in. One without credentials is anonymous, and told
 * what nobody may do; `path` and `verb` are those of a resource, if it asks for one.
 */
export function checkEntry(
  parts: ApiParts,
  request: ApiRequest,
  path: ResourcePath | undefined,
  verb: string | undefined,
): Refusal | undefined {
  if (isAuthenticated(parts, request) || OPEN_PATHS.has(request.path.replace(/(?<=.)\/$/, '')))
    return undefined;
  if (headerOf(request, 'authorization') !== '') return unauthorized();
  if (path && verb !== undefined) return refuseUser(ANONYMOUS, path, verb);
  return forbiddenPath(ANONYMOUS, request.method.toLowerCase(), request.path);
}
