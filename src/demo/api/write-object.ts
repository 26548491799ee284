import { randomUUID } from 'node:crypto';
import { isJsonObject, isSameJson, type JsonObject } from '../json.ts';
import { NAMESPACES } from '../kinds/core.ts';
import type { Kind, KubeObject, ManagedFieldsEntry, Metadata } from '../kinds/kind.ts';
import { groupVersion } from '../kinds/kind.ts';
import { type Random, randomSuffix } from '../random.ts';
import type { Storage } from '../storage.ts';
import { timestamp } from '../timers.ts';
import { acceptObject, checkAddress } from './accept-object.ts';
import { trackWrite, type Writer } from './managed-fields.ts';
import type { ResourcePath } from './resource-path.ts';
import { alreadyExists, badRequest, conflict, isRefusal, notFound, type Refusal } from './status-error.ts';

/** What writing needs besides the object. */
export type WriteContext = {
  readonly storage: Storage;
  readonly random: Random;
  readonly nowMs: number;
  /** The field manager: who is recorded to have written. */
  readonly manager: string;
  /** Everything is checked and nothing is stored. */
  readonly isDryRun: boolean;
};

function writerOf(path: ResourcePath, context: WriteContext): Writer {
  const { kind, version, subresource } = path;
  return {
    manager: context.manager,
    apiVersion: groupVersion(kind.group, version),
    time: timestamp(context.nowMs),
    isCustom: kind.isCustom,
    ...(subresource === 'status' || subresource === 'scale' ? { subresource } : {}),
  };
}

/** An object is JSON through and through; its type only says more about it. */
function asJson(object: KubeObject): JsonObject {
  return object as unknown as JsonObject;
}

function named(body: JsonObject, random: Random): JsonObject {
  const metadata = isJsonObject(body.metadata) ? body.metadata : {};
  const { name, generateName } = metadata;
  if (typeof name === 'string' || typeof generateName !== 'string') return body;
  return { ...body, metadata: { ...metadata, name: `${generateName}${randomSuffix(random)}` } };
}

