import type { Json } from './json.ts';
import type { RawWeights } from './split.ts';
import { type Route, rawWeights, routePath } from './virtual-service.ts';

/** One operation of a JSON Patch (RFC 6902). */
export type PatchOperation =
  | { readonly op: 'test' | 'add'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };

/**
 * The JSON Patch that gives a route's destinations the weights `wanted`, in their order.
 *
 * It begins with a `test` of the whole route as it was read, so that a route changed meanwhile is refused by the API server
 * rather than overwritten. Then only weights that differ: `add` replaces a present member and makes an absent one, and
 * `remove` restores an absent one. Empty when nothing differs; callers must not send that.
 */
export function weightOperations(route: Route, wanted: RawWeights): readonly PatchOperation[] {
  const path = routePath(route);
  const changes = rawWeights(route).flatMap((weight, index): readonly PatchOperation[] => {
    const next = wanted[index];
    if (next === weight) return [];
    const weightPath = `${path}/route/${index}/weight`;
    return [
      next === undefined ? { op: 'remove', path: weightPath } : { op: 'add', path: weightPath, value: next },
    ];
  });
  return changes.length === 0 ? [] : [{ op: 'test', path, value: route.json }, ...changes];
}
