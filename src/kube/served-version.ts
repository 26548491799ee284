import { type JsonObject, listIn, objectIn, textIn } from './json.ts';

/**
 * The version of Istio's networking API to read: of those that a server says it has, the newest that we know; the one that the
 * server prefers, as kubectl takes it, where it has none of them.
 */
export function preferredIstioVersion(group: JsonObject): string {
  const served = listIn(group.versions).map(version => textIn(objectIn(version).version));
  const known = ['v1', 'v1beta1', 'v1alpha3'].find(version => served.includes(version));
  return known ?? textIn(objectIn(group.preferredVersion).version) ?? 'v1';
}
