import { isJsonArray, isJsonObject, type Json, type JsonObject, ownMember } from '../json.ts';
import { readJson } from './read-body.ts';

/** Where `kubectl apply` without `--server-side` keeps what it applied. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The manager that `kubectl apply --server-side` calls itself: it takes over from `kubectl apply`. */
export const KUBECTL = 'kubectl';

function annotationsOf(object: JsonObject): JsonObject {
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  return isJsonObject(metadata.annotations) ? metadata.annotations : {};
}

/** What `kubectl apply` applied last; `undefined` when it did not, or nobody can read it. */
export function lastAppliedIn(object: JsonObject): JsonObject | undefined {
  const text = ownMember(annotationsOf(object), LAST_APPLIED);
  if (typeof text !== 'string') return undefined;
  const value = readJson(text);
  return isJsonObject(value) ? value : undefined;
}

/** JSON with the members of every object in the order of their names, as kubectl writes it. */
function sorted(value: Json): Json {
  if (isJsonArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map(name => [name, sorted(value[name] ?? null)]));
}

/** `object` with a note that `configuration` was applied: the object itself when nothing else is said. */
export function withLastApplied(object: JsonObject, configuration = object): JsonObject {
  const note = `${JSON.stringify(sorted(configuration))}\n`;
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...annotationsOf(object), [LAST_APPLIED]: note } },
  };
}

/** `object` with its note of what was applied last brought up to `configuration`, if it carries one. */
export function withUpdatedNote(object: JsonObject, configuration: JsonObject): JsonObject {
  const isNoted = typeof ownMember(annotationsOf(object), LAST_APPLIED) === 'string';
  return isNoted ? withLastApplied(object, configuration) : object;
}
