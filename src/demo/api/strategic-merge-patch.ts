import { isJsonArray, isJsonObject, isSameJson, type Json, type JsonObject, ownMember } from '../json.ts';
import type { Shape } from '../kinds/schema.ts';
import { memberShape } from './fields/typed-value.ts';

type ListShape = Extract<Shape, { type: 'list' }>;

const ANYTHING: Shape = { type: 'anything' };

/** Directives stand beside the members that they are about. */
const DIRECTIVE = /^\$(patch$|retainKeys$|setElementOrder\/|deleteFromPrimitiveList\/)/;

function directiveOf(value: Json): Json | undefined {
  return isJsonObject(value) ? ownMember(value, '$patch') : undefined;
}

/** The member by which the items of a list are matched with those of a patch: the first of those that tell them apart. */
function mergeKey({ identity }: ListShape): string | undefined {
  return typeof identity === 'string' ? undefined : identity[0];
}

type Identify = (item: Json) => Json;

function mergeItems(shape: ListShape, key: string, target: readonly Json[], patch: readonly Json[]) {
  let items = [...target];
  for (const change of patch) {
    if (!isJsonObject(change)) continue;
    const isSame = (item: Json) =>
      isJsonObject(item) && isSameJson(ownMember(item, key), ownMember(change, key));
    const index = items.findIndex(isSame);
    if (directiveOf(change) === 'delete') items = items.filter(item => !isSame(item));
    else if (index === -1) items.push(applyStrategicMergePatch(shape.item, {}, change));
    else items = items.with(index, applyStrategicMergePatch(shape.item, items[index] ?? {}, change));
  }
  return items;
}

function placeIn(list: readonly Json[], item: Json, identify: Identify): number {
  return list.findIndex(other => isSameJson(identify(other), identify(item)));
}

/**
 * The items in the order that the patch names. Those that it does not name keep their own order, and come before the
 * first that stood behind them on the server, else behind all.
 */
function inOrder(
  items: readonly Json[],
  order: readonly Json[],
  before: readonly Json[],
  identify: Identify,
): readonly Json[] {
  const isNamed = (item: Json) => placeIn(order, item, identify) !== -1;
  const byPlaceIn = (list: readonly Json[]) => (one: Json, other: Json) =>
    placeIn(list, one, identify) - placeIn(list, other, identify);
  const named = items.filter(isNamed).toSorted(byPlaceIn(order));
  const others = items.filter(item => !isNamed(item)).toSorted(byPlaceIn(before));
  const ordered: Json[] = [];
  for (const item of named) {
    const place = placeIn(before, item, identify);
    while (others[0] !== undefined && place !== -1 && placeIn(before, others[0], identify) < place)
      ordered.push(...others.splice(0, 1));
    ordered.push(item);
  }
  return [...ordered, ...others];
}

function mergeLists(shape: Shape, target: readonly Json[], patch: readonly Json[], order: Json | undefined) {
  const isReplace = (item: Json) => directiveOf(item) === 'replace';
  if (patch.some(isReplace)) return patch.filter(item => !isReplace(item));
  if (shape.type !== 'list' || shape.identity === 'none') return patch;
  const key = mergeKey(shape);
  const merged =
    key === undefined
      ? [...target, ...patch.filter(item => !target.includes(item))]
      : mergeItems(shape, key, target, patch);
  const identify = (item: Json) => (key !== undefined && isJsonObject(item) ? (item[key] ?? null) : item);
  return inOrder(merged, isJsonArray(order) ? order : patch, target, identify);
}

function withoutDeletedValues(members: Map<string, Json>, patch: JsonObject): void {
  for (const [name, values] of Object.entries(patch)) {
    const list = name.replace('$deleteFromPrimitiveList/', '');
    const current = members.get(list);
    if (list === name || !isJsonArray(current) || !isJsonArray(values)) continue;
    const kept = current.filter(item => !values.includes(item));
    members.set(list, kept);
  }
}

function mergeMember(shape: Shape, current: Json | undefined, value: Json, order: Json | undefined): Json {
  if (isJsonObject(value)) return applyStrategicMergePatch(shape, current ?? {}, value);
  if (isJsonArray(value)) return [...mergeLists(shape, isJsonArray(current) ? current : [], value, order)];
  return value;
}

/**
 * Kubernetes' strategic merge: as a merge patch, but lists whose items are told apart by a member are merged item by
 * item, and the directives `$patch`, `$retainKeys`, `$setElementOrder` and `$deleteFromPrimitiveList` are followed.
 */
export function applyStrategicMergePatch(shape: Shape, target: Json, patch: JsonObject): Json {
  const isReplace = directiveOf(patch) === 'replace';
  const members = new Map(Object.entries(isJsonObject(target) && !isReplace ? target : {}));
  withoutDeletedValues(members, patch);
  for (const [name, value] of Object.entries(patch)) {
    if (DIRECTIVE.test(name)) continue;
    if (value === null || directiveOf(value) === 'delete') members.delete(name);
    else {
      const inner = memberShape(shape, name) ?? ANYTHING;
      const order = ownMember(patch, `$setElementOrder/${name}`);
      members.set(name, mergeMember(inner, members.get(name), value, order));
    }
  }
  for (const [directive, order] of Object.entries(patch)) {
    const name = directive.replace('$setElementOrder/', '');
    const current = members.get(name);
    if (name === directive || Object.hasOwn(patch, name) || !isJsonArray(current)) continue;
    members.set(name, mergeMember(memberShape(shape, name) ?? ANYTHING, current, [], order));
  }
  const retained = ownMember(patch, '$retainKeys');
  const isKept = (name: string) => !isJsonArray(retained) || retained.includes(name);
  return Object.fromEntries([...members].filter(([name]) => isKept(name)));
}
