import { PAGE_NOT_FOUND } from './page-not-found.ts';
import type { ApiRequest, ApiResponse } from './request.ts';

type Handler = (request: ApiRequest) => ApiResponse;

/**
 * The API as it is where a group is served in some of its versions only, or, with none, not at all: other paths are not there,
 * and discovery does not name them. `served` is asked anew for each request. OpenAPI goes on to describe every version.
 */
export function servingOnly(handle: Handler, group: string, served: () => readonly string[]): Handler {
  return request => {
    const [, root, name, version] = request.path.split('/');
    const isOfGroup = root === 'apis' && name === group;
    if (isOfGroup && (served().length === 0 || (version && !served().includes(version))))
      return PAGE_NOT_FOUND;
    const response = handle(request);
    const isDiscovery = root === 'apis' && (name === undefined || name === '' || (isOfGroup && !version));
    if (!isDiscovery || response.type !== 'content' || typeof response.content !== 'string') return response;
    const content = JSON.stringify(narrowed(JSON.parse(response.content), group, served()));
    return { ...response, content };
  };
}

type Version = { readonly version: string };
type Group = {
  readonly name?: string;
  readonly metadata?: { readonly name?: string };
  readonly versions?: readonly Version[];
};
type Discovery = Group & { readonly groups?: readonly Group[]; readonly items?: readonly Group[] };

/** Discovery in any of its three forms: one group, a list of groups, or all in one. */
function narrowed({ groups, items, ...one }: Discovery, group: string, served: readonly string[]): Discovery {
  const all = (listed: readonly Group[]) =>
    listed.map(entry => ofGroup(entry, group, served)).filter(({ versions }) => versions?.length !== 0);
  return {
    ...ofGroup(one, group, served),
    ...(groups && { groups: all(groups) }),
    ...(items && { items: all(items) }),
  };
}

function ofGroup(entry: Group, group: string, served: readonly string[]): Group {
  if ((entry.name ?? entry.metadata?.name) !== group || !entry.versions) return entry;
  const versions = entry.versions.filter(({ version }) => served.includes(version));
  return { ...entry, versions, ...('preferredVersion' in entry && { preferredVersion: versions[0] }) };
}
