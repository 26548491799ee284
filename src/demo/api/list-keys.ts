import { isJsonObject, type Json, ownMember } from '../json.ts';

/**
 * The members that tell the items of a list in a built-in kind apart, by the name of the list: those that Kubernetes
 * publishes as its merge keys. Lists that are not named here are replaced as a whole, as are all lists of custom kinds.
 */
const LIST_KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeDevices: ['devicePath'],
  volumeMounts: ['mountPath'],
  imagePullSecrets: ['name'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  ownerReferences: ['uid'],
  conditions: ['type'],
  addresses: ['type'],
  podIPs: ['ip'],
  hostIPs: ['ip'],
};

/** The keys of the list `name` with items like `items`; empty when it is replaced as a whole. */
export function listKeys(name: string, items: readonly Json[]): readonly string[] {
  const first = items[0];
  if (name === 'ports' && isJsonObject(first)) {
    return ownMember(first, 'containerPort') === undefined ? ['port'] : ['containerPort'];
  }
  return Object.hasOwn(LIST_KEYS, name) ? (LIST_KEYS[name] ?? []) : [];
}

/** The lists of plain values that are sets: strategic merge adds to them. */
export const SET_LISTS: ReadonlySet<string> = new Set(['finalizers']);
