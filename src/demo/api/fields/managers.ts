import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { ManagedFieldsEntry } from '../../kinds/kind.ts';
import type { ObjectShape, Shape } from '../../kinds/schema.ts';
import { compareValues, fieldsOf } from './compare.ts';
import {
  difference,
  type FieldSet,
  intersection,
  isEmptySet,
  NO_FIELDS,
  type PathStep,
  pathsOf,
  readFieldsV1,
  union,
  writeFieldsV1,
} from './field-set.ts';
import { mergeValues, removeFields } from './merge.ts';
import { memberShape } from './typed-value.ts';

/** Who writes, how and when. */
export type Writer = {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string;
};

/** One field of somebody else's that an apply would change. */
export type FieldConflict = { readonly owner: ManagedFieldsEntry; readonly path: readonly PathStep[] };

/** An entry of managedFields, with its fields read. */
type Owner = { readonly entry: ManagedFieldsEntry; readonly fields: FieldSet };

/** What the server writes itself: it belongs to no manager. */
const NOBODYS = readFieldsV1({
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
  },
});

/** Whether the entry is the writer's own. One who applies is the same whatever version it speaks. */
function isOwn(entry: ManagedFieldsEntry, writer: Writer): boolean {
  return (
    entry.manager === writer.manager &&
    entry.operation === writer.operation &&
    (entry.subresource ?? '') === writer.subresource &&
    (writer.operation === 'Apply' || entry.apiVersion === writer.apiVersion)
  );
}

function ownersIn(entries: readonly ManagedFieldsEntry[]): readonly Owner[] {
  return entries.map(entry => ({ entry, fields: readFieldsV1(entry.fieldsV1) }));
}

function entryOf(writer: Writer, fields: FieldSet, time: string | undefined): ManagedFieldsEntry {
  return {
    manager: writer.manager,
    operation: writer.operation,
    apiVersion: writer.apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: writeFieldsV1(fields),
    ...(writer.subresource === '' ? {} : { subresource: writer.subresource }),
  };
}

/** Entries in the order in which the API server shows them: those who apply first, then by time and name. */
function inOrder(entries: readonly ManagedFieldsEntry[]): readonly ManagedFieldsEntry[] {
  const keyOf = ({ operation, time = '', manager, apiVersion, subresource = '' }: ManagedFieldsEntry) =>
    [operation, time, manager, apiVersion, subresource].join('\u0000');
  return entries.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

function withoutFields(owners: readonly Owner[], lost: FieldSet): readonly Owner[] {
  return owners
    .map(({ entry, fields }) => ({ entry, fields: difference(fields, lost) }))
    .filter(({ fields }) => !isEmptySet(fields));
}

function entriesOf(owners: readonly Owner[]): readonly ManagedFieldsEntry[] {
  return owners.map(({ entry, fields }) => ({ ...entry, fieldsV1: writeFieldsV1(fields) }));
}

/**
 * `metadata.managedFields` after `writer` turned `before` into `after`: fields that it changed or made belong to it and
 * to nobody else, fields that are gone to nobody, and all others to whom they did.
 */
export function managersAfterUpdate(
  shape: ObjectShape,
  before: JsonObject,
  after: JsonObject,
  entries: readonly ManagedFieldsEntry[],
  writer: Writer,
): readonly ManagedFieldsEntry[] {
  const { added, changed, removed } = compareValues(shape, before, after);
  const taken = difference(union(added, changed), NOBODYS);
  const kept = withoutFields(ownersIn(entries), union(union(added, changed), removed));
  const own = kept.find(({ entry }) => isOwn(entry, writer));
  const others = entriesOf(kept.filter(owner => owner !== own));
  const previous = ownersIn(entries).find(({ entry }) => isOwn(entry, writer));
  const fields = union(own?.fields ?? NO_FIELDS, taken);
  if (isEmptySet(fields)) return inOrder(others);
  const time = isEmptySet(taken) ? previous?.entry.time : writer.time;
  return inOrder([...others, entryOf(writer, fields, time)]);
}

/** The set, with every named member that has something below it in it. */
function withNamedMembers(shape: Shape, set: FieldSet): FieldSet {
  const whole = new Map(set);
  for (const [step, { isMember, children }] of set) {
    const isNamed = shape.type === 'object' && step.startsWith('f:') && memberShape(shape, step.slice(2));
    const inner = innerShape(shape, step);
    const below = inner ? withNamedMembers(inner, children) : children;
    whole.set(step, { isMember: isMember || (Boolean(isNamed) && children.size > 0), children: below });
  }
  return whole;
}

function innerShape(shape: Shape, step: PathStep): Shape | undefined {
  if (step.startsWith('f:')) return memberShape(shape, step.slice(2));
  return shape.type === 'list' ? shape.item : undefined;
}

/** Takes from `merged` what the manager applied before, applies no longer, and nobody else owns. */
function prune(shape: ObjectShape, merged: JsonObject, last: FieldSet, owned: FieldSet): Json {
  const named = (set: FieldSet) => withNamedMembers(shape, set);
  const all = named(fieldsOf(shape, merged));
  const withoutLast = removeFields(shape, merged, named(last));
  const left = named(fieldsOf(shape, withoutLast));
  const kept = removeFields(shape, merged, difference(all, union(left, named(owned))));
  const gone = difference(all, named(fieldsOf(shape, kept)));
  return removeFields(shape, merged, intersection(gone, named(last)));
}

export type Applied = {
  readonly object: JsonObject;
  readonly managedFields: readonly ManagedFieldsEntry[];
};

/**
 * What becomes of `live` when `writer` applies `configuration`, or the conflicts that forbid it: fields that others own
 * and that it would change. With `isForced` they change and change hands.
 */
export function applyConfiguration(
  shape: ObjectShape,
  live: JsonObject,
  configuration: JsonObject,
  entries: readonly ManagedFieldsEntry[],
  writer: Writer,
  isForced: boolean,
): Applied | { readonly conflicts: readonly FieldConflict[] } {
  const owners = ownersIn(entries);
  const previous = owners.find(({ entry }) => isOwn(entry, writer));
  const others = owners.filter(owner => owner !== previous);
  const merged = mergeValues(shape, live, configuration);
  const claimed = difference(fieldsOf(shape, configuration), NOBODYS);
  const owned = others.reduce((all, { fields }) => union(all, fields), claimed);
  const pruned = isJsonObject(merged) && previous ? prune(shape, merged, previous.fields, owned) : merged;
  const object = isJsonObject(pruned) ? pruned : live;
  const { added, changed, removed } = compareValues(shape, live, object);
  const touched = union(added, changed);
  const conflicts = others.flatMap(({ entry, fields }) =>
    pathsOf(intersection(fields, touched)).map(path => ({ owner: entry, path })),
  );
  if (conflicts.length > 0 && !isForced) return { conflicts };
  const kept = entriesOf(withoutFields(others, union(touched, removed)));
  // An apply that changes nothing leaves the time of the last that did, or none.
  const time = isEmptySet(union(touched, removed)) ? previous?.entry.time : writer.time;
  const own = isEmptySet(claimed) ? [] : [entryOf(writer, claimed, time)];
  return { object, managedFields: inOrder([...kept, ...own]) };
}
