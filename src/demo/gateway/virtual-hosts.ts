import type { Gateway, VirtualService } from '../kinds/istio.ts';
import { withDelegates } from './delegates.ts';
import { compileHttpRoute, RefusedRoutes, type ResolveCluster, type Route } from './routes.ts';

/** The one port on which this gateway listens, as Gateways name it. */
export const GATEWAY_PORT = 80;

/** Routes for the hosts of one domain: a name, `*.example.com` or `*`. */
export type VirtualHost = { readonly domain: string; readonly routes: readonly Route[] };

/** All routes of the gateway, or why Envoy refuses them. Envoy takes them all or none. */
export type RouteConfiguration =
  | { readonly virtualHosts: ReadonlyMap<string, VirtualHost> }
  | { readonly refused: string };

/** A short name means a Service in the same namespace. */
export function fullHost(host: string, namespace: string): string {
  return host.includes('.') || host.includes('*') ? host : `${host}.${namespace}.svc.cluster.local`;
}

/** The hosts that `server` opens to VirtualServices in `namespace`. */
function openHosts(gateway: Gateway, namespace: string): readonly string[] {
  return (gateway.spec?.servers ?? [])
    .filter(isHttpPort)
    .flatMap(server => server.hosts)
    .flatMap(entry => {
      const [scope, host] = entry.includes('/') ? entry.split('/', 2) : ['*', entry];
      const own = scope === '.' ? gateway.metadata.namespace : scope;
      return host !== undefined && (own === '*' || own === namespace) ? [host] : [];
    });
}

function isHttpPort({ port }: NonNullable<NonNullable<Gateway['spec']>['servers']>[number]): boolean {
  return port.number === GATEWAY_PORT && /^(HTTP|HTTP2|GRPC)$/i.test(port.protocol);
}

/** Whether the gateway has anything to listen for. It carries HTTP only: a server for other connections is refused them all. */
export function opensPort(gateway: Gateway): boolean {
  return (gateway.spec?.servers ?? []).some(isHttpPort);
}

function covers(pattern: string, host: string): boolean {
  if (pattern === '*') return true;
  return pattern.startsWith('*') ? host.endsWith(pattern.slice(1)) : pattern === host;
}

/** The domains under which a VirtualService is reached through a Gateway: of two that overlap, the narrower one. */
function sharedDomains(gatewayHosts: readonly string[], serviceHosts: readonly string[]): readonly string[] {
  return gatewayHosts.flatMap(open =>
    serviceHosts.flatMap(host => {
      if (covers(open, host)) return [host];
      return covers(host, open) ? [open] : [];
    }),
  );
}

function bindsTo(virtualService: VirtualService, gateway: Gateway): boolean {
  const { namespace = '', name } = gateway.metadata;
  return (virtualService.spec?.gateways ?? []).some(
    reference =>
      reference === `${namespace}/${name}` ||
      (reference === name && virtualService.metadata.namespace === namespace),
  );
}

function byAge(left: VirtualService, right: VirtualService): number {
  const order = (left.metadata.creationTimestamp ?? '').localeCompare(right.metadata.creationTimestamp ?? '');
  return order || left.metadata.name.localeCompare(right.metadata.name);
}

/** Of one VirtualService nothing is sent that comes after a route that takes everything. */
function upToCatchAll(routes: readonly Route[]): readonly Route[] {
  const last = routes.findIndex(({ isCatchAll }) => isCatchAll);
  return last === -1 ? routes : routes.slice(0, last + 1);
}

/** A route that takes everything comes last, so that it hides none of another VirtualService. */
function catchAllsLast(routes: readonly Route[]): readonly Route[] {
  return [...routes.filter(route => !route.isCatchAll), ...routes.filter(route => route.isCatchAll)];
}

/**
 * Virtual hosts by domain, for `gateways` that this gateway's pods serve. VirtualServices that share a domain have their
 * routes joined, the oldest first.
 */
export function compileVirtualHosts(
  gateways: readonly Gateway[],
  virtualServices: readonly VirtualService[],
  resolve: (namespace: string) => ResolveCluster,
): RouteConfiguration {
  const routesOf = new Map<string, readonly Route[]>();
  try {
    for (const virtualService of withDelegates(virtualServices).toSorted(byAge)) {
      const { namespace = '' } = virtualService.metadata;
      const hosts = (virtualService.spec?.hosts ?? []).map(host => fullHost(host, namespace));
      const bound = gateways.filter(gateway => bindsTo(virtualService, gateway));
      const domains = new Set(bound.flatMap(gateway => sharedDomains(openHosts(gateway, namespace), hosts)));
      if (domains.size === 0) continue;
      const names = bound.flatMap(({ metadata }) => [
        metadata.name,
        `${metadata.namespace ?? ''}/${metadata.name}`,
      ]);
      const isForGateway = (listed: readonly string[] | undefined) =>
        !listed || listed.some(name => names.includes(name));
      const routes = (virtualService.spec?.http ?? []).flatMap(route => {
        const match = route.match?.filter(
          one => isForGateway(one.gateways) && (one.port ?? GATEWAY_PORT) === GATEWAY_PORT,
        );
        if (match?.length === 0 && route.match?.length !== 0) return [];
        return compileHttpRoute(match ? { ...route, match } : route, resolve(namespace));
      });
      const reachable = upToCatchAll(routes);
      for (const domain of domains) routesOf.set(domain, [...(routesOf.get(domain) ?? []), ...reachable]);
    }
  } catch (error) {
    // A regular expression that cannot be read is refused by Envoy just as weights are that add up to nothing.
    if (error instanceof RefusedRoutes || error instanceof SyntaxError) return { refused: error.message };
    throw error;
  }
  const virtualHosts = [...routesOf].map(
    ([domain, routes]) => [domain, { domain, routes: catchAllsLast(routes) }] as const,
  );
  return { virtualHosts: new Map(virtualHosts) };
}

/** The virtual host for a Host header: the exact name, else the longest `*.suffix`, else `*`. */
export function findVirtualHost(
  virtualHosts: ReadonlyMap<string, VirtualHost>,
  authority: string,
): VirtualHost | undefined {
  const host = authority.replace(/:\d+$/, '').toLowerCase();
  const exact = virtualHosts.get(host);
  if (exact) return exact;
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
    const wildcard = virtualHosts.get(`*${host.slice(dot)}`);
    if (wildcard) return wildcard;
  }
  return virtualHosts.get('*');
}
