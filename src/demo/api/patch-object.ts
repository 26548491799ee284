import { isJsonObject, type JsonObject } from '../json.ts';
import type { Kind, KubeObject } from '../kinds/kind.ts';
import { applyJsonPatch, readJsonPatch } from './json-patch.ts';
import { applyMergePatch, applyStrategicMergePatch } from './merge-patch.ts';
import { presented } from './presented-object.ts';
import { mediaTypeOf, readJson } from './read-body.ts';
import type { ApiRequest } from './request.ts';
import { badRequest, isRefusal, patchRefused, type Refusal, unsupportedMediaType } from './status-error.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json';

function acceptedTypes(kind: Kind): readonly string[] {
  return kind.isCustom ? [JSON_PATCH, MERGE_PATCH] : [JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH];
}

/** The object as the request's patch makes it, as the version that the request names; nothing is stored. */
export function patchObject(
  kind: Kind,
  version: string,
  object: KubeObject,
  request: ApiRequest,
): JsonObject | Refusal {
  const mediaType = mediaTypeOf(request);
  if (!acceptedTypes(kind).includes(mediaType)) return unsupportedMediaType(acceptedTypes(kind));
  const patch = readJson(request.body);
  if (typeof patch === 'object' && patch !== null && isRefusal(patch)) return patch;
  // What is stored is JSON; its type only says more about it.
  const target = presented(kind, version, object) as unknown as JsonObject;
  if (mediaType === JSON_PATCH) {
    const operations = readJsonPatch(patch);
    if ('problem' in operations) return badRequest(operations.problem);
    const patched = applyJsonPatch(target, operations);
    if ('problem' in patched || !isJsonObject(patched.value)) return patchRefused();
    return patched.value;
  }
  if (!isJsonObject(patch)) return badRequest('a merge patch is a JSON object');
  const patched =
    mediaType === MERGE_PATCH ? applyMergePatch(target, patch) : applyStrategicMergePatch(target, patch);
  return isJsonObject(patched) ? patched : patchRefused();
}
