import type { JsonObject } from '../../json.ts';
import { TEMPLATE_METADATA } from '../../kinds/kind.ts';
import { GROUPS, KINDS, versionsOf } from '../../kinds/kinds.ts';
import { fieldSchema, OBJECT_META } from './field-schema.ts';
import { groupVersionKind, type Operation, operationsIn, parameterType, schemaName } from './operations.ts';

function bodyOf({ bodyTypes, method, kind, version }: Operation): readonly JsonObject[] {
  if (bodyTypes.length === 0) return [];
  const schema =
    method === 'patch' ? { type: 'object' } : { $ref: `#/definitions/${schemaName(kind, version)}` };
  return [{ name: 'body', in: 'body', required: method !== 'delete', schema }];
}

function describe(operation: Operation): JsonObject {
  const { kind, version, action, bodyTypes, queryParameters } = operation;
  const query = queryParameters.map(name => ({
    name,
    in: 'query',
    type: parameterType(name),
    uniqueItems: true,
  }));
  return {
    consumes: bodyTypes.length === 0 ? ['*/*'] : bodyTypes,
    produces: ['application/json', 'application/yaml'],
    parameters: [...bodyOf(operation), ...query],
    responses: {
      200: { description: 'OK', schema: { $ref: `#/definitions/${schemaName(kind, version)}` } },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': groupVersionKind(kind, version),
  };
}

function describePath(operations: readonly Operation[]): JsonObject {
  const parameters = (operations[0]?.pathParameters ?? []).map(name => ({
    name,
    in: 'path',
    required: true,
    type: 'string',
    uniqueItems: true,
  }));
  return { ...Object.fromEntries(operations.map(one => [one.method, describe(one)])), parameters };
}

/** OpenAPI 2: one document for everything, which clients before 1.27 check and merge by. */
export function openApiV2(): JsonObject {
  const versions = GROUPS.flatMap(group => versionsOf(group).map(version => ({ group, version })));
  const operations = versions.flatMap(({ group, version }) => operationsIn(group, version));
  const paths = Map.groupBy(operations, ({ path }) => path);
  const definitions = KINDS.flatMap(kind =>
    kind.versions.map(version => [
      schemaName(kind, version),
      {
        ...fieldSchema({ ...kind.shape, required: kind.schema.required }, 'v2'),
        'x-kubernetes-group-version-kind': [groupVersionKind(kind, version)],
      },
    ]),
  );
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: 'v1.36.3' },
    paths: Object.fromEntries([...paths].map(([path, at]) => [path, describePath(at)])),
    definitions: {
      ...Object.fromEntries(definitions),
      [OBJECT_META]: fieldSchema(TEMPLATE_METADATA, 'v2'),
    },
  };
}
