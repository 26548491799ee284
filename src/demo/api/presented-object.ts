import { groupVersion, type Kind, type KubeObject } from '../kinds/kind.ts';

/** The object as a client reads it that asked for `version`. */
export function presented(kind: Kind, version: string, object: KubeObject): KubeObject {
  const apiVersion = groupVersion(kind.group, version);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** Objects are never changed in place, so the text of one holds as long as the object is there. */
const textOf = new WeakMap<KubeObject, string>();

/** The object without its kind and version, as JSON text. Made once for each object, however often it is listed. */
function bareText(object: KubeObject): string {
  const known = textOf.get(object);
  if (known !== undefined) return known;
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
  const text = JSON.stringify(rest);
  textOf.set(object, text);
  return text;
}

/** The object as a client reads it that asked for `version`, as JSON text. */
export function objectText(kind: Kind, version: string, object: KubeObject): string {
  const head = JSON.stringify({ kind: kind.kind, apiVersion: groupVersion(kind.group, version) });
  return `${head.slice(0, -1)},${bareText(object).slice(1)}`;
}

/** The object as an item of a list: items of built-in kinds leave their kind and version to the list. */
export function itemText(kind: Kind, version: string, object: KubeObject): string {
  return kind.isCustom ? objectText(kind, version, object) : bareText(object);
}
