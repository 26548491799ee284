import { type JsonObject, listIn, objectIn, textIn } from './json.ts';

/** The newest version of Istio's networking API among those of an API group that a server says it has. */
export function preferredIstioVersion(group: JsonObject): string {
  const served = listIn(group.versions).map(version => textIn(objectIn(version).version));
  return ['v1', 'v1beta1', 'v1alpha3'].find(version => served.includes(version)) ?? 'v1';
}
