import { takesEverything } from './route-match.ts';
import { shadowOver } from './shadowed-routes.ts';
import type { Route, VirtualService } from './virtual-service.ts';

/** Another VirtualService that answers for a host of this one, at a gateway of this one. */
export type Rival = {
  readonly virtualService: VirtualService;
  readonly host: string;
  /** `namespace/name` of the Gateway; `mesh` for the sidecars. */
  readonly gateway: string;
  /**
   * `narrower`: its host is a part of this one's, and gets none of these routes. `first`: it takes what the route would get.
   * `after`: it gets only what the route leaves. `joined`: both get some.
   */
  readonly standing: 'narrower' | 'first' | 'after' | 'joined';
};

/**
 * Which other VirtualServices share a host and a gateway with `virtualService`, and who gets the requests of `route`.
 *
 * A gateway joins the routes of one host: the oldest VirtualService first, and routes that take everything after all others.
 * Sidecars obey only the oldest. Istio promises no order; this is what it does (its push context sorts by creation time).
 */
export function rivalsOf(
  virtualService: VirtualService,
  route: Route,
  virtualServices: readonly VirtualService[],
): readonly Rival[] {
  const { protocol } = route;
  return virtualServices
    .filter(other => other.uid !== virtualService.uid && other.routes.some(one => one.protocol === protocol))
    .flatMap(other => {
      const gateway = gatewaysIn(virtualService).find(name => gatewaysIn(other).includes(name));
      const host = gateway === undefined ? undefined : sharedHost(virtualService, other);
      if (gateway === undefined || !host) return [];
      const standing = host.isNarrower ? 'narrower' : standingOf(other, virtualService, route, gateway);
      return [{ virtualService: other, host: host.name, gateway, standing }];
    });
}

function standingOf(
  other: VirtualService,
  own: VirtualService,
  route: Route,
  gateway: string,
): Rival['standing'] {
  const isOlder = byAge(other, own) < 0;
  if (gateway === 'mesh') return isOlder ? 'first' : 'after';
  const theirs = other.routes.filter(({ protocol }) => protocol === route.protocol);
  if (takesEverything(route)) {
    if (!theirs.some(takesEverything)) return 'joined';
    return isOlder ? 'first' : 'after';
  }
  // What takes everything comes after this route, however old it is.
  const asked = isOlder ? theirs.filter(candidate => !takesEverything(candidate)) : [];
  if (shadowOver(route, asked).kind === 'whole') return 'first';
  const isWhole = !isOlder && theirs.every(candidate => shadowOver(candidate, [route]).kind === 'whole');
  return isWhole ? 'after' : 'joined';
}

/** The order in which Istio takes VirtualServices: by creation, then by name. */
function byAge(left: VirtualService, right: VirtualService): number {
  const age = (left.createdAtMs ?? 0) - (right.createdAtMs ?? 0);
  return age || `${left.name}.${left.namespace}`.localeCompare(`${right.name}.${right.namespace}`);
}

function gatewaysIn({ gateways, namespace }: VirtualService): readonly string[] {
  if (gateways.length === 0) return ['mesh'];
  return gateways.map(gateway => {
    if (gateway === 'mesh') return gateway;
    const [first = '', second] = gateway.split('/');
    if (second === undefined) return `${namespace}/${first}`;
    return first === '.' ? `${namespace}/${second}` : gateway;
  });
}

function sharedHost(
  own: VirtualService,
  other: VirtualService,
): { readonly name: string; readonly isNarrower: boolean } | undefined {
  const theirs = other.hosts.map(host => fullHost(host, other.namespace));
  const ours = own.hosts.map(host => fullHost(host, own.namespace));
  const same = ours.findIndex(host => theirs.includes(host));
  if (same !== -1) return { name: own.hosts[same] ?? '', isNarrower: false };
  const narrower = theirs.findIndex(host =>
    ours.some(pattern => pattern.startsWith('*') && host.endsWith(pattern.slice(1))),
  );
  return narrower === -1 ? undefined : { name: other.hosts[narrower] ?? '', isNarrower: true };
}

/** A short name means a Service in the namespace of the VirtualService. */
function fullHost(host: string, namespace: string): string {
  return host.includes('.') || host.includes('*') ? host : `${host}.${namespace}.svc.cluster.local`;
}
