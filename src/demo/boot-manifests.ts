import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CORE_SCHEMA, loadAll } from 'js-yaml';
import { withLastApplied } from './api/last-applied.ts';
import { isRefusal } from './api/status-error.ts';
import { createObject, type WriteContext } from './api/write-object.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { groupVersion } from './kinds/kind.ts';
import { KINDS } from './kinds/kinds.ts';

/** The objects of the YAML files in `folder` itself, in the order of the files' names. */
export async function readManifests(folder: string): Promise<readonly JsonObject[]> {
  const names = (await readdir(folder)).filter(name => /\.ya?ml$/.test(name)).sort();
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')));
  return texts.flatMap(text => loadAll(text, { schema: CORE_SCHEMA }).filter(isJsonObject));
}

function inNamespace(manifest: JsonObject, namespace: string | undefined): JsonObject {
  const metadata = isJsonObject(manifest.metadata) ? manifest.metadata : {};
  const annotations = isJsonObject(metadata.annotations) ? metadata.annotations : {};
  return {
    ...manifest,
    metadata: { ...metadata, annotations, ...(namespace !== undefined && { namespace }) },
  };
}

/** Creates the objects in namespace `default`, as `kubectl apply` does. Throws for one that the API would refuse: a manifest here is part of the program. */
export function applyManifests(manifests: readonly JsonObject[], context: WriteContext): void {
  for (const manifest of manifests) {
    const kind = KINDS.find(row => row.kind === manifest.kind);
    const version = kind?.versions.find(
      candidate => groupVersion(kind.group, candidate) === manifest.apiVersion,
    );
    if (!kind || version === undefined)
      throw new Error(`no kind ${String(manifest.kind)} in ${String(manifest.apiVersion)}`);
    const namespace = kind.isNamespaced ? 'default' : undefined;
    const created = createObject(
      { kind, version, namespace, name: undefined, subresource: undefined },
      withLastApplied(inNamespace(manifest, namespace)),
      context,
    );
    if (isRefusal(created)) throw new Error(created.refusal.message);
  }
}
