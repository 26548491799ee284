import { PAGE_NOT_FOUND } from './page-not-found.ts';
import type { ApiRequest, ApiResponse } from './request.ts';

type Handler = (request: ApiRequest) => ApiResponse;

/** What of a group is served now. */
export type Served = {
  /** None: the group is not there. */
  readonly versions: readonly string[];
  readonly resources: readonly string[];
};

/**
 * The API as it is where a group is served in some of its versions and with some of its resources only, or, with none, not at all:
 * other paths are not there, and discovery does not name them. `served` is asked anew for each request. OpenAPI goes on to describe
 * everything.
 */
export function servingOnly(handle: Handler, group: string, served: () => Served): Handler {
  return request => {
    const [, root, name, version, ...rest] = request.path.split('/');
    const isOfGroup = root === 'apis' && name === group;
    if (root !== 'apis' || (name && !isOfGroup)) return handle(request);
    const now = served();
    if (isOfGroup && !isThere(now, version, rest)) return PAGE_NOT_FOUND;
    const response = handle(request);
    const isDiscovery = !rest.some(part => part !== '');
    if (!isDiscovery || response.type !== 'content' || typeof response.content !== 'string') return response;
    const content = JSON.stringify(narrowed(JSON.parse(response.content), group, now));
    return { ...response, content };
  };
}

function isThere(
  { versions, resources }: Served,
  version: string | undefined,
  rest: readonly string[],
): boolean {
  if (versions.length === 0 || (version && !versions.includes(version))) return false;
  const resource = rest[0] === 'namespaces' && rest.length > 2 ? rest[2] : rest[0];
  return !resource || resources.includes(resource);
}

type Version = { readonly version: string; readonly resources?: readonly { readonly resource: string }[] };
type Group = {
  readonly name?: string;
  readonly metadata?: { readonly name?: string };
  readonly versions?: readonly Version[];
};
type Discovery = Group & {
  readonly groups?: readonly Group[];
  readonly items?: readonly Group[];
  readonly resources?: readonly { readonly name: string }[];
};

/** Discovery in any of its four forms: one version of a group, one group, a list of groups, or all in one. */
function narrowed({ groups, items, resources, ...one }: Discovery, group: string, served: Served): Discovery {
  const own = resources?.filter(({ name }) => served.resources.includes(name.split('/')[0] ?? ''));
  const all = (listed: readonly Group[]) =>
    listed.map(entry => ofGroup(entry, group, served)).filter(({ versions }) => versions?.length !== 0);
  return {
    ...ofGroup(one, group, served),
    ...(groups && { groups: all(groups) }),
    ...(items && { items: all(items) }),
    ...(own && { resources: own }),
  };
}

function ofGroup(entry: Group, group: string, served: Served): Group {
  if ((entry.name ?? entry.metadata?.name) !== group || !entry.versions) return entry;
  const versions = entry.versions
    .filter(({ version }) => served.versions.includes(version))
    .map(({ resources, ...version }) => ({
      ...version,
      ...(resources && {
        resources: resources.filter(({ resource }) => served.resources.includes(resource)),
      }),
    }));
  return { ...entry, versions, ...('preferredVersion' in entry && { preferredVersion: versions[0] }) };
}
