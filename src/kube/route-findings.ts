import { findService, isKnownHost, resolveHost, rulesFor } from './destination-target.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import type { Service, ServicePort } from './service.ts';
import type { DestinationRule } from './traffic-objects.ts';
import type { Route, RouteDestination, VirtualService } from './virtual-service.ts';

/** Destinations of one route that lead nowhere: unknown hosts, subsets that no DestinationRule defines, ports that are none. */
export function destinationFindings(
  virtualService: VirtualService,
  route: Route,
  evidence: Evidence,
): readonly Finding[] {
  const { namespace } = virtualService;
  const hosts = [...new Set(route.destinations.map(({ host }) => host))];
  const unknown = hosts.filter(host => isKnownHost(host, namespace, evidence) === false);
  const known = route.destinations.filter(({ host }) => !unknown.includes(host));
  return [
    ...unknown.map(host => unknownHost(virtualService, host)),
    ...hosts.flatMap(host =>
      subsetFindings(
        virtualService,
        known.filter(destination => destination.host === host),
        evidence.destinationRules,
      ),
    ),
    ...onceEach(known.flatMap(destination => portFindings(virtualService, destination, evidence.services))),
    ...strayRules(virtualService, route, evidence),
  ];
}

function onceEach(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(
    ({ code, sentence }, at) =>
      findings.findIndex(other => other.code === code && other.sentence === sentence) === at,
  );
}

export function objectOf({ namespace, name }: VirtualService): string {
  return `VirtualService ${namespace}/${name}`;
}

function unknownHost(virtualService: VirtualService, host: string): Finding {
  const { namespace } = virtualService;
  const resolved = resolveHost(host, namespace);
  const [name, where] = host.split('.');
  const fix =
    resolved.kind === 'other' && where !== undefined && host.split('.').length === 2
      ? `Istio takes a name with dots as it is written: for Service ${name} of namespace ${where}, name ${host}.svc.cluster.local.`
      : `kubectl -n ${resolved.kind === 'service' ? resolved.namespace : namespace} get services shows what there is; apply the Service, or correct the host.`;
  return {
    severity: 'error',
    code: 'IST0101',
    object: objectOf(virtualService),
    sentence: `Host ${host} is no Service that Istio knows: its share is answered 503.`,
    fix,
  };
}

/** Subsets that destinations of one host name and no DestinationRule for it defines. */
function subsetFindings(
  virtualService: VirtualService,
  destinations: readonly RouteDestination[],
  rules: readonly DestinationRule[] | undefined,
): readonly Finding[] {
  const [first] = destinations;
  if (!first || !rules) return [];
  const forHost = rulesFor(first, virtualService.namespace, rules);
  const defined = forHost.flatMap(rule => rule.subsets.map(({ name }) => name));
  const missing = destinations.flatMap(({ subset }) => subset ?? []).filter(name => !defined.includes(name));
  if (missing.length === 0) return [];
  const { host } = first;
  const names = `${missing.length === 1 ? 'Subset' : 'Subsets'} ${missing.join(' and ')}`;
  const share = missing.length === 1 ? 'its share is' : 'their share is';
  const [rule] = forHost;
  return [
    {
      severity: 'error',
      code: 'IST0101',
      object: objectOf(virtualService),
      sentence: `${names} of host ${host} ${missing.length === 1 ? 'is' : 'are'} not defined, because ${
        rule ? `DestinationRule ${rule.name} does not name them` : 'no DestinationRule is for that host'
      }: ${share} answered 503.`,
      fix: rule
        ? `kubectl -n ${rule.namespace} edit destinationrule ${rule.name}: add what is missing, with the labels of its pods.`
        : `Apply a DestinationRule for host ${host}; the tutorial's is kubectl apply -f manifests/04-destination-rule.yaml`,
    },
  ];
}

/** DestinationRules that define a subset of the route, for a host that does not exist: the likely cause of one that is missing. */
function strayRules({ namespace }: VirtualService, route: Route, evidence: Evidence): readonly Finding[] {
  const { destinationRules = [] } = evidence;
  const wanted = new Set(route.destinations.flatMap(({ subset }) => subset ?? []));
  return (destinationRules ?? [])
    .filter(rule => rule.subsets.some(({ name }) => wanted.has(name)))
    .filter(rule => isKnownHost(rule.host, rule.namespace, evidence) === false)
    .map(rule => ({
      severity: 'warning',
      code: 'IST0174',
      object: `DestinationRule ${rule.namespace}/${rule.name}`,
      sentence: `DestinationRule ${rule.name} is for host ${rule.host}, which no Service has.`,
      fix: `kubectl -n ${rule.namespace} edit destinationrule ${rule.name}: name a host of kubectl -n ${namespace} get services.`,
    }));
}

