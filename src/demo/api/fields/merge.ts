import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { Shape } from '../../kinds/schema.ts';
import type { FieldSet, PathStep } from './field-set.ts';
import { formOf, isEmptyValue, itemStep, memberShape, partsOf } from './typed-value.ts';

type ListShape = Extract<Shape, { type: 'list' }>;

/** The live object's members with those of the configuration on top. */
function mergeMembers(shape: Shape, live: JsonObject, applied: JsonObject): Json {
  const merged = new Map(Object.entries(live));
  for (const [name, value] of Object.entries(applied)) {
    merged.set(name, mergeValues(memberShape(shape, name) ?? { type: 'anything' }, merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

/**
 * The items of both lists: those of the configuration in its own order, and those that only the live list has where
 * they stood between the others.
 */
function mergeItems(shape: ListShape, live: readonly Json[], applied: readonly Json[]): Json {
  const ofLive = partsOf(shape, live);
  const ofApplied = partsOf(shape, applied);
  const liveSteps = live.map(item => itemStep(shape, item));
  const appliedSteps = applied.map(item => itemStep(shape, item));
  const shared = appliedSteps.filter(step => ofLive.has(step));
  const merged: Json[] = [];
  const done = new Set<PathStep>();
  const take = (step: PathStep) => {
    done.add(step);
    if (shared[0] === step) shared.shift();
    const value = ofApplied.get(step)?.value;
    if (value !== undefined) merged.push(mergeValues(shape.item, ofLive.get(step)?.value, value));
  };
  let next = 0;
  for (const [index, step] of liveSteps.entries()) {
    if (!ofApplied.has(step)) {
      // What stands in the configuration before the next shared item comes after what stood before it alive.
      merged.push(live[index] ?? null);
      continue;
    }
    if (done.has(step) || shared[0] !== step) continue;
    while (appliedSteps[next] !== step && next < appliedSteps.length) take(appliedSteps[next++] ?? step);
    take(step);
    next++;
  }
  while (next < appliedSteps.length) take(appliedSteps[next++] ?? '');
  return merged;
}

/** `live` with everything that `applied` says, by the rules of the shape for maps and lists. */
export function mergeValues(shape: Shape, live: Json | undefined, applied: Json): Json {
  const form = formOf(shape, applied);
  if (live === undefined || form === 'leaf' || (isEmptyValue(live) && isEmptyValue(applied))) return applied;
  if (form === 'members' && isJsonObject(applied))
    return isJsonObject(live) ? mergeMembers(shape, live, applied) : applied;
  if (shape.type === 'list' && isJsonArray(applied))
    return isJsonArray(live) ? mergeItems(shape, live, applied) : applied;
  // An applied `null` for a map or a list takes nothing of it away.
  return applied === null ? live : applied;
}

/** `value` without the fields of `unwanted`, and without maps and lists that are empty for it. */
export function removeFields(shape: Shape, value: Json, unwanted: FieldSet): Json {
  const form = formOf(shape, value);
  if (form === 'members' && isJsonObject(value)) {
    const kept = Object.entries(value).flatMap(([name, member]): [string, Json][] => {
      const node = unwanted.get(`f:${name}`);
      if (node?.isMember) return [];
      const inner = memberShape(shape, name);
      return [[name, node && inner ? removeFields(inner, member, node.children) : member]];
    });
    return Object.fromEntries(kept);
  }
  if (form === 'items' && shape.type === 'list' && isJsonArray(value)) {
    return value.flatMap(item => {
      const node = unwanted.get(itemStep(shape, item));
      if (node?.isMember) return [];
      return [node ? removeFields(shape.item, item, node.children) : item];
    });
  }
  return value;
}
