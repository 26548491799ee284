import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json.ts';
import { type Kind, METADATA } from '../kinds/kind.ts';
import type { ObjectShape, Shape } from '../kinds/schema.ts';

/** A value as its shape reads it, and the paths of what the shape does not know, in the order in which they came. */
type Decoded = { readonly value: JsonObject; readonly unknownFields: readonly string[] };

/** How an object is read: one of Go's own types has no empty lists and maps, and parts that are always there. */
type Reading = { readonly isGoType: boolean; readonly unknown: string[] };

function isEmptyCollection(value: Json): boolean {
  if (isJsonArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

function decodeMember(shape: Shape, value: Json, path: string, reading: Reading): Json {
  switch (shape.type) {
    case 'object':
      return isJsonObject(value) ? decode(shape, value, path, reading) : value;
    case 'map':
      if (!isJsonObject(value)) return value;
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, item]) => item !== null)
          .map(([name, item]) => [name, decodeMember(shape.item, item, `${path}.${name}`, reading)]),
      );
    case 'list':
      if (!isJsonArray(value)) return value;
      return value.map((item, index) => decodeMember(shape.item, item, `${path}[${index}]`, reading));
    case 'quantity':
      return typeof value === 'number' ? String(value) : value;
    default:
      return value;
  }
}

/** Whether a member says nothing, and is left out. */
function isLeftOut(shape: ObjectShape, name: string, value: Json, reading: Reading): boolean {
  const member = shape.members[name];
  if (value === null) return !member?.isNullable;
  const isCollection = member?.type === 'list' || member?.type === 'map';
  return reading.isGoType && isCollection && !shape.required.includes(name) && isEmptyCollection(value);
}

function decode(shape: ObjectShape, value: JsonObject, path: string, within: Reading): JsonObject {
  const reading = shape.members === METADATA.members ? { ...within, isGoType: true } : within;
  const members = new Map<string, Json>();
  for (const [name, member] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`;
    const memberShape = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
    if (!memberShape) reading.unknown.push(at);
    else if (!isLeftOut(shape, name, member, reading))
      members.set(name, decodeMember(memberShape, member, at, reading));
  }
  for (const [name, member] of Object.entries(shape.members)) {
    if (member.isEmbedded && member.type === 'object' && !members.has(name))
      members.set(name, decode(member, {}, '', reading));
  }
  return Object.fromEntries(members);
}

/**
 * `body` as the API server reads it: members that the kind does not have are dropped, as is what is `null` where nothing
 * can be, and parts that are always there are there. Types are not checked.
 */
export function decodeObject(kind: Kind, body: JsonObject): Decoded {
  const unknown: string[] = [];
  return {
    value: decode(kind.shape, body, '', { isGoType: !kind.isCustom, unknown }),
    unknownFields: unknown,
  };
}

/**
 * The object of which its client has said nothing yet: parts that are always there are there, and what must be said is
 * `null`, as in Go.
 */
export function emptyObject(shape: ObjectShape): JsonObject {
  const members = Object.entries(shape.members).flatMap(([name, member]): [string, Json][] => {
    if (member.isEmbedded && member.type === 'object') return [[name, emptyObject(member)]];
    const isCollection = member.type === 'list' || member.type === 'map' || member.type === 'object';
    return isCollection && shape.required.includes(name) ? [[name, null]] : [];
  });
  return Object.fromEntries(members);
}
