import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../../json.ts';
import { type Kind, TEMPLATE_METADATA } from '../../kinds/kind.ts';
import { GROUPS, KINDS, versionsOf } from '../../kinds/kinds.ts';
import { fieldSchema, OBJECT_META } from './field-schema.ts';
import {
  groupVersionKind,
  type Operation,
  operationsIn,
  parameterType,
  rootOf,
  schemaName,
} from './operations.ts';

const SCHEMAS = '#/components/schemas/';
const PATCH = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch';

function contentOf(mediaTypes: readonly string[], schema: string) {
  return Object.fromEntries(mediaTypes.map(type => [type, { schema: { $ref: `${SCHEMAS}${schema}` } }]));
}

function bodyOf({ bodyTypes, method, kind, version }: Operation): JsonObject {
  if (bodyTypes.length === 0) return {};
  const schema = method === 'patch' ? PATCH : schemaName(kind, version);
  return { requestBody: { content: contentOf(bodyTypes, schema), required: method !== 'delete' } };
}

function describe(operation: Operation): JsonObject {
  const { kind, version, action, queryParameters } = operation;
  return {
    parameters: queryParameters.map(name => ({
      name,
      in: 'query',
      schema: { type: parameterType(name), uniqueItems: true },
    })),
    ...bodyOf(operation),
    responses: {
      200: {
        description: 'OK',
        content: contentOf(['application/json', 'application/yaml'], schemaName(kind, version)),
      },
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
    schema: { type: 'string', uniqueItems: true },
  }));
  const methods = operations.map(operation => [operation.method, describe(operation)]);
  return { ...Object.fromEntries(methods), parameters };
}

/** A custom kind is published as its definition says, with the metadata of every object. */
function describeKind(kind: Kind, version: string): JsonObject {
  const { metadata, ...members } = kind.shape.members;
  const { required } = kind.schema;
  const own = fieldSchema({ ...kind.shape, members, required }, kind.isCustom ? 'custom' : 'v3');
  const properties = isJsonObject(own.properties) ? own.properties : {};
  return {
    ...own,
    properties: { ...properties, ...(metadata && { metadata: fieldSchema(metadata, 'v3') }) },
    'x-kubernetes-group-version-kind': [groupVersionKind(kind, version)],
  };
}

function document(group: string, version: string): JsonObject {
  const paths = Map.groupBy(operationsIn(group, version), ({ path }) => path);
  const kinds = KINDS.filter(kind => kind.group === group && kind.versions.includes(version));
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: '1.36' },
    paths: Object.fromEntries([...paths].map(([path, operations]) => [path, describePath(operations)])),
    components: {
      schemas: {
        ...Object.fromEntries(kinds.map(kind => [schemaName(kind, version), describeKind(kind, version)])),
        [OBJECT_META]: fieldSchema(TEMPLATE_METADATA, 'v3'),
        [PATCH]: { type: 'object' },
      },
    },
  };
}

/** OpenAPI 3: one document for each group and version, and an index of them. */
export interface OpenApiV3 {
  /** Where each document is; its address changes with its content, so that clients may keep it. */
  index(): JsonObject;
  /** The document at `/openapi/v3/…`, as JSON text; `undefined` when there is none. */
  documentAt(path: string): string | undefined;
}

export function createOpenApiV3(): OpenApiV3 {
  const texts = new Map<string, string>();
  const addresses = GROUPS.flatMap(group =>
    versionsOf(group).map(version => ({ group, version, path: rootOf(group, version) })),
  );
  const documentAt = (path: string) => {
    const known = texts.get(path);
    const address = addresses.find(candidate => `/openapi/v3${candidate.path}` === path);
    if (known !== undefined || !address) return known;
    const text = JSON.stringify(document(address.group, address.version));
    texts.set(path, text);
    return text;
  };
  return {
    index: () => ({
      paths: Object.fromEntries(
        addresses.map(({ path }) => {
          const at = `/openapi/v3${path}`;
          const hash = createHash('sha512')
            .update(documentAt(at) ?? '')
            .digest('hex')
            .toUpperCase();
          return [path.slice(1), { serverRelativeURL: `${at}?hash=${hash}` }];
        }),
      ),
    }),
    documentAt,
  };
}
