import { isJsonArray, isJsonObject, type Json, type JsonObject, ownMember } from '../json.ts';
import type { ManagedFieldsEntry } from '../kinds/kind.ts';
import { listKeys } from './list-keys.ts';

/** Who writes, how and when. */
export type Writer = {
  readonly manager: string;
  readonly apiVersion: string;
  readonly time: string;
  readonly subresource?: 'status' | 'scale';
  /** The kind's lists have no published keys, so each belongs to one manager as a whole. */
  readonly isCustom: boolean;
};

/** Paths of an object's fields, as FieldsV1 spells their steps, each with its value as text. */
type Fields = Map<string, string>;

const STEP_END = '\u0000';

/** What the server writes itself: it belongs to no manager. */
const SERVER_METADATA = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'generation',
  'managedFields',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
]);

/** Maps from names to texts: their own presence counts as a field. */
const TEXT_MAPS = new Set(['labels', 'annotations', 'matchLabels', 'data']);

function collectItems(
  items: readonly Json[],
  keys: readonly string[],
  path: string,
  isCustom: boolean,
  fields: Fields,
): void {
  for (const item of items) {
    if (!isJsonObject(item)) continue;
    const key = Object.fromEntries(keys.map(name => [name, ownMember(item, name) ?? null]));
    const itemPath = `${path}k:${JSON.stringify(key)}${STEP_END}`;
    fields.set(`${itemPath}.`, '');
    collect(item, itemPath, isCustom, fields);
  }
}

function collect(value: JsonObject, path: string, isCustom: boolean, fields: Fields): void {
  for (const [name, member] of Object.entries(value)) {
    const at = `${path}f:${name}${STEP_END}`;
    const keys = isJsonArray(member) && !isCustom ? listKeys(name, member) : [];
    if (isJsonArray(member) && keys.length > 0) collectItems(member, keys, at, isCustom, fields);
    else if (isJsonObject(member) && Object.keys(member).length > 0) {
      if (isCustom || TEXT_MAPS.has(name)) fields.set(`${at}.`, '');
      collect(member, at, isCustom, fields);
    } else fields.set(at, JSON.stringify(member));
  }
}

function fieldsOf(object: JsonObject | undefined, isCustom: boolean): Fields {
  const fields: Fields = new Map();
  if (!object) return fields;
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...content } = object;
  collect(content, '', isCustom, fields);
  const named = Object.entries(isJsonObject(metadata) ? metadata : {}).filter(
    ([name]) => !SERVER_METADATA.has(name),
  );
  collect(Object.fromEntries(named), `f:metadata${STEP_END}`, false, fields);
  return fields;
}

function pathsOf(fieldsV1: unknown, path = ''): readonly string[] {
  if (!isJsonObject(fieldsV1)) return [];
  const names = Object.keys(fieldsV1);
  if (names.length === 0) return [path];
  return names.flatMap(name =>
    name === '.' ? [`${path}.`] : pathsOf(fieldsV1[name], `${path}${name}${STEP_END}`),
  );
}

type Tree = { [step: string]: Tree };

function fieldsV1Of(paths: Iterable<string>): Tree {
  const root: Tree = {};
  for (const path of paths) {
    let node = root;
    for (const step of path.split(STEP_END).filter(part => part !== '')) {
      node[step] ??= {};
      node = node[step];
    }
  }
  return root;
}

/**
 * `metadata.managedFields` after `writer` turned `previous` into `next`: fields whose values changed now belong to the
 * writer and to nobody else, fields that are gone to nobody, and all others to whom they did.
 */
export function trackWrite(
  previous: JsonObject | undefined,
  next: JsonObject,
  entries: readonly ManagedFieldsEntry[],
  writer: Writer,
): readonly ManagedFieldsEntry[] {
  const before = fieldsOf(previous, writer.isCustom);
  const after = fieldsOf(next, writer.isCustom);
  const changed = new Set(
    [...after].filter(([path, value]) => before.get(path) !== value).map(([path]) => path),
  );
  const isOwn = (entry: ManagedFieldsEntry) =>
    entry.manager === writer.manager &&
    entry.apiVersion === writer.apiVersion &&
    entry.subresource === writer.subresource;
  const kept = entries.map(entry => {
    const paths = pathsOf(entry.fieldsV1).filter(path => after.has(path) && !changed.has(path));
    return { entry, paths };
  });
  const others = kept
    .filter(({ entry, paths }) => !isOwn(entry) && paths.length > 0)
    .map(({ entry, paths }) => ({ ...entry, fieldsV1: fieldsV1Of(paths) }));
  const own = kept.find(({ entry }) => isOwn(entry));
  const ownPaths = [...(own?.paths ?? []), ...changed];
  if (ownPaths.length === 0) return others;
  const entry: ManagedFieldsEntry = {
    manager: writer.manager,
    operation: 'Update',
    apiVersion: writer.apiVersion,
    time: changed.size === 0 && own ? own.entry.time : writer.time,
    fieldsType: 'FieldsV1',
    fieldsV1: fieldsV1Of(ownPaths),
    ...(writer.subresource ? { subresource: writer.subresource } : {}),
  };
  return [...others, entry];
}
