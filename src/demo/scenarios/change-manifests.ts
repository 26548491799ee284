import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json.ts';

/** Whether a manifest is of that kind, and of that name if one is given. */
export function isManifest(manifest: JsonObject, kind: string, name?: string): boolean {
  const { metadata } = manifest;
  return manifest.kind === kind && (name === undefined || (isJsonObject(metadata) && metadata.name === name));
}

/** The object with the member at `path` replaced by what `change` makes of it. What is not there stays so. */
export function changeAt(object: Json, path: readonly string[], change: (value: Json) => Json): Json {
  const [name, ...rest] = path;
  if (name === undefined) return change(object);
  if (isJsonArray(object))
    return object.map((item, index) => (String(index) === name ? changeAt(item, rest, change) : item));
  if (!isJsonObject(object)) return object;
  return { ...object, [name]: changeAt(object[name] ?? {}, rest, change) };
}

/** Changes the one manifest of that kind and name, and leaves all others. */
export function changeManifest(
  kind: string,
  name: string,
  path: readonly string[],
  change: (value: Json) => Json,
): (manifests: readonly JsonObject[]) => readonly JsonObject[] {
  return manifests =>
    manifests.map(manifest => {
      if (!isManifest(manifest, kind, name)) return manifest;
      const changed = changeAt(manifest, path, change);
      return isJsonObject(changed) ? changed : manifest;
    });
}
