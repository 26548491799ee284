import { CORE_SCHEMA, load } from 'js-yaml';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { type ApiRequest, headerOf } from './request.ts';
import { badRequest, type Refusal, unsupportedMediaType } from './status-error.ts';

/** Deeper than any real object; what is deeper would exhaust the stack of whatever walks it. */
const DEEPEST = 200;

function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth > DEEPEST || Object.values(value).some(member => isTooDeep(member, depth + 1));
}

/** The media type of the body, without parameters; JSON when the client names none. */
export function mediaTypeOf(request: ApiRequest): string {
  return headerOf(request, 'content-type').split(';')[0]?.trim().toLowerCase() || 'application/json';
}

/** The value that `text` spells. */
export function readJson(text: string): Json | Refusal {
  try {
    const value: Json = JSON.parse(text);
    return isTooDeep(value) ? badRequest('json: exceeded max depth') : value;
  } catch (error) {
    return badRequest(`json: ${error instanceof Error ? error.message : 'malformed'}`);
  }
}

function readYaml(text: string): Json | Refusal {
  try {
    // What YAML can say beyond JSON (dates, maps with other keys) ends as JSON here, as it does in a real API server.
    return readJson(JSON.stringify(load(text, { schema: CORE_SCHEMA }) ?? null));
  } catch (error) {
    return badRequest(`yaml: ${error instanceof Error ? error.message : 'malformed'}`);
  }
}

/** The object in the body of a create or an update, which may be JSON or YAML. */
export function readObject(request: ApiRequest): JsonObject | Refusal {
  const accepted = ['application/json', 'application/yaml'];
  const mediaType = mediaTypeOf(request);
  if (!accepted.includes(mediaType)) return unsupportedMediaType(accepted);
  const value = mediaType === 'application/yaml' ? readYaml(request.body) : readJson(request.body);
  if (isJsonObject(value)) return value;
  return badRequest('the object provided is unrecognized: it is not a JSON object');
}
