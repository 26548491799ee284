import { isJsonObject, type JsonObject } from '../json.ts';
import type { KubeObject } from '../kinds/kind.ts';
import { answer, json, jsonText, refused } from './answer.ts';
import type { ApiParts } from './api-parts.ts';
import { applyObject } from './apply-object.ts';
import { deleteObject } from './delete-object.ts';
import { readDeleteOptions } from './delete-options.ts';
import { listObjects, readSelection } from './list.ts';
import { isApplyPatch, patchObject } from './patch-object.ts';
import { readPodLog } from './pod-log.ts';
import { readConfiguration, readObject } from './read-body.ts';
import { type Representation, representOne } from './representation.ts';
import type { ApiRequest, ApiResponse } from './request.ts';
import type { ResourcePath } from './resource-path.ts';
import { checkScale, readScalable, scaledTo, scaleOf } from './scale.ts';
import {
  badRequest,
  conflict,
  invalid,
  isRefusal,
  methodNotAllowed,
  notFound,
  type Refusal,
} from './status-error.ts';
import { watchObjects } from './watch.ts';
import { createObject, updateObject, type WriteContext } from './write-object.ts';
import { readWriteContext } from './write-options.ts';

/** One request for objects of one kind, that may be answered. */
export type ObjectRequest = {
  readonly parts: ApiParts;
  readonly path: ResourcePath;
  readonly request: ApiRequest;
  readonly representation: Representation;
};

function shown(asked: ObjectRequest, object: KubeObject | Refusal, code = 200): ApiResponse {
  if (isRefusal(object)) return refused(object);
  const { parts, path, representation } = asked;
  return jsonText(representOne(path.kind, path.version, object, representation, parts.timers.now()), code);
}

/** Writes with the context that the request asks for, and passes on what there is to warn of. */
function writing(
  asked: ObjectRequest,
  write: (context: WriteContext) => ApiResponse,
  isApply = false,
): ApiResponse {
  const warnings: string[] = [];
  const context = readWriteContext(asked.parts, asked.request, isApply, warning => warnings.push(warning));
  if (isRefusal(context)) return refused(context);
  const written = write(context);
  return written.type === 'content' ? { ...written, warnings } : written;
}

function create(asked: ObjectRequest): ApiResponse {
  const { path, request } = asked;
  const body = readObject(request, path.kind.kind);
  if (isRefusal(body)) return refused(body);
  if (path.kind.isNamespaced && path.namespace === undefined) return answer(methodNotAllowed());
  return writing(asked, context => shown(asked, createObject(path, body, context), 201));
}

/** Writes what `change` makes of the object that is there. */
function update(
  asked: ObjectRequest,
  change: (object: KubeObject, context: WriteContext) => [JsonObject, WriteContext] | Refusal,
): ApiResponse {
  const { parts, path } = asked;
  const { kind, namespace, name = '' } = path;
  const previous = parts.storage.get(kind, namespace, name);
  if (!previous) return answer(notFound(kind, name));
  return writing(asked, context => {
    const changed = change(previous, context);
    if (isRefusal(changed)) return refused(changed);
    const [body, how] = changed;
    return shown(asked, updateObject(path, previous, body, how));
  });
}

/** What a whole new object must say about the one that it replaces. */
function checkReplacement(path: ResourcePath, previous: KubeObject, body: JsonObject): Refusal | undefined {
  const { kind } = path;
  const { name, namespace = '', uid } = previous.metadata;
  const metadata = isJsonObject(body.metadata) ? body.metadata : {};
  if (kind.isCustom && !metadata.resourceVersion) {
    const message = 'Invalid value: 0: must be specified for an update';
    return invalid({ ...kind, kind: kind.resource }, name, [
      { reason: 'FieldValueInvalid', field: 'metadata.resourceVersion', message },
    ]);
  }
  if (!metadata.uid || metadata.uid === uid) return undefined;
  const group = kind.group === '' ? '' : `${kind.group}/`;
  const key = `/registry/${group}${kind.resource}/${namespace === '' ? '' : `${namespace}/`}${name}`;
  const why = `Precondition failed: UID in precondition: ${String(metadata.uid)}, UID in object meta: ${uid}`;
  return conflict(
    kind,
    name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
  );
}

function replace(asked: ObjectRequest): ApiResponse {
  return update(asked, (previous, context) => {
    const body = readObject(asked.request, asked.path.kind.kind);
    if (isRefusal(body)) return body;
    return checkReplacement(asked.path, previous, body) ?? [body, context];
  });
}

