import { ALL_VERBS, groupVersion, type Kind, type Verb } from '../kinds/kind.ts';
import { GROUPS, KINDS, versionsOf } from '../kinds/kinds.ts';

/** The release of Kubernetes whose behaviour the demo cluster imitates. */
export const KUBERNETES_VERSION = 'v1.36.3';

/** The answer to `/version`. */
export const VERSION = {
  major: '1',
  minor: '36',
  gitVersion: KUBERNETES_VERSION,
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-07-14T00:00:00Z',
  goVersion: 'go1.26.0',
  compiler: 'gc',
  platform: 'linux/amd64',
};

/** The answer to `/api`. */
export const CORE_VERSIONS = {
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1' }],
};

function versionEntry(group: string, version: string) {
  return { groupVersion: groupVersion(group, version), version };
}

function groupEntry(group: string) {
  const versions = versionsOf(group).map(version => versionEntry(group, version));
  return { name: group, versions, preferredVersion: versions[0] };
}

/** The answer to `/apis`. */
export function groupList() {
  const groups = GROUPS.filter(group => group !== '').map(groupEntry);
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

/** The answer to `/apis/GROUP`; `undefined` for a group that is not served. */
export function groupOf(group: string) {
  if (group === '' || versionsOf(group).length === 0) return undefined;
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group) };
}

/** What is served at one place of the API, apart from how either form of discovery puts it. */
type Resource = Pick<
  Kind,
  'resource' | 'singular' | 'kind' | 'isNamespaced' | 'shortNames' | 'categories' | 'isCustom'
> & {
  readonly verbs: readonly string[];
  readonly subresources: readonly Subresource[];
};

type Subresource = {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  /** Where the kind is from another group. */
  readonly from?: { readonly group: string; readonly version: string };
};

const READ_AND_WRITE = ['get', 'patch', 'update'];
const AUTOSCALING = { group: 'autoscaling', version: 'v1' };

const OF_PODS: readonly Subresource[] = [
  { name: 'log', kind: 'Pod', verbs: ['get'] },
  { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
];

function subresourcesOf({ kind, resource, subresources }: Kind): readonly Subresource[] {
  const own = subresources.map(name =>
    name === 'scale'
      ? { name, kind: 'Scale', verbs: READ_AND_WRITE, from: AUTOSCALING }
      : { name, kind, verbs: READ_AND_WRITE },
  );
  const all = resource === 'pods' ? [...own, ...OF_PODS] : own;
  return all.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function review(kind: string): Resource {
  const singular = kind.toLowerCase();
  return {
    resource: `${singular}s`,
    singular,
    kind,
    isNamespaced: false,
    isCustom: false,
    shortNames: [],
    categories: [],
    verbs: ['create'],
    subresources: [],
  };
}

const REVIEWS = [review('SelfSubjectAccessReview'), review('SelfSubjectRulesReview')];

/** A definition's kinds have their verbs in an order of their own. */
const CUSTOM_VERBS: readonly Verb[] = [
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'create',
  'update',
  'watch',
];

function resourcesIn(group: string): readonly Resource[] {
  if (group === 'authorization.k8s.io') return REVIEWS;
  const kinds = KINDS.filter(kind => kind.group === group);
  return kinds
    .map(kind => ({
      ...kind,
      verbs: (kind.isCustom ? CUSTOM_VERBS : ALL_VERBS).filter(verb => kind.verbs.includes(verb)),
      subresources: subresourcesOf(kind),
    }))
    .toSorted((one, other) => (one.resource < other.resource ? -1 : 1));
}

function names({ shortNames, categories }: Resource) {
  return {
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
  };
}

function entriesOf(resource: Resource) {
  const { isNamespaced: namespaced, singular, kind, verbs, subresources } = resource;
  return [
    { name: resource.resource, singularName: singular, namespaced, kind, verbs, ...names(resource) },
    ...subresources.map(({ name, from, ...rest }) => ({
      name: `${resource.resource}/${name}`,
      singularName: '',
      namespaced,
      ...from,
      ...rest,
    })),
  ];
}

/** The answer to `/api/v1` and `/apis/GROUP/VERSION`. */
export function resourceList(group: string, version: string) {
  const list = {
    kind: 'APIResourceList',
    groupVersion: groupVersion(group, version),
    resources: resourcesIn(group).flatMap(entriesOf),
  };
  // The core group's list has carried no apiVersion since the days when there was nothing else.
  return group === '' ? list : { ...list, apiVersion: 'v1' };
}

/** The media type of discovery in one answer. */
export const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

function aggregatedResource(resource: Resource, group: string, version: string) {
  // Built-in kinds leave out the group and version that the answer has said already.
  const here = resource.isCustom ? { group, version } : { group: '', version: '' };
  return {
    resource: resource.resource,
    responseKind: { ...here, kind: resource.kind },
    scope: resource.isNamespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...names(resource),
    ...(resource.subresources.length > 0 && {
      subresources: resource.subresources.map(({ name, kind, verbs, from = here }) => ({
        subresource: name,
        responseKind: { ...from, kind },
        verbs,
      })),
    }),
  };
}

/** The answer to `/api` or `/apis` when discovery is asked for in one: every group with all that is in it. */
export function aggregatedDiscovery(path: '/api' | '/apis') {
  const groups = GROUPS.filter(group => (group === '') === (path === '/api'));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(group => ({
      metadata: group === '' ? {} : { name: group },
      versions: versionsOf(group).map(version => ({
        version,
        resources: resourcesIn(group).map(resource => aggregatedResource(resource, group, version)),
        freshness: 'Current',
      })),
    })),
  };
}
