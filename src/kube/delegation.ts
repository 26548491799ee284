import type { HttpMatch, Route, StringCondition, VirtualService } from './virtual-service.ts';

/** A route together with the VirtualService that decides for which hosts and at which gateways it counts. */
export type ReachedRoute = {
  readonly virtualService: VirtualService;
  readonly route: Route;
  /** The route of that VirtualService which leads here; absent where it is the route's own. */
  readonly root: Route | undefined;
};

/** Whether a VirtualService has no hosts of its own: others lead to it. */
export function isDelegate({ hosts }: VirtualService): boolean {
  return hosts.length === 0;
}

/** The routes of other VirtualServices that lead to a delegate. Istio knows one level: what leads has hosts itself. */
export function rootsOf(
  delegate: VirtualService,
  virtualServices: readonly VirtualService[],
): readonly { readonly virtualService: VirtualService; readonly route: Route }[] {
  if (!isDelegate(delegate)) return [];
  return virtualServices
    .filter(candidate => !isDelegate(candidate))
    .flatMap(virtualService =>
      virtualService.routes
        .filter(route => isNamed(route.delegate, delegate))
        .map(route => ({ virtualService, route })),
    );
}

/** The VirtualServices that routes of `virtualService` lead to, as far as they are among those known. */
export function delegatesOf(
  virtualService: VirtualService,
  virtualServices: readonly VirtualService[],
): readonly VirtualService[] {
  const named = virtualService.routes.map(({ delegate }) => delegate);
  return virtualServices.filter(
    candidate => isDelegate(candidate) && named.some(delegate => isNamed(delegate, candidate)),
  );
}

function isNamed(delegate: Route['delegate'], { namespace, name }: VirtualService): boolean {
  return delegate !== undefined && delegate.namespace === namespace && delegate.name === name;
}

/**
 * The route as requests come to it. One of a delegate has the hosts and gateways of the first VirtualService that leads to it,
 * and must meet the matches of both; where it has no rewrite, that of the root holds (Istio's mergeHTTPRoute). Undefined for a
 * delegate to which nothing known leads, or only routes whose matches exclude its own.
 */
export function asReached(
  virtualService: VirtualService,
  route: Route,
  virtualServices: readonly VirtualService[],
): ReachedRoute | undefined {
  if (!isDelegate(virtualService)) return { virtualService, route, root: undefined };
  for (const { virtualService: leading, route: root } of rootsOf(virtualService, virtualServices)) {
    const matches = mergeMatches(root.matches, route.matches);
    if (!matches) continue;
    const rewriteUri = route.rewriteUri ?? root.rewriteUri;
    return { virtualService: leading, route: { ...route, matches, rewriteUri }, root };
  }
  return undefined;
}

/** What meets both a match of the root and one of the delegate; undefined where nothing can. */
function mergeMatches(
  root: readonly HttpMatch[],
  delegate: readonly HttpMatch[],
): readonly HttpMatch[] | undefined {
  if (root.length === 0) return delegate;
  if (delegate.length === 0) return root;
  const perMatch = delegate.map(inner =>
    root.filter(outer => !isExcluded(outer, inner)).map(outer => mergeMatch(outer, inner)),
  );
  // One match of the delegate that no match of the root leaves room for makes Istio drop the whole route.
  return perMatch.some(merged => merged.length === 0) ? undefined : perMatch.flat();
}

function mergeMatch(outer: HttpMatch, inner: HttpMatch): HttpMatch {
  return {
    uri: inner.uri ?? outer.uri,
    method: inner.method ?? outer.method,
    authority: inner.authority ?? outer.authority,
    headers: mergeNamed(outer.headers, inner.headers),
    queryParams: mergeNamed(outer.queryParams, inner.queryParams),
  };
}

type Named = HttpMatch['headers'];

function mergeNamed(outer: Named, inner: Named): Named {
  return [...outer.filter(({ name }) => !conditionOf(inner, name)), ...inner];
}

function conditionOf(all: Named, name: string): StringCondition | undefined {
  return all.find(candidate => candidate.name === name)?.condition;
}

function isExcluded(outer: HttpMatch, inner: HttpMatch): boolean {
  const excludes = (all: Named, within: Named) =>
    within.some(({ name, condition }) => conflicts(conditionOf(all, name), condition));
  return (
    conflicts(outer.uri, inner.uri) ||
    conflicts(outer.method, inner.method) ||
    conflicts(outer.authority, inner.authority) ||
    excludes(outer.headers, inner.headers) ||
    excludes(outer.queryParams, inner.queryParams)
  );
}

/** Istio's rule: what the delegate asks for must lie within what the root asks for, and patterns cannot be compared. */
function conflicts(outer: StringCondition | undefined, inner: StringCondition | undefined): boolean {
  if (!outer || !inner) return false;
  if (outer.kind === 'prefix') {
    const isComparable = inner.kind === 'prefix' || inner.kind === 'exact';
    return !isComparable || !inner.value.startsWith(outer.value);
  }
  return outer.kind !== 'exact' || inner.kind !== 'exact' || outer.value !== inner.value;
}