function portFindings(
  virtualService: VirtualService,
  { host, port: wanted }: RouteDestination,
  services: readonly Service[] | undefined,
): readonly Finding[] {
  const service = services && findService(host, virtualService.namespace, services);
  if (!service) return [];
  const has = service.ports.map(({ port }) => port).join(', ');
  if (wanted === undefined && service.ports.length > 1) {
    return [
      {
        severity: 'error',
        code: 'IST0112',
        object: objectOf(virtualService),
        sentence: `Service ${service.name} has several ports (${has}), and the destination names none.`,
        fix: `Add port: {number: ${service.ports[0]?.port}} to the destination of host ${host}.`,
      },
    ];
  }
  const port = wanted === undefined ? service.ports[0] : service.ports.find(({ port }) => port === wanted);
  if (port) return protocolFindings(service, port);
  return [
    {
      severity: 'error',
      code: 'WB0503',
      object: objectOf(virtualService),
      sentence: `Port ${wanted ?? ''} is not one of Service ${service.name} (it has ${has || 'none'}): its share is answered 503.`,
      fix: `Correct the destination's port, or add it: kubectl -n ${service.namespace} edit service ${service.name}`,
    },
  ];
}

/** Protocols that Istio reads from a port's name or appProtocol (pkg/config/protocol/instance.go). */
const HTTP = ['http', 'http2', 'grpc', 'grpc-web', 'https'];
const OTHERS = ['tcp', 'tls', 'udp', 'mongo', 'redis', 'mysql'];

function protocolFindings(service: Service, port: ServicePort): readonly Finding[] {
  const declared = protocolOf(port);
  if (declared !== undefined && HTTP.includes(declared)) return [];
  const object = `Service ${service.namespace}/${service.name}`;
  const fix = `kubectl -n ${service.namespace} edit service ${service.name}: name the port http, or http-something, or set appProtocol: http.`;
  if (declared === undefined) {
    const called = port.name === '' ? 'has no name' : `is named ${port.name}`;
    const sentence = `Port ${port.port} of Service ${service.name} ${called}, which tells Istio no protocol: it has to guess from the first bytes.`;
    return [{ severity: 'warning', code: 'IST0118', object, sentence, fix }];
  }
  const sentence = `Port ${port.port} of Service ${service.name} is declared as ${declared}: the HTTP route does not count for requests inside the mesh.`;
  return [{ severity: 'warning', code: 'WB0504', object, sentence, fix }];
}

/** appProtocol counts before the name, of which the part before the first dash counts (`grpc-web` is one part). */
function protocolOf({ name, appProtocol }: ServicePort): string | undefined {
  const known = [...HTTP, ...OTHERS];
  if (appProtocol !== undefined) {
    const said = appProtocol.toLowerCase();
    const standard: Readonly<Record<string, string>> = {
      'kubernetes.io/h2c': 'http2',
      'kubernetes.io/ws': 'http',
    };
    return standard[said] ?? known.find(protocol => protocol === said);
  }
  const said = name.toLowerCase();
  if (said.startsWith('grpc-web')) return 'grpc-web';
  return known.find(protocol => protocol === said.split('-')[0]);
}

/** The gateway retries twice where a route does not say otherwise, and a client sees none of what failed before. */
export function retryFindings(virtualService: VirtualService, route: Route): readonly Finding[] {
  const { retries } = route.json;
  const attempts = retriesOf(retries);
  if (attempts === 0) return [];
  const said = attempts === undefined ? 'twice by default' : `up to ${attempts} times`;
  return [
    {
      severity: 'info',
      code: 'WB0505',
      object: objectOf(virtualService),
      sentence: `The gateway retries a failed request ${said}: a version that fails now and then can look well.`,
      fix: 'Set retries: {attempts: 0} on the route to see every failure.',
    },
  ];
}

function retriesOf(retries: Route['json'][string] | undefined): number | undefined {
  if (typeof retries !== 'object' || retries === null || Array.isArray(retries)) return undefined;
  const { attempts } = retries as { readonly attempts?: unknown };
  return typeof attempts === 'number' ? attempts : undefined;
}

export function ownerFindings(virtualService: VirtualService): readonly Finding[] {
  return virtualService.owners
    .filter(({ reverts }) => reverts)
    .map(({ name }) => ({
      severity: 'warning',
      code: 'WB0506',
      object: objectOf(virtualService),
      sentence: `${name} owns VirtualService ${virtualService.name} and puts its own weights back.`,
      fix: `Change the weights where ${name} takes them from, or pause it; w on the screen overrides it.`,
    }));
}
