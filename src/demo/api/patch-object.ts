import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { Kind, KubeObject } from '../kinds/kind.ts';
import { applyJsonPatch, readJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import { presented } from './presented-object.ts';
import { mediaTypeOf, readPatch } from './read-body.ts';
import type { ApiRequest } from './request.ts';
import { isRefusal, patchRefused, type Refusal, unsupportedMediaType } from './status-error.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';
import type { WriteContext } from './write-object.ts';
import { goText, refusePatch } from './write-options.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json';
const APPLY_PATCH = 'application/apply-patch+yaml';

/** The patches that objects of `kind` take. */
export function patchTypes(kind: Kind): readonly string[] {
  const all = [JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH, APPLY_PATCH];
  return kind.isCustom ? all.filter(type => type !== STRATEGIC_MERGE_PATCH) : all;
}

/** Whether the patch is a configuration to be applied on the server side. */
export function isApplyPatch(request: ApiRequest): boolean {
  return mediaTypeOf(request) === APPLY_PATCH;
}

type Patched = { readonly value: Json; readonly shown: string };

function applyPatch(kind: Kind, target: JsonObject, patch: Json, mediaType: string): Patched | Refusal {
  if (mediaType === JSON_PATCH) {
    const operations = readJsonPatch(patch);
    if ('problem' in operations) return patchRefused();
    const patched = applyJsonPatch(target, operations);
    if ('problem' in patched) return patchRefused();
    return { value: patched.value, shown: JSON.stringify(patched.value) };
  }
  if (!isJsonObject(patch)) return patchRefused();
  if (mediaType === MERGE_PATCH) {
    const value = applyMergePatch(target, patch);
    return { value, shown: JSON.stringify(value) };
  }
  return { value: applyStrategicMergePatch(kind.shape, target, patch), shown: goText(patch) };
}

/**
 * The object as the request's patch makes it, as the version that the request names, and how it is to be written;
 * nothing is stored.
 */
export function patchObject(
  kind: Kind,
  version: string,
  object: KubeObject,
  request: ApiRequest,
  context: WriteContext,
): [JsonObject, WriteContext] | Refusal {
  const mediaType = mediaTypeOf(request);
  if (!patchTypes(kind).includes(mediaType)) return unsupportedMediaType(patchTypes(kind));
  const patch = readPatch(request, mediaType === JSON_PATCH);
  if (typeof patch === 'object' && patch !== null && isRefusal(patch)) return patch;
  // What is stored is JSON; its type only says more about it.
  const target = presented(kind, version, object) as unknown as JsonObject;
  const patched = applyPatch(kind, target, patch, mediaType);
  if (isRefusal(patched)) return patched;
  if (!isJsonObject(patched.value)) return patchRefused();
  const { validation } = context;
  const refuse = refusePatch(patched.shown);
  return [patched.value, validation ? { ...context, validation: { ...validation, refuse } } : context];
}
