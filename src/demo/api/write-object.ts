import { randomUUID } from 'node:crypto';
import { isJsonObject, isSameJson, type JsonObject } from '../json.ts';
import { NAMESPACES } from '../kinds/core.ts';
import type { Kind, KubeObject, ManagedFieldsEntry, Metadata } from '../kinds/kind.ts';
import { groupVersion } from '../kinds/kind.ts';
import { type Random, randomSuffix } from '../random.ts';
import type { Storage } from '../storage.ts';
import { timestamp } from '../timers.ts';
import { acceptObject, checkAddress, type FieldValidation } from './accept-object.ts';
import { emptyObject } from './decode-object.ts';
import { managersAfterUpdate, type Writer } from './fields/managers.ts';
import type { ResourcePath } from './resource-path.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  invalid,
  isRefusal,
  notFound,
  type Refusal,
} from './status-error.ts';

/** What writing needs besides the object. */
export type WriteContext = {
  readonly storage: Storage;
  readonly random: Random;
  readonly nowMs: number;
  /** The field manager: who is recorded to have written. */
  readonly manager: string;
  /** Everything is checked and nothing is stored. */
  readonly isDryRun: boolean;
  /** What happens to unknown fields besides that they are dropped; absent: nothing. */
  readonly validation?: FieldValidation;
  /** What admission has against an object that is otherwise good; absent: nothing. */
  readonly admit?: Admission;
};

export type Admission = (kind: Kind, object: KubeObject) => Refusal | undefined;

export function writerOf(path: ResourcePath, context: WriteContext, operation: Writer['operation']): Writer {
  const { kind, version, subresource = '' } = path;
  return {
    manager: context.manager,
    operation,
    apiVersion: groupVersion(kind.group, version),
    time: timestamp(context.nowMs),
    subresource,
  };
}

/** An object is JSON through and through; its type only says more about it. */
export function asJson(object: KubeObject): JsonObject {
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

function withManagers(metadata: Metadata, managedFields: readonly ManagedFieldsEntry[]): Metadata {
  const { managedFields: _, ...rest } = metadata;
  return managedFields.length === 0 ? rest : { ...rest, managedFields };
}

/**
 * Stores a new object, or says why not. Its fields belong to whoever `managedFields` names, else to the writer that the
 * context names.
 */
export function createObject(
  path: ResourcePath,
  body: JsonObject,
  context: WriteContext,
  managedFields?: readonly ManagedFieldsEntry[],
): KubeObject | Refusal {
  const { kind, version, namespace } = path;
  const { storage } = context;
  const misplaced = checkAddress(kind, version, namespace, body);
  if (misplaced) return misplaced;
  const meant = named(withoutStatus(kind, body), context.random);
  const accepted = acceptObject(kind, version, meant, undefined, context.validation);
  if (isRefusal(accepted)) return accepted;
  const { name } = accepted.metadata;
  if (namespace !== undefined && !storage.get(NAMESPACES, undefined, namespace))
    return notFound(NAMESPACES, namespace);
  if (storage.get(kind, namespace, name)) return alreadyExists(kind, name);
  const managers =
    managedFields ??
    managersAfterUpdate(
      kind.shape,
      emptyObject(kind.shape),
      asJson(accepted),
      [],
      writerOf(path, context, 'Update'),
    );
  const whole = withNamespace(kind.allocate?.(accepted, storage, undefined) ?? accepted, namespace);
  const metadata = withManagers(newMetadata(kind, whole.metadata, context.nowMs), managers);
  const created = { ...whole, metadata };
  const denied = context.admit?.(kind, created);
  if (denied) return denied;
  return context.isDryRun ? created : storage.put(kind, created);
}

function contentOf(object: KubeObject): JsonObject {
  const { metadata: _metadata, status: _status, apiVersion: _apiVersion, ...content } = asJson(object);
  return content;
}

/** Metadata after an update: what the client may change from `next`, what it may not from `previous`. */
function updatedMetadata(kind: Kind, previous: KubeObject, next: KubeObject): Metadata {
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
  return { ...next.metadata, ...present, ...counted };
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
    const message = `Invalid value: "${String(metadata.uid)}": field is immutable`;
    return invalid(kind, name, [{ reason: 'FieldValueInvalid', field: 'metadata.uid', message }]);
  }
  const expected = metadata.resourceVersion ?? '';
  if (expected !== '' && expected !== resourceVersion) return conflict(kind, name);
  return undefined;
}

function isEntry(entry: ManagedFieldsEntry): boolean {
  const { operation, fieldsType, fieldsV1 } = entry;
  return (
    (operation === 'Apply' || operation === 'Update') && fieldsType === 'FieldsV1' && isJsonObject(fieldsV1)
  );
}

/**
 * The entries to go on from: those that the client sends, so that it can edit them, else those that are there. A single
 * empty one means that nobody is to own anything.
 */
function entriesToKeep(
  path: ResourcePath,
  previous: KubeObject,
  next: KubeObject,
): readonly ManagedFieldsEntry[] {
  const live = previous.metadata.managedFields ?? [];
  const sent = next.metadata.managedFields ?? [];
  if (path.subresource !== undefined || sent.length === 0) return live;
  if (sent.length === 1 && Object.keys(sent[0] ?? {}).length === 0) return [];
  return sent.every(isEntry) ? sent : live;
}

function withoutTimes(metadata: Metadata): Metadata {
  const entries = metadata.managedFields ?? [];
  return { ...metadata, managedFields: entries.map(({ time: _, ...entry }) => entry) };
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
  managedFields?: readonly ManagedFieldsEntry[],
): KubeObject | Refusal {
  const { kind, version, namespace } = path;
  const refused =
    checkAddress(kind, version, namespace, body) ??
    checkPreconditions(kind, previous, isJsonObject(body.metadata) ? body.metadata : {});
  if (refused) return refused;
  const meant = intended(kind, path.subresource, previous, body);
  const accepted = acceptObject(kind, version, meant, previous, context.validation);
  if (isRefusal(accepted)) return accepted;
  const managers =
    managedFields ??
    managersAfterUpdate(
      kind.shape,
      asJson(previous),
      asJson(accepted),
      entriesToKeep(path, previous, accepted),
      writerOf(path, context, 'Update'),
    );
  const whole = kind.allocate?.(accepted, context.storage, previous) ?? accepted;
  const next = { ...whole, metadata: withManagers(updatedMetadata(kind, previous, whole), managers) };
  const unchanged = isSameJson(
    { ...previous, metadata: withoutTimes(previous.metadata) },
    { ...next, metadata: withoutTimes(next.metadata) },
  );
  if (unchanged) return previous;
  const denied = context.admit?.(kind, next);
  if (denied) return denied;
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
