import { groupVersion, type Kind, type KubeObject } from '../kinds/kind.ts';

/** The object as a client reads it that asked for `version`. */
export function presented(kind: Kind, version: string, object: KubeObject): KubeObject {
  const apiVersion = groupVersion(kind.group, version);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** The object as an item of a list: items of built-in kinds leave their kind and version to the list. */
export function presentedItem(kind: Kind, version: string, object: KubeObject): unknown {
  if (kind.isCustom) return presented(kind, version, object);
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
  return rest;
}