function withNamespace(object: KubeObject, namespace: string | undefined): KubeObject {
  if (namespace === undefined) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** Without the status, which only the subresource writes. */
function withoutStatus(kind: Kind, body: JsonObject): JsonObject {
  if (!kind.subresources.includes('status')) return body;
  const { status: _, ...rest } = body;
  return rest;
}

/** Metadata that the server gives to a new object. */
export function newMetadata(kind: Kind, metadata: Metadata, nowMs: number): Metadata {
  const { resourceVersion: _, ...given } = metadata;
  return {
    ...given,
    uid: randomUUID(),
    creationTimestamp: timestamp(nowMs),
    ...(kind.hasGeneration ? { generation: 1 } : {}),
  };
}

/** Stores a new object, or says why not. */
export function createObject(
  path: ResourcePath,
  body: JsonObject,
  context: WriteContext,
): KubeObject | Refusal {
  const { kind, version, namespace } = path;
  const { storage } = context;
  const misplaced = checkAddress(kind, version, namespace, body);
  if (misplaced) return misplaced;
  const accepted = acceptObject(
    kind,
    version,
    named(withoutStatus(kind, body), context.random),
    undefined,
    storage,
  );
  if (isRefusal(accepted)) return accepted;
  const { name } = accepted.metadata;
  if (namespace !== undefined && !storage.get(NAMESPACES, undefined, namespace))
    return notFound(NAMESPACES, namespace);
  if (storage.get(kind, namespace, name)) return alreadyExists(kind, name);
  const object = withNamespace(accepted, namespace);
  const managedFields = trackWrite(undefined, body, [], writerOf(path, context));
  const metadata = { ...newMetadata(kind, object.metadata, context.nowMs), managedFields };
  const created = { ...object, metadata };
  return context.isDryRun ? created : storage.put(kind, created);
}

function contentOf(object: KubeObject): JsonObject {
  const { metadata: _metadata, status: _status, apiVersion: _apiVersion, ...content } = asJson(object);
  return content;
}

/** Metadata after an update: what the client may change from `next`, what it may not from `previous`. */
function updatedMetadata(
  kind: Kind,
  previous: KubeObject,
  next: KubeObject,
  managedFields: readonly ManagedFieldsEntry[],
): Metadata {
  const {
    uid,
    creationTimestamp,
    resourceVersion,
    namespace,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    generation,
  } = previous.metadata;
  const kept = {
    uid,
    creationTimestamp,
    resourceVersion,
    namespace,
    deletionTimestamp,
    deletionGracePeriodSeconds,
  };
  const present = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
  const hasNewSpec = !isSameJson(contentOf(previous), contentOf(next));
  const counted = kind.hasGeneration ? { generation: (generation ?? 1) + (hasNewSpec ? 1 : 0) } : {};
  return { ...next.metadata, ...present, ...counted, managedFields };
}

/** What `body` means when it is written through `subresource`: only the status, or everything but the status. */
function intended(
  kind: Kind,
  subresource: string | undefined,
  previous: KubeObject,
  body: JsonObject,
): JsonObject {
  if (!kind.subresources.includes('status')) return body;
  const { status, ...rest } = body;
  if (subresource === 'status') {
    const { status: _, ...unchanged } = asJson(previous);
    return status === undefined ? unchanged : { ...unchanged, status };
  }
  return previous.status === undefined ? rest : { ...rest, status: asJson(previous).status ?? null };
}

function checkPreconditions(kind: Kind, previous: KubeObject, metadata: JsonObject): Refusal | undefined {
  const { name, uid, resourceVersion } = previous.metadata;
  if (metadata.name !== undefined && metadata.name !== name) {
    return badRequest(
      `the name of the object (${String(metadata.name)}) does not match the name on the URL (${name})`,
    );
  }
  if (metadata.uid !== undefined && metadata.uid !== '' && metadata.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${String(metadata.uid)}, UID in object meta: ${uid}`;
    return conflict(kind, name, why);
  }
  const expected = metadata.resourceVersion ?? '';
  if (expected !== '' && expected !== resourceVersion) return conflict(kind, name);
  return undefined;
}

/**
 * Replaces an object by what `body` makes of it, or says why not. A `resourceVersion` in the body must be that of
 * `previous`. A body that changes nothing stores nothing, so nobody who watches is woken.
 */
export function updateObject(
  path: ResourcePath,
  previous: KubeObject,
  body: JsonObject,
  context: WriteContext,
): KubeObject | Refusal {
  const { kind, version, namespace } = path;
  const refused =
    checkAddress(kind, version, namespace, body) ??
    checkPreconditions(kind, previous, isJsonObject(body.metadata) ? body.metadata : {});
  if (refused) return refused;
  const meant = intended(kind, path.subresource, previous, body);
  const accepted = acceptObject(kind, version, meant, previous, context.storage);
  if (isRefusal(accepted)) return accepted;
  const entries = previous.metadata.managedFields ?? [];
  const managedFields = trackWrite(asJson(previous), asJson(accepted), entries, writerOf(path, context));
  const next = { ...accepted, metadata: updatedMetadata(kind, previous, accepted, managedFields) };
  const unchanged = isSameJson(
    { ...previous, metadata: { ...previous.metadata, managedFields: [] } },
    { ...next, metadata: { ...next.metadata, managedFields: [] } },
  );
  if (unchanged) return previous;
  return context.isDryRun ? next : storeUpdated(kind, next, context.storage);
}

/** An object that was only waiting for its finalizers is gone with the last of them. */
function storeUpdated(kind: Kind, next: KubeObject, storage: Storage): KubeObject {
  const {
    deletionTimestamp,
    deletionGracePeriodSeconds = 0,
    finalizers = [],
    namespace,
    name,
  } = next.metadata;
  const stored = storage.put(kind, next);
  if (deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && finalizers.length === 0) {
    storage.remove(kind, namespace, name);
  }
  return stored;
}
