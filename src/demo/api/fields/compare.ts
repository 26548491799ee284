import { isJsonArray, isJsonObject, isSameJson, type Json } from '../../json.ts';
import type { Shape } from '../../kinds/schema.ts';
import { type FieldSet, FieldSetBuilder, type PathStep } from './field-set.ts';
import { formOf, isEmptyValue, partsOf } from './typed-value.ts';

/** What differs between two values of one shape. */
export type Comparison = { readonly added: FieldSet; readonly changed: FieldSet; readonly removed: FieldSet };

type Builders = { readonly [K in keyof Comparison]: FieldSetBuilder };

function compareParts(
  shape: Shape,
  before: Json | undefined,
  after: Json | undefined,
  path: readonly PathStep[],
  found: Builders,
): void {
  const isLeaf =
    formOf(shape, before ?? after) === 'leaf' ||
    formOf(shape, after ?? before) === 'leaf' ||
    (isEmptyValue(before) && isEmptyValue(after));
  if (!isLeaf) {
    const left = partsOf(shape, before);
    const right = partsOf(shape, after);
    for (const step of new Set([...left.keys(), ...right.keys()])) {
      const one = left.get(step);
      const other = right.get(step);
      const partShape = (one ?? other)?.shape;
      if (partShape) compareParts(partShape, one?.value, other?.value, [...path, step], found);
    }
  }
  if (before === undefined) found.added.insert(path);
  else if (after === undefined) found.removed.insert(path);
  else if (isLeaf && !isSameJson(before, after)) found.changed.insert(path);
}

/** What turned `before` into `after`. */
export function compareValues(shape: Shape, before: Json, after: Json): Comparison {
  const found = {
    added: new FieldSetBuilder(),
    changed: new FieldSetBuilder(),
    removed: new FieldSetBuilder(),
  };
  compareParts(shape, before, after, [], found);
  return { added: found.added.set, changed: found.changed.set, removed: found.removed.set };
}

function collectFields(shape: Shape, value: Json, path: readonly PathStep[], fields: FieldSetBuilder): void {
  const form = formOf(shape, value);
  if (form === 'leaf') {
    fields.insert(path);
    return;
  }
  if (form === 'items' && isJsonArray(value)) {
    for (const [step, part] of partsOf(shape, value)) {
      collectFields(part.shape, part.value, [...path, step], fields);
      fields.insert([...path, step]);
    }
  }
  if (form === 'members' && isJsonObject(value)) {
    for (const [step, part] of partsOf(shape, value)) {
      const at = [...path, step];
      collectFields(part.shape, part.value, at, fields);
      const isEmptyMap = isJsonObject(part.value) && isEmptyValue(part.value);
      if (part.value === null || isEmptyMap || shape.type !== 'object') fields.insert(at);
    }
  }
}

/** The fields that whoever applies `value` claims. */
export function fieldsOf(shape: Shape, value: Json): FieldSet {
  const fields = new FieldSetBuilder();
  collectFields(shape, value, [], fields);
  return fields.set;
}
