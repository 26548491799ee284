import { isJsonArray, isJsonObject, type Json, ownMember } from '../../json.ts';
import type { Shape } from '../../kinds/schema.ts';
import type { PathStep } from './field-set.ts';

/** A part of a value, with its shape. */
export type Part = { readonly shape: Shape; readonly value: Json };

/** How a value is taken apart: not at all, by the names of its members, or by the keys of its items. */
export type Form = 'leaf' | 'members' | 'items';

export function formOf(shape: Shape, value: Json | undefined): Form {
  if (shape.isAtomic) return 'leaf';
  switch (shape.type) {
    case 'object':
    case 'map':
      return 'members';
    case 'list':
      return shape.identity === 'none' ? 'leaf' : 'items';
    case 'anything':
      return isJsonObject(value) ? 'members' : 'leaf';
    default:
      return 'leaf';
  }
}

/** Absent, `null`, or nothing in it. */
export function isEmptyValue(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

const ANYTHING: Shape = { type: 'anything' };

/** The shape of the member `name` of an object or a map; `undefined` for one that an object does not have. */
export function memberShape(shape: Shape, name: string): Shape | undefined {
  if (shape.type === 'object') return Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
  return shape.type === 'map' ? shape.item : ANYTHING;
}

/** The step to an item: its key members in the order of their names, or its value. */
export function itemStep(shape: Shape, item: Json): PathStep {
  if (shape.type !== 'list' || shape.identity === 'value' || shape.identity === 'none')
    return `v:${JSON.stringify(item)}`;
  const key = [...shape.identity].sort().map(name => {
    const given = isJsonObject(item) ? ownMember(item, name) : undefined;
    return [name, given ?? memberShape(shape.item, name)?.default ?? null] as const;
  });
  return `k:${JSON.stringify(Object.fromEntries(key))}`;
}

/** The parts of a value by the step that leads to each; none for a leaf. Of items with the same key the last counts. */
export function partsOf(shape: Shape, value: Json | undefined): ReadonlyMap<PathStep, Part> {
  const parts = new Map<PathStep, Part>();
  const form = formOf(shape, value);
  if (form === 'members' && isJsonObject(value)) {
    for (const [name, member] of Object.entries(value))
      parts.set(`f:${name}`, { shape: memberShape(shape, name) ?? ANYTHING, value: member });
  }
  if (form === 'items' && shape.type === 'list' && isJsonArray(value)) {
    for (const item of value) parts.set(itemStep(shape, item), { shape: shape.item, value: item });
  }
  return parts;
}
