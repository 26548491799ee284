import type { HttpMatch, HttpRoute, StringMatch } from '../kinds/http-route.ts';
import type { VirtualService } from '../kinds/istio.ts';

/**
 * VirtualServices as istiod puts them together: a route that delegates gives way to the routes of the VirtualService it names,
 * which has no hosts; where there is none, the route is left out. Delegates stand for nothing by themselves.
 */
export function withDelegates(virtualServices: readonly VirtualService[]): readonly VirtualService[] {
  const isDelegate = ({ spec }: VirtualService) => (spec?.hosts ?? []).length === 0;
  const delegates = virtualServices.filter(isDelegate);
  return virtualServices
    .filter(virtualService => !isDelegate(virtualService))
    .map(root => {
      if (!root.spec?.http) return root;
      const http = root.spec.http.flatMap(route => routesFor(route, root.metadata.namespace, delegates));
      return { ...root, spec: { ...root.spec, http } };
    });
}

function routesFor(
  route: HttpRoute,
  namespace: string | undefined,
  delegates: readonly VirtualService[],
): readonly HttpRoute[] {
  const { delegate: named, ...rest } = route;
  if (!named) return [route];
  const delegate = delegates.find(
    ({ metadata }) => metadata.name === named.name && metadata.namespace === (named.namespace || namespace),
  );
  return (delegate?.spec?.http ?? []).flatMap(inner => {
    const match = mergeMatches(rest.match ?? [], inner.match ?? []);
    if (!match) return [];
    const name = [rest.name, inner.name].filter(part => part).join('-');
    return [{ ...rest, ...inner, match, ...(name && { name }) }];
  });
}

/** What meets a match of both; `undefined` where one of the delegate's is within none of the root's, which drops the route. */
function mergeMatches(
  root: readonly HttpMatch[],
  delegate: readonly HttpMatch[],
): readonly HttpMatch[] | undefined {
  if (root.length === 0 || delegate.length === 0) return root.length === 0 ? delegate : root;
  const merged = delegate.map(inner =>
    root
      .filter(outer => !conflict(outer, inner))
      .map(outer => ({
        ...outer,
        ...inner,
        headers: { ...outer.headers, ...inner.headers },
        withoutHeaders: { ...outer.withoutHeaders, ...inner.withoutHeaders },
        queryParams: { ...outer.queryParams, ...inner.queryParams },
      })),
  );
  return merged.some(found => found.length === 0) ? undefined : merged.flat();
}

function conflict(outer: HttpMatch, inner: HttpMatch): boolean {
  const strings = (['uri', 'scheme', 'method', 'authority'] as const).some(member =>
    isOutside(outer[member], inner[member]),
  );
  const isNamedOutside = (member: 'headers' | 'queryParams') =>
    Object.entries(inner[member] ?? {}).some(([name, leaf]) => isOutside(outer[member]?.[name], leaf));
  const ports = outer.port !== undefined && inner.port !== undefined && outer.port !== inner.port;
  const cases = (outer.ignoreUriCase ?? false) !== (inner.ignoreUriCase ?? false);
  return strings || isNamedOutside('headers') || isNamedOutside('queryParams') || ports || cases;
}

/** Whether the delegate's condition is no part of the root's. Regular expressions are never taken for one. */
function isOutside(root: StringMatch | undefined, leaf: StringMatch | undefined): boolean {
  if (!root || !leaf) return false;
  if (root.regex || leaf.regex) return true;
  if (root.exact) return leaf.exact !== root.exact;
  const { prefix } = root;
  const within = leaf.prefix || leaf.exact;
  return !prefix || !within?.startsWith(prefix);
}
