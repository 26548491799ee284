import { ALL_VERBS, groupVersion, type Kind } from '../kinds/kind.ts';
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

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

function subresourcesOf(kind: Kind) {
  const { resource, isNamespaced: namespaced } = kind;
  const verbs = ['get', 'patch', 'update'];
  const status = { name: `${resource}/status`, singularName: '', namespaced, kind: kind.kind, verbs };
  const scale = { name: `${resource}/scale`, singularName: '', namespaced, ...SCALE, verbs };
  return kind.subresources.map(subresource => (subresource === 'scale' ? scale : status));
}

function resourceEntry(kind: Kind) {
  const { resource, singular, isNamespaced: namespaced, verbs, shortNames, categories } = kind;
  return {
    name: resource,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs: ALL_VERBS.filter(verb => verbs.includes(verb)),
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
  };
}

const PORT_FORWARD = {
  name: 'pods/portforward',
  singularName: '',
  namespaced: true,
  kind: 'PodPortForwardOptions',
  verbs: ['create', 'get'],
};

const ACCESS_REVIEW = {
  name: 'selfsubjectaccessreviews',
  singularName: 'selfsubjectaccessreview',
  namespaced: false,
  kind: 'SelfSubjectAccessReview',
  verbs: ['create'],
};

/** The answer to `/api/v1` and `/apis/GROUP/VERSION`. */
export function resourceList(group: string, version: string) {
  const kinds = KINDS.filter(kind => kind.group === group);
  const resources = kinds.flatMap(kind => [resourceEntry(kind), ...subresourcesOf(kind)]);
  const others = [
    ...(group === '' ? [PORT_FORWARD] : []),
    ...(group === 'authorization.k8s.io' ? [ACCESS_REVIEW] : []),
  ];
  const list = {
    kind: 'APIResourceList',
    groupVersion: groupVersion(group, version),
    resources: [...resources, ...others],
  };
  // The core group's list has carried no apiVersion since the days when there was nothing else.
  return group === '' ? list : { ...list, apiVersion: 'v1' };
}
