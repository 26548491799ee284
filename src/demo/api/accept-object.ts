import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import {
  groupVersion,
  type Kind,
  type KubeObject,
  METADATA,
  type Surroundings,
  storedApiVersion,
} from '../kinds/kind.ts';
import { type Problem, problemsOf } from '../kinds/schema.ts';
import { badRequest, invalid, type Refusal } from './status-error.ts';

/** A name that can stand in a URL and a host name. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LONGEST_NAME = 253;

function nameProblems(name: string): readonly Problem[] {
  if (name.length <= LONGEST_NAME && SUBDOMAIN.test(name)) return [];
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
    "with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
  return [
    { reason: 'FieldValueInvalid', field: 'metadata.name', message: `Invalid value: "${name}": ${rule}` },
  ];
}

/** Built-in kinds take `null` for "not said"; custom kinds have it fail their schema. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const present = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(present.map(([name, member]) => [name, withoutNulls(member)]));
}

function malformed(kind: Kind, version: string, { field, wrongType }: Problem): Refusal {
  const path = field.replaceAll(/\[\d+\]/g, '');
  const why = `json: cannot unmarshal ${wrongType?.found} into Go struct field ${kind.kind}.${path} of type ${wrongType?.expected}`;
  return badRequest(`${kind.kind} in version "${version}" cannot be handled as a ${kind.kind}: ${why}`);
}

/** The object as the types say it is, with the server's own fields filled in; or everything that is wrong with it. */
export function acceptObject(
  kind: Kind,
  version: string,
  body: JsonObject,
  previous: KubeObject | undefined,
  surroundings: Surroundings,
): KubeObject | Refusal {
  const object = kind.isCustom ? body : withoutNulls(body);
  if (!isJsonObject(object)) return badRequest('the object provided is unrecognized');
  const name =
    isJsonObject(object.metadata) && typeof object.metadata.name === 'string' ? object.metadata.name : '';
  const metadata = isJsonObject(object.metadata) ? withoutNulls(object.metadata) : {};
  const problems = [
    ...problemsOf(METADATA, metadata).map(problem => ({ ...problem, field: `metadata.${problem.field}` })),
    ...problemsOf(kind.schema, object),
  ];
  const misread = problems.find(
    problem => problem.wrongType && (!kind.isCustom || problem.field.startsWith('metadata.')),
  );
  if (misread) return malformed(kind, version, misread);
  if (problems.length > 0) return invalid(kind, name, problems);
  // The schemas of the kind and of its metadata have just been checked: this is where data enters.
  const typed = {
    ...object,
    metadata,
    apiVersion: storedApiVersion(kind),
    kind: kind.kind,
  } as unknown as KubeObject;
  const broken = [...nameProblems(name), ...(kind.validate?.(typed, previous) ?? [])];
  if (broken.length > 0) return invalid(kind, name, broken);
  return kind.complete?.(typed, surroundings) ?? typed;
}

/** Why `body` cannot be meant for `kind` in `version` in `namespace`; `undefined` when it can. */
export function checkAddress(
  kind: Kind,
  version: string,
  namespace: string | undefined,
  body: JsonObject,
): Refusal | undefined {
  const expected = groupVersion(kind.group, version);
  if (body.kind !== undefined && body.kind !== kind.kind) {
    return badRequest(`${String(body.kind)} in version "${version}" cannot be handled as a ${kind.kind}`);
  }
  if (body.apiVersion !== undefined && body.apiVersion !== expected) {
    return badRequest(
      `the API version in the data (${String(body.apiVersion)}) does not match the expected API version (${expected})`,
    );
  }
  const metadata = isJsonObject(body.metadata) ? body.metadata : {};
  if (kind.isNamespaced && (metadata.namespace ?? namespace) !== namespace) {
    return badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  return undefined;
}
