import { covers, matchesOf } from './route-match.ts';
import type { Route } from './virtual-service.ts';

/** How much of a route is taken before a request gets to it. */
export type Shadow =
  | { readonly kind: 'none' }
  /** It can never get traffic. */
  | { readonly kind: 'whole'; readonly by: Route }
  /** Of its matches the one at `match`, counted from 0, is never used. */
  | { readonly kind: 'part'; readonly by: Route; readonly match: number };

/**
 * What earlier routes leave to `route`: the first that matches wins, among the routes of one protocol.
 *
 * @param earlier routes that are asked before it.
 */
export function shadowOver(route: Route, earlier: readonly Route[]): Shadow {
  // What a delegate's routes leave is not said by the route that leads to them.
  const before = earlier.filter(({ protocol, delegate }) => protocol === route.protocol && !delegate);
  const shadows = matchesOf(route).map(match =>
    before.find(candidate => matchesOf(candidate).some(outer => covers(outer, match))),
  );
  const at = shadows.findIndex(by => by !== undefined);
  const by = shadows[at];
  if (!by) return { kind: 'none' };
  return shadows.every(shadow => shadow !== undefined)
    ? { kind: 'whole', by }
    : { kind: 'part', by, match: at };
}
