import { CORE_SCHEMA, load } from 'js-yaml';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json.ts';
import { PROTOBUF, readProtobufObject } from './protobuf-object.ts';
import { type ApiRequest, headerOf } from './request.ts';
import { badRequest, type Refusal, unsupportedMediaType } from './status-error.ts';
import { goJsonError, goTypeOf, notAnObject, unrecognized } from './unreadable-body.ts';

/** Deeper than any real object; what is deeper would exhaust the stack of whatever walks it. */
const DEEPEST = 200;

function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth > DEEPEST || Object.values(value).some(member => isTooDeep(member, depth + 1));
}

/** The media type of the body, without parameters; JSON when the client names none. */
export function mediaTypeOf(request: Pick<ApiRequest, 'headers'>): string {
  return headerOf(request, 'content-type').split(';')[0]?.trim().toLowerCase() || 'application/json';
}

function parseJson(text: string): Json | SyntaxError {
  try {
    return JSON.parse(text);
  } catch {
    return new SyntaxError(`couldn't get version/kind; json parse error: ${goJsonError(text)}`);
  }
}

function parseYaml(text: string): Json | SyntaxError {
  try {
    // What YAML can say beyond JSON (dates, maps with other keys) ends as JSON here, as it does in a real API server.
    return JSON.parse(JSON.stringify(load(text, { schema: CORE_SCHEMA }) ?? null));
  } catch (error) {
    return new SyntaxError(`yaml: ${error instanceof Error ? error.message : 'malformed'}`);
  }
}

const GO_MAP = 'map[string]interface {}';

/** The patch in the body: of JSON operations, or an object. */
export function readPatch(request: ApiRequest, isOperations: boolean): Json | Refusal {
  const wanted = isOperations ? '[]handlers.jsonPatchOp' : GO_MAP;
  let value: Json;
  try {
    value = JSON.parse(request.body);
  } catch {
    return badRequest(`error decoding patch: ${goJsonError(request.body)}`);
  }
  if (isTooDeep(value)) return badRequest('json: exceeded max depth');
  if (isOperations ? !isJsonArray(value) : !isJsonObject(value))
    return badRequest(
      `error decoding patch: json: cannot unmarshal ${goTypeOf(value)} into Go value of type ${wanted}`,
    );
  const odd = isOperations && isJsonArray(value) ? value.find(item => !isJsonObject(item)) : undefined;
  if (odd === undefined) return value;
  const why = `json: cannot unmarshal ${goTypeOf(odd)} into Go value of type handlers.jsonPatchOp`;
  return badRequest(`error decoding patch: ${why}`);
}

/** The configuration that the request applies, which is YAML or JSON. */
export function readConfiguration(request: ApiRequest): JsonObject | Refusal {
  const value = parseYaml(request.body);
  if (value instanceof SyntaxError)
    return badRequest(`error decoding YAML: error converting YAML to JSON: ${value.message}`);
  if (isTooDeep(value)) return badRequest('json: exceeded max depth');
  if (isJsonObject(value)) return value;
  const why = `json: cannot unmarshal ${goTypeOf(value)} into Go value of type ${GO_MAP}`;
  return badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`);
}

/** The value that `text` spells; `undefined` for text that is no JSON, or deeper than any real object. */
export function readJson(text: string): Json | undefined {
  const value = parseJson(text);
  return value instanceof SyntaxError || isTooDeep(value) ? undefined : value;
}

const OBJECT_TYPES = ['application/json', 'application/yaml', PROTOBUF];

/**
 * The object in the body of a create, an update or a delete: JSON, YAML, or what kubectl sends in binary. `kind` is what
 * the path asks for, and is named when the body is not even an object.
 */
export function readObject(request: ApiRequest, kind: string): JsonObject | Refusal {
  const mediaType = mediaTypeOf(request);
  if (!OBJECT_TYPES.includes(mediaType)) return unsupportedMediaType(OBJECT_TYPES);
  if (mediaType === PROTOBUF)
    return readProtobufObject(Buffer.from(request.body, 'latin1')) ?? unsupportedMediaType(OBJECT_TYPES);
  const text = request.body;
  const value = mediaType === 'application/yaml' ? parseYaml(text) : parseJson(text);
  if (value instanceof SyntaxError) return unrecognized(kind, value.message, text);
  if (isTooDeep(value)) return badRequest('json: exceeded max depth');
  return isJsonObject(value) ? value : notAnObject(kind, value, text);
}
