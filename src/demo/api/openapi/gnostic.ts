import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { bytesField, doubleField, numberField } from '../protobuf.ts';

/** The media type by which kubectl asks for OpenAPI 2 in the binary form of github.com/google/gnostic. */
export const GNOSTIC_V2 = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

type Encode = (value: Json) => Buffer;
type Field = readonly [number: number, encode: Encode | 'text' | 'number' | 'double'];

function write(number: number, encode: Field[1], value: Json): Buffer {
  if (encode === 'text') return bytesField(number, String(value));
  if (encode === 'double') return doubleField(number, Number(value));
  return encode === 'number' ? numberField(number, Number(value)) : bytesField(number, encode(value));
}

/** A value that has no form of its own: JSON, which is YAML. */
const any: Encode = value => bytesField(2, `${JSON.stringify(value)}\n`);

function named(name: string, value: Buffer): Buffer {
  return Buffer.concat([bytesField(1, name), bytesField(2, value)]);
}

/** A message with these fields; names that begin with `x-` go into the field of extensions. */
function message(fields: Readonly<Record<string, Field>>, extensions: number): Encode {
  return value => {
    const members = Object.entries(isJsonObject(value) ? value : {});
    const parts = members.flatMap(([name, member]): Buffer[] => {
      if (name.startsWith('x-')) return [bytesField(extensions, named(name, any(member)))];
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (!field) return [];
      const values = isJsonArray(member) ? member : [member];
      return values.map(one => write(field[0], field[1], one));
    });
    return Buffer.concat(parts);
  };
}

/** A map as a list of names with values, in the field `number`. */
function entries(number: number, encode: Encode): Encode {
  return value =>
    Buffer.concat(
      Object.entries(isJsonObject(value) ? value : {}).map(([name, member]) =>
        bytesField(number, named(name, encode(member))),
      ),
    );
}

/** A value inside messages of one field each, the outermost first. */
function wrapped(numbers: readonly number[], encode: Encode): Encode {
  return value => numbers.reduceRight((inner, number) => bytesField(number, inner), encode(value));
}

const encodeSchema: Encode = value => schemaMessage(value);

const schemaMessage = message(
  {
    $ref: [1, 'text'],
    format: [2, 'text'],
    description: [4, 'text'],
    default: [5, any],
    maximum: [7, 'double'],
    minimum: [9, 'double'],
    required: [19, 'text'],
    enum: [20, any],
    additionalProperties: [21, wrapped([1], encodeSchema)],
    type: [22, value => bytesField(1, String(value))],
    items: [23, wrapped([1], encodeSchema)],
    properties: [25, entries(1, encodeSchema)],
  },
  31,
);

const BODY_PARAMETER = message(
  { name: [2, 'text'], in: [3, 'text'], required: [4, 'number'], schema: [5, encodeSchema] },
  6,
);
const QUERY_PARAMETER = message(
  { in: [2, 'text'], name: [4, 'text'], type: [6, 'text'], uniqueItems: [20, 'number'] },
  23,
);
const PATH_PARAMETER = message(
  {
    required: [1, 'number'],
    in: [2, 'text'],
    name: [4, 'text'],
    type: [5, 'text'],
    uniqueItems: [19, 'number'],
  },
  22,
);

const encodeParameter: Encode = value => {
  const place = isJsonObject(value) ? value.in : undefined;
  if (place === 'body') return wrapped([1, 1], BODY_PARAMETER)(value);
  return place === 'path'
    ? wrapped([1, 2, 4], PATH_PARAMETER)(value)
    : wrapped([1, 2, 3], QUERY_PARAMETER)(value);
};

const RESPONSE = message({ description: [1, 'text'], schema: [2, wrapped([1], encodeSchema)] }, 5);

const OPERATION = message(
  {
    produces: [6, 'text'],
    consumes: [7, 'text'],
    parameters: [8, encodeParameter],
    responses: [9, entries(1, wrapped([1], RESPONSE))],
  },
  13,
);

const PATH_ITEM = message(
  {
    get: [2, OPERATION],
    put: [3, OPERATION],
    post: [4, OPERATION],
    delete: [5, OPERATION],
    patch: [8, OPERATION],
    parameters: [9, encodeParameter],
  },
  10,
);

const DOCUMENT = message(
  {
    swagger: [1, 'text'],
    info: [2, message({ title: [1, 'text'], version: [2, 'text'] }, 7)],
    paths: [8, entries(2, PATH_ITEM)],
    definitions: [9, entries(1, encodeSchema)],
  },
  16,
);

/** An OpenAPI 2 document in gnostic's binary form, with as much of it as the API's own document has. */
export function encodeOpenApiV2(document: JsonObject): Buffer {
  return DOCUMENT(document);
}
