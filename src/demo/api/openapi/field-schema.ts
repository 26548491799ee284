import type { JsonObject } from '../../json.ts';
import { METADATA } from '../../kinds/kind.ts';
import type { ListIdentity, Shape } from '../../kinds/schema.ts';

/** How a shape is published: as OpenAPI 2 or 3 of a built-in kind, or as a CustomResourceDefinition has it. */
export type Dialect = 'v2' | 'v3' | 'custom';

/** The name under which both versions of OpenAPI publish the metadata of every object. */
export const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

const LARGEST_UINT32 = 4_294_967_295;

const DURATION_RULE = {
  rule: "duration(self) >= duration('1ms')",
  message: 'must be a valid duration greater than 1ms',
};

function stringSchema(shape: Extract<Shape, { type: 'string' }>, dialect: Dialect): JsonObject {
  if (shape.format === 'duration')
    return { type: 'string', ...(dialect === 'custom' && { 'x-kubernetes-validations': [DURATION_RULE] }) };
  return {
    type: 'string',
    ...(shape.format && { format: shape.format }),
    ...(shape.options && { enum: shape.options }),
  };
}

/** A value that is a number or a text. */
function eitherSchema(format: string, dialect: Dialect): JsonObject {
  switch (dialect) {
    case 'v2':
      return { type: 'string', ...(format !== '' && { format }) };
    case 'v3':
      return {
        oneOf: [{ type: format === '' ? 'number' : 'integer' }, { type: 'string' }],
        ...(format !== '' && { format }),
      };
    case 'custom':
      return { 'x-kubernetes-int-or-string': true };
  }
}

function identityFacts(identity: ListIdentity, isRetaining: boolean): JsonObject {
  if (identity === 'none') return { 'x-kubernetes-list-type': 'atomic' };
  const strategy = { 'x-kubernetes-patch-strategy': isRetaining ? 'merge,retainKeys' : 'merge' };
  if (identity === 'value') return { 'x-kubernetes-list-type': 'set', ...strategy };
  return {
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': identity,
    'x-kubernetes-patch-merge-key': identity[0],
    ...strategy,
  };
}

function objectSchema(shape: Extract<Shape, { type: 'object' }>, dialect: Dialect): JsonObject {
  const properties = Object.entries(shape.members).map(([name, member]) => [
    name,
    fieldSchema(member, dialect),
  ]);
  const { required, oneOf } = shape;
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    ...(dialect === 'custom' && oneOf && { oneOf: choices(oneOf) }),
  };
}

/** None of the members, or exactly one. */
function choices(members: readonly string[]): readonly JsonObject[] {
  const each = members.map(member => ({ required: [member] }));
  return [{ not: { anyOf: each } }, ...each];
}

function typeSchema(shape: Shape, dialect: Dialect): JsonObject {
  switch (shape.type) {
    case 'string':
      return stringSchema(shape, dialect);
    case 'integer':
      return shape.format === 'uint32'
        ? { type: 'integer', minimum: 0, maximum: LARGEST_UINT32 }
        : { type: 'integer', format: shape.format };
    case 'number':
      return { type: 'number', format: 'double' };
    case 'boolean':
      return { type: 'boolean' };
    case 'integerOrString':
      return eitherSchema('int-or-string', dialect);
    case 'quantity':
      return eitherSchema('', dialect);
    case 'anything':
      return {
        type: 'object',
        ...(dialect === 'custom' && { 'x-kubernetes-preserve-unknown-fields': true }),
      };
    case 'list': {
      const items = fieldSchema(shape.item, dialect);
      const facts =
        dialect === 'custom' ? {} : identityFacts(shape.identity, shape.item.retainsKeys === true);
      return { type: 'array', items, ...facts };
    }
    case 'map':
      return { type: 'object', additionalProperties: fieldSchema(shape.item, dialect) };
    case 'object':
      return objectSchema(shape, dialect);
  }
}

function metadataSchema(dialect: Dialect): JsonObject {
  switch (dialect) {
    case 'v2':
      return { $ref: `#/definitions/${OBJECT_META}` };
    case 'v3':
      return { allOf: [{ $ref: `#/components/schemas/${OBJECT_META}` }], default: {} };
    case 'custom':
      return { type: 'object' };
  }
}

/** A shape as JSON schema, with the facts that clients merge and patch by. */
export function fieldSchema(shape: Shape, dialect: Dialect): JsonObject {
  if (shape.type === 'object' && shape.members === METADATA.members) return metadataSchema(dialect);
  const isStruct = shape.type === 'object' || shape.type === 'map';
  return {
    ...typeSchema(shape, dialect),
    ...(shape.isAtomic && isStruct && dialect !== 'custom' && { 'x-kubernetes-map-type': 'atomic' }),
    ...(shape.isEmbedded && { default: {} }),
    ...(shape.default !== undefined && { default: shape.default }),
    ...(shape.retainsKeys &&
      isStruct &&
      dialect !== 'custom' && { 'x-kubernetes-patch-strategy': 'retainKeys' }),
    ...(shape.isNullable && dialect !== 'v2' && { nullable: true }),
  };
}
