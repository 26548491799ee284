import { isJsonArray, isJsonObject, isSameJson, type Json, type JsonObject } from '../json.ts';

type Pointer = readonly string[];

/** One operation of RFC 6902. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: Pointer; readonly value: Json }
  | { readonly op: 'remove'; readonly path: Pointer }
  | { readonly op: 'move' | 'copy'; readonly path: Pointer; readonly from: Pointer };

/** Why a patch is malformed, or cannot be applied to this document. */
export type PatchProblem = { readonly problem: string };
export type Patched = { readonly value: Json };

function readPointer(text: unknown): Pointer | undefined {
  if (text === '') return [];
  if (typeof text !== 'string' || !text.startsWith('/') || /~(?![01])/.test(text)) return undefined;
  return text
    .slice(1)
    .split('/')
    .map(token => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function readOperation(operation: Json): PatchOperation | undefined {
  if (!isJsonObject(operation)) return undefined;
  const { op, value } = operation;
  const path = readPointer(operation.path);
  const from = readPointer(operation.from);
  if (!path) return undefined;
  switch (op) {
    case 'add':
    case 'replace':
    case 'test':
      return value === undefined ? undefined : { op, path, value };
    case 'remove':
      return { op, path };
    case 'move':
    case 'copy':
      return from && { op, path, from };
    default:
      return undefined;
  }
}

/** The operations of a patch as it was sent. Members that the RFC does not define are ignored. */
export function readJsonPatch(body: Json): readonly PatchOperation[] | PatchProblem {
  if (!isJsonArray(body)) return { problem: 'a JSON patch is a list of operations' };
  const operations: PatchOperation[] = [];
  for (const [index, item] of body.entries()) {
    const operation = readOperation(item);
    if (!operation)
      return { problem: `operation ${index} of the JSON patch is malformed: ${JSON.stringify(item)}` };
    operations.push(operation);
  }
  return operations;
}

/** The index that `token` names in a list, where `length` itself is allowed only when something is to be added. */
function indexIn(list: readonly Json[], token: string, lastAllowed: number): number | undefined {
  if (!/^(0|[1-9]\d*)$/.test(token)) return undefined;
  const index = Number(token);
  return index <= lastAllowed && index <= list.length ? index : undefined;
}

function valueAt(document: Json, path: Pointer): Json | undefined {
  let value: Json | undefined = document;
  for (const token of path) {
    if (isJsonArray(value)) {
      const index = indexIn(value, token, value.length - 1);
      value = index === undefined ? undefined : value[index];
    } else if (isJsonObject(value)) value = Object.hasOwn(value, token) ? value[token] : undefined;
    else return undefined;
  }
  return value;
}

/** Changes the container at the end of a path: gets it and the last token, gives the new one or `undefined` if it cannot. */
type Edit = (container: readonly Json[] | JsonObject, token: string) => Json | undefined;

/** A copy of `document` with the container that holds `path` edited; what lies off the path is shared. */
function editAt(document: Json, path: Pointer, edit: Edit): Json | undefined {
  const [token, ...rest] = path;
  if (token === undefined || typeof document !== 'object' || document === null) return undefined;
  if (rest.length === 0) return edit(document, token);
  const child = valueAt(document, [token]);
  const edited = child === undefined ? undefined : editAt(child, rest, edit);
  if (edited === undefined) return undefined;
  return isJsonArray(document) ? document.with(Number(token), edited) : { ...document, [token]: edited };
}

function add(document: Json, path: Pointer, value: Json): Json | undefined {
  if (path.length === 0) return value;
  return editAt(document, path, (container, token) => {
    if (!isJsonArray(container)) return { ...container, [token]: value };
    const index = token === '-' ? container.length : indexIn(container, token, container.length);
    return index === undefined ? undefined : container.toSpliced(index, 0, value);
  });
}

function remove(document: Json, path: Pointer): Json | undefined {
  if (path.length === 0) return null;
  return editAt(document, path, (container, token) => {
    if (isJsonArray(container)) {
      const index = indexIn(container, token, container.length - 1);
      return index === undefined ? undefined : container.toSpliced(index, 1);
    }
    if (!Object.hasOwn(container, token)) return undefined;
    const { [token]: _, ...others } = container;
    return others;
  });
}

/** A member that is not there is made, as the API server does against the RFC; an element of a list must be there. */
function replace(document: Json, path: Pointer, value: Json): Json | undefined {
  if (path.length === 0) return value;
  return editAt(document, path, (container, token) => {
    if (isJsonArray(container)) {
      const index = indexIn(container, token, container.length - 1);
      return index === undefined ? undefined : container.with(index, value);
    }
    return { ...container, [token]: value };
  });
}

/** Whether `path` leads into the value at `ancestor`. A value cannot move into itself. */
function isInside(path: Pointer, ancestor: Pointer): boolean {
  return path.length > ancestor.length && ancestor.every((token, index) => path[index] === token);
}

function move(document: Json, from: Pointer, path: Pointer): Json | undefined {
  const value = valueAt(document, from);
  if (value === undefined || isInside(path, from)) return undefined;
  const without = remove(document, from);
  return without === undefined ? undefined : add(without, path, value);
}

function applyOperation(document: Json, operation: PatchOperation): Json | undefined {
  switch (operation.op) {
    case 'add':
      return add(document, operation.path, operation.value);
    case 'remove':
      return remove(document, operation.path);
    case 'replace':
      return replace(document, operation.path, operation.value);
    case 'move':
      return move(document, operation.from, operation.path);
    case 'copy': {
      const value = valueAt(document, operation.from);
      return value === undefined ? undefined : add(document, operation.path, value);
    }
    case 'test': {
      const value = valueAt(document, operation.path);
      return value !== undefined && isSameJson(value, operation.value) ? document : undefined;
    }
  }
}

/**
 * `document` with all of `operations` applied in order, or with none of them: the first that fails, a `test` that
 * does not hold among them, is the problem. `document` itself stays as it is.
 */
export function applyJsonPatch(
  document: Json,
  operations: readonly PatchOperation[],
): Patched | PatchProblem {
  let value = document;
  for (const operation of operations) {
    const next = applyOperation(value, operation);
    if (next === undefined)
      return { problem: `${operation.op} operation does not apply at /${operation.path.join('/')}` };
    value = next;
  }
  return { value };
}
