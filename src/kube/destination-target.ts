import type { Evidence } from './evidence.ts';
import type { Service } from './service.ts';
import type { DestinationRule } from './traffic-objects.ts';
import type { RouteDestination } from './virtual-service.ts';

/** The Service that a host means, by Istio's rules. */
export type HostName =
  | { readonly kind: 'service'; readonly name: string; readonly namespace: string }
  /** A name of its own, which only a ServiceEntry can bring into the mesh. */
  | { readonly kind: 'other' };

/**
 * What Istio makes of a host that an object of `namespace` names: a name without dots is a Service of that namespace;
 * anything else counts as it is written, so that `myapp.default` is no Service (pilot/pkg/model, ResolveShortnameToFQDN).
 */
export function resolveHost(host: string, namespace: string): HostName {
  if (!host.includes('.')) return { kind: 'service', name: host, namespace };
  const [, name, where] = /^([^.]+)\.([^.]+)\.svc\..+$/.exec(host) ?? [];
  return name && where ? { kind: 'service', name, namespace: where } : { kind: 'other' };
}

export function findService(
  host: string,
  namespace: string,
  services: readonly Service[],
): Service | undefined {
  const wanted = resolveHost(host, namespace);
  if (wanted.kind === 'other') return undefined;
  return services.find(service => service.name === wanted.name && service.namespace === wanted.namespace);
}

/** Whether a host is one of the mesh: a Service's or a ServiceEntry's. Undefined where that cannot be told. */
export function isKnownHost(
  host: string,
  namespace: string,
  { services, serviceEntryHosts }: Pick<Evidence, 'services' | 'serviceEntryHosts'>,
): boolean | undefined {
  if (host.includes('*')) return undefined;
  if (services && findService(host, namespace, services)) return true;
  if (serviceEntryHosts?.some(entry => hostCovers(entry, host))) return true;
  return services && serviceEntryHosts ? false : undefined;
}

/** Whether a host of Istio, which may be `*` or begin with `*.`, takes in all that the other stands for. */
export function hostCovers(wide: string, narrow: string): boolean {
  if (wide === '*' || wide === narrow) return true;
  return wide.startsWith('*') && narrow.endsWith(wide.slice(1)) && narrow !== wide.slice(1);
}

/** The DestinationRules for the host of a destination that a VirtualService of `namespace` names. */
export function rulesFor(
  { host }: RouteDestination,
  namespace: string,
  rules: readonly DestinationRule[],
): readonly DestinationRule[] {
  const wanted = resolveHost(host, namespace);
  return rules.filter(rule => {
    const found = resolveHost(rule.host, rule.namespace);
    if (wanted.kind === 'other' || found.kind === 'other') return rule.host === host;
    return found.name === wanted.name && found.namespace === wanted.namespace;
  });
}
