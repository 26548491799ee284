import type { JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { groupVersion, type KubeObject, type ManagedFieldsEntry } from '../kinds/kind.ts';
import { emptyObject } from './decode-object.ts';
import { fieldsOf } from './fields/compare.ts';
import { difference, FieldSetBuilder, isEmptySet, pathText } from './fields/field-set.ts';
import { applyConfiguration, type FieldConflict, managersAfterUpdate } from './fields/managers.ts';
import { typingProblem } from './fields/typing.ts';
import { KUBECTL, lastAppliedIn, withUpdatedNote } from './last-applied.ts';
import { presented } from './presented-object.ts';
import type { ResourcePath } from './resource-path.ts';
import { applyConflict, badRequest, conflict, internalError, type Refusal } from './status-error.ts';
import { asJson, createObject, updateObject, type WriteContext, writerOf } from './write-object.ts';

/** `"argocd"`, or `"kubectl-edit" using apps/v1` of one who updates. */
function ownerText({ manager, operation, subresource, apiVersion }: ManagedFieldsEntry): string {
  const part = subresource ? ` with subresource "${subresource}"` : '';
  const name = `"${manager ?? ''}"${part}`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

function refuseConflicts(conflicts: readonly FieldConflict[]): Refusal {
  const found = conflicts.map(({ owner, path }) => ({ owner: ownerText(owner), field: pathText(path) }));
  const [only, ...others] = found;
  const causes = found.map(({ owner, field }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${owner}`,
    field,
  }));
  if (only && others.length === 0)
    return applyConflict(`Apply failed with 1 conflict: conflict with ${only.owner}: ${only.field}`, causes);
  const byOwner = Map.groupBy(found, ({ owner }) => owner);
  const said = [...byOwner.keys()].sort().map(owner => {
    const fields = (byOwner.get(owner) ?? []).map(({ field }) => `- ${field}`);
    return `conflicts with ${owner}:\n${fields.join('\n')}`;
  });
  return applyConflict(`Apply failed with ${found.length} conflicts: ${said.join('\n')}`, causes);
}

/** Why `configuration` cannot be applied at `path` at all. */
function checkConfiguration(path: ResourcePath, configuration: JsonObject): Refusal | undefined {
  const { kind, version } = path;
  const { apiVersion, kind: named } = configuration;
  const expected = groupVersion(kind.group, version);
  if (apiVersion !== expected || named !== kind.kind) {
    const [group, of] =
      typeof apiVersion === 'string' && apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    return badRequest(`invalid object type: ${group}/${String(of ?? '')}, Kind=${String(named ?? '')}`);
  }
  const metadata = isJsonObject(configuration.metadata) ? configuration.metadata : {};
  if (metadata.managedFields !== undefined && metadata.managedFields !== null)
    return badRequest('metadata.managedFields must be nil');
  const problem = typingProblem(kind.shape, configuration);
  if (problem === undefined) return undefined;
  const { name = '', namespace = '' } = metadata;
  const what = `${String(namespace)}/${String(name)}; ${expected}, Kind=${kind.kind}`;
  return internalError(`failed to create typed patch object (${what}): ${problem}`);
}

/** Whether every conflict is about a field that `kubectl apply` wrote before it applied on the server side. */
function isTakeover(
  path: ResourcePath,
  live: JsonObject,
  conflicts: readonly FieldConflict[],
  manager: string,
): boolean {
  const lastApplied = manager === KUBECTL ? lastAppliedIn(live) : undefined;
  if (!lastApplied) return false;
  const wanted = new FieldSetBuilder();
  for (const { path: field } of conflicts) wanted.insert(field);
  return isEmptySet(difference(wanted.set, fieldsOf(path.kind.shape, lastApplied)));
}

/** The owners of an object that nobody applied to before: whoever wrote it is not known. */
function ownersBefore(
  path: ResourcePath,
  previous: KubeObject,
  context: WriteContext,
): readonly ManagedFieldsEntry[] {
  const entries = previous.metadata.managedFields ?? [];
  if (entries.length > 0) return entries;
  const { shape } = path.kind;
  const unknown = { ...writerOf(path, context, 'Update'), manager: 'before-first-apply' };
  return managersAfterUpdate(shape, emptyObject(shape), asJson(previous), [], unknown);
}

/**
 * Server-side apply: makes the object at `path` what `configuration` says in the fields that it names, and records its
 * author as their owner. Creates the object if it is not there. Refused with 409 when it would change what others own,
 * unless `isForced`.
 */
export function applyObject(
  path: ResourcePath,
  configuration: JsonObject,
  context: WriteContext,
  isForced: boolean,
): KubeObject | Refusal {
  const refused = checkConfiguration(path, configuration);
  if (refused) return refused;
  const { kind, version, namespace, name = '' } = path;
  const previous = context.storage.get(kind, namespace, name);
  const metadata = isJsonObject(configuration.metadata) ? configuration.metadata : {};
  if (!previous && metadata.uid !== undefined) {
    const why = `uid mismatch: the provided object specified uid ${String(metadata.uid)}, and no existing object was found`;
    return conflict(kind, name, why);
  }
  if (!previous && metadata.name === undefined)
    return badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  if (metadata.name !== undefined && metadata.name !== name)
    return badRequest(
      `the name of the object (${String(metadata.name)}) does not match the name on the URL (${name})`,
    );

  const live = previous ? asJson(presented(kind, version, previous)) : emptyObject(kind.shape);
  const entries = previous ? ownersBefore(path, previous, context) : [];
  const writer = writerOf(path, context, 'Apply');
  const apply = (force: boolean) =>
    applyConfiguration(kind.shape, live, configuration, entries, writer, force);
  let applied = apply(isForced);
  if ('conflicts' in applied && isTakeover(path, live, applied.conflicts, context.manager))
    applied = apply(true);
  if ('conflicts' in applied) return refuseConflicts(applied.conflicts);
  const { managedFields } = applied;
  const object =
    context.manager === KUBECTL ? withUpdatedNote(applied.object, configuration) : applied.object;
  return previous
    ? updateObject(path, previous, object, context, managedFields)
    : createObject(path, object, context, managedFields);
}