function patch(asked: ObjectRequest): ApiResponse {
  const { path, request, parts } = asked;
  const { kind, version, namespace, name = '' } = path;
  if (!isApplyPatch(request))
    return update(asked, (previous, context) => patchObject(kind, version, previous, request, context));
  return writing(
    asked,
    context => {
      const configuration = readConfiguration(request);
      if (isRefusal(configuration)) return refused(configuration);
      const isNew = parts.storage.get(kind, namespace, name) === undefined;
      const isForced = request.query.get('force') === 'true';
      return shown(asked, applyObject(path, configuration, context, isForced), isNew ? 201 : 200);
    },
    true,
  );
}

function readScale(asked: ObjectRequest): ApiResponse {
  const object = readScalable(asked.parts.storage, asked.path);
  return object ? json(scaleOf(object)) : answer(notFound(asked.path.kind, asked.path.name ?? ''));
}

function writeScale(asked: ObjectRequest, verb: string): ApiResponse {
  const { parts, path, request } = asked;
  const object = readScalable(parts.storage, path);
  if (!object) return readScale(asked);
  return writing(asked, context => {
    const wanted =
      verb === 'patch'
        ? patchObject(path.kind, path.version, scaleOf(object), request, context)
        : readObject(request, 'Scale');
    if (isRefusal(wanted)) return refused(wanted);
    const scale = Array.isArray(wanted) ? wanted[0] : wanted;
    const mistaken = checkScale(object, scale);
    if (mistaken) return refused(mistaken);
    const updated = updateObject(path, object, scaledTo(object, scale), context);
    return isRefusal(updated) ? refused(updated) : json(scaleOf(readScalable(parts.storage, path) ?? object));
  });
}

function deleteOne(asked: ObjectRequest): ApiResponse {
  const { parts, path, request } = asked;
  const { kind, namespace, name = '' } = path;
  const options = readDeleteOptions(request);
  if (isRefusal(options)) return refused(options);
  const object = parts.storage.get(kind, namespace, name);
  if (!object) return answer(notFound(kind, name));
  const outcome = deleteObject(parts.storage, kind, object, options, parts.timers.now());
  if (outcome !== 'deleted') return shown(asked, outcome);
  const group = kind.group === '' ? {} : { group: kind.group };
  const details = { name, ...group, kind: kind.resource, uid: object.metadata.uid };
  return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
}

function list(asked: ObjectRequest): ApiResponse {
  const { parts, path, request, representation } = asked;
  const listed = listObjects(parts.storage, path, request, representation, parts.timers.now());
  return typeof listed === 'string' ? jsonText(listed) : refused(listed);
}

function deleteCollection(asked: ObjectRequest): ApiResponse {
  const { parts, path, request } = asked;
  const selects = readSelection(path, request.query);
  if (typeof selects !== 'function') return refused(selects);
  const options = readDeleteOptions(request);
  if (isRefusal(options)) return refused(options);
  const before = list(asked);
  for (const object of parts.storage.list(path.kind, path.namespace).filter(selects)) {
    deleteObject(parts.storage, path.kind, object, options, parts.timers.now());
  }
  return before;
}

function read(asked: ObjectRequest): ApiResponse {
  const { kind, namespace, name = '' } = asked.path;
  return shown(asked, asked.parts.storage.get(kind, namespace, name) ?? notFound(kind, name));
}

function watch({ parts, path, request, representation }: ObjectRequest): ApiResponse {
  const watching = watchObjects(parts.storage, parts.timers, path, request.query, representation);
  return isRefusal(watching) ? refused(watching) : watching;
}

function readLog({ parts, path, request }: ObjectRequest): ApiResponse {
  const log = readPodLog(parts, path, request.query);
  return isRefusal(log) ? refused(log) : log;
}

/** Does to objects what the request's verb says. */
export function serveObjects(asked: ObjectRequest, verb: string): ApiResponse {
  const { subresource } = asked.path;
  if (subresource === 'log') return readLog(asked);
  if (subresource === 'portforward') return refused(badRequest('Upgrade request required'));
  if (subresource === 'scale') return verb === 'get' ? readScale(asked) : writeScale(asked, verb);
  switch (verb) {
    case 'get':
      return read(asked);
    case 'list':
      return list(asked);
    case 'watch':
      return watch(asked);
    case 'create':
      return create(asked);
    case 'update':
      return replace(asked);
    case 'patch':
      return patch(asked);
    case 'delete':
      return deleteOne(asked);
    case 'deletecollection':
      return deleteCollection(asked);
    default:
      return answer(methodNotAllowed());
  }
}
