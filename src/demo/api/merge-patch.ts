import { isJsonArray, isJsonObject, isSameJson, type Json, type JsonObject, ownMember } from '../json.ts';
import { listKeys, SET_LISTS } from './list-keys.ts';

/** RFC 7386: members replace members, `null` takes one away, lists are replaced as a whole. */
export function applyMergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const merged = new Map(Object.entries(isJsonObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, applyMergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

function mergeItems(target: readonly Json[], patch: readonly Json[], keys: readonly string[]): Json {
  const [key = ''] = keys;
  let items = [...target];
  for (const change of patch) {
    if (!isJsonObject(change)) continue;
    const isSame = (item: Json) =>
      isJsonObject(item) && isSameJson(ownMember(item, key), ownMember(change, key));
    if (ownMember(change, '$patch') === 'delete') items = items.filter(item => !isSame(item));
    else {
      const index = items.findIndex(isSame);
      if (index === -1) items.push(applyStrategicMergePatch({}, change));
      else items = items.with(index, applyStrategicMergePatch(items[index] ?? {}, change));
    }
  }
  return items;
}

function mergeLists(name: string, target: readonly Json[], patch: readonly Json[]): Json {
  const isReplace = (item: Json) => isJsonObject(item) && ownMember(item, '$patch') === 'replace';
  if (patch.some(isReplace)) return patch.filter(item => !isReplace(item));
  if (SET_LISTS.has(name)) return [...target, ...patch.filter(item => !target.includes(item))];
  const keys = listKeys(name, [...patch, ...target]);
  return keys.length === 0 ? patch : mergeItems(target, patch, keys);
}

/** Directives about order and about sets; the rest of the patch holds what matters. */
const DIRECTIVE = /^\$(patch|retainKeys|setElementOrder\/|deleteFromPrimitiveList\/)/;

function withoutDeletedValues(merged: Map<string, Json>, patch: JsonObject): void {
  for (const [name, values] of Object.entries(patch)) {
    const list = name.replace('$deleteFromPrimitiveList/', '');
    const current = merged.get(list);
    if (list === name || !isJsonArray(current) || !isJsonArray(values)) continue;
    merged.set(
      list,
      current.filter(item => !values.includes(item)),
    );
  }
}

/**
 * Kubernetes' strategic merge: as a merge patch, but lists with a published key are merged item by item, and
 * `$patch: delete`, `$patch: replace` and `$deleteFromPrimitiveList` are followed.
 */
export function applyStrategicMergePatch(target: Json, patch: JsonObject): Json {
  const isReplace = ownMember(patch, '$patch') === 'replace';
  const merged = new Map(Object.entries(isJsonObject(target) && !isReplace ? target : {}));
  withoutDeletedValues(merged, patch);
  for (const [name, value] of Object.entries(patch)) {
    const current = merged.get(name);
    if (DIRECTIVE.test(name)) continue;
    if (value === null || (isJsonObject(value) && ownMember(value, '$patch') === 'delete'))
      merged.delete(name);
    else if (isJsonObject(value)) merged.set(name, applyStrategicMergePatch(current ?? {}, value));
    else if (isJsonArray(value))
      merged.set(name, mergeLists(name, isJsonArray(current) ? current : [], value));
    else merged.set(name, value);
  }
  return Object.fromEntries(merged);
}
