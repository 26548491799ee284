import { boundGateways, gatewaysOf } from './bound-gateways.ts';
import type { ClusterPlace } from './local-cluster.ts';
import { matchesSelector, selectorText } from './metadata.ts';
import type { Node } from './node.ts';
import type { Pod } from './pod.ts';
import type { Service, ServicePort } from './service.ts';
import type { Gateway, GatewayServer } from './traffic-objects.ts';
import type { VirtualService } from './virtual-service.ts';

/** The ways to an ingress gateway, best first. `given` is what the person named. */
export const WAY_KINDS = [
  'given',
  'load-balancer',
  'minikube-node-port',
  'localhost',
  'node-port',
  'minikube-service',
  'port-forward',
] as const;

export type WayKind = (typeof WAY_KINDS)[number];

/** What it takes to make a connection on a way. */
export type Reach =
  | { readonly kind: 'url'; readonly url: string }
  /** A `minikube service --url` that runs as long as the way is used. */
  | {
      readonly kind: 'minikube-service';
      readonly profile: string;
      readonly namespace: string;
      readonly service: string;
      /** Which of the lines that it prints: one for each port of the Service, in their order. */
      readonly line: number;
      readonly scheme: 'http' | 'https';
    }
  | {
      readonly kind: 'port-forward';
      readonly namespace: string;
      readonly selector: Readonly<Record<string, string>>;
      /** The pod's port; a name where its containers give it one. */
      readonly port: number | string;
      readonly scheme: 'http' | 'https';
    };

/** A way that is worth a probe, or why there is none of its kind. */
export type GatewayWay =
  | { readonly kind: WayKind; readonly words: string; readonly reach: Reach }
  | { readonly kind: WayKind; readonly words: string; readonly absent: string };

export type GatewayWays =
  | { readonly kind: 'ways'; readonly ways: readonly GatewayWay[]; readonly readyPods: number }
  /** Sidecars obey the VirtualService, no gateway does: there is nothing to sample from outside. */
  | { readonly kind: 'mesh-only' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What the cluster holds of the gateway, and what it runs on. */
export type GatewaySources = {
  readonly gateways: readonly Gateway[];
  readonly pods: readonly Pod[];
  readonly services: readonly Service[];
  /** Why Services could not be read; empty where they were. */
  readonly servicesProblem: string;
  readonly nodes: readonly Node[];
  readonly place: ClusterPlace;
  /** Ports of localhost by the port of the cluster's own containers that they lead to. */
  readonly publishedPorts: ReadonlyMap<number, readonly number[]>;
};

/** A big cluster's nodes all lead to the same Service: a few of them tell enough. */
const MOST_NODES = 3;

/**
 * The ways to the gateway of a VirtualService, best first, each with what it takes or why it does not exist. Found from the
 * Gateways that the VirtualService is bound to, their selectors, ports and TLS, and from the Services that select the same
 * pods: never by name.
 */
export function gatewayWays(virtualService: VirtualService, sources: GatewaySources): GatewayWays {
  const bound = boundGateways(virtualService);
  if (bound.length === 0) return { kind: 'mesh-only' };
  const found = gatewaysOf(virtualService, sources.gateways);
  const [missing] = bound;
  if (found.length === 0 && missing) {
    return {
      kind: 'unknown',
      reason: `there is no Gateway ${missing.name} in namespace ${missing.namespace}`,
    };
  }
  const servers = found.flatMap(gateway => httpServers(gateway, virtualService));
  if (servers.length === 0) return { kind: 'unknown', reason: noHttp(found) };
  const pods = sources.pods.filter(pod =>
    found.some(({ selector }) => matchesSelector(selector, pod.labels)),
  );
  const doors = servers.flatMap(server => doorsOf(server, sources));
  const readyPods = pods.filter(({ isReady }) => isReady).length;
  return { kind: 'ways', ways: WAY_KINDS.slice(1).flatMap(kind => waysOf(kind, doors, sources)), readyPods };
}

type Server = GatewayServer & { readonly selector: Readonly<Record<string, string>> };

const PLAIN = new Set(['HTTP', 'HTTP2', 'GRPC']);

/** Servers that carry HTTP to the VirtualService's hosts. Plain ones first: they need no certificate that we might not trust. */
function httpServers({ servers, selector }: Gateway, { hosts }: VirtualService): readonly Server[] {
  const carrying = servers.filter(carriesHttp);
  const open = carrying.filter(server =>
    server.hosts.some(host => hosts.some(wanted => overlap(host, wanted))),
  );
  const rank = ({ protocol, redirectsToHttps }: GatewayServer) =>
    PLAIN.has(protocol) && !redirectsToHttps ? 0 : 1;
  return (open.length > 0 ? open : carrying)
    .toSorted((left, right) => rank(left) - rank(right))
    .map(server => ({ ...server, selector }));
}

function carriesHttp({ protocol, tlsMode }: GatewayServer): boolean {
  return PLAIN.has(protocol) || (protocol === 'HTTPS' && !isPassedThrough(tlsMode));
}

function isPassedThrough(tlsMode: string | undefined): boolean {
  return tlsMode === 'PASSTHROUGH' || tlsMode === 'AUTO_PASSTHROUGH';
}

/** Whether a host of a Gateway, perhaps with a namespace before it, has names in common with one of a VirtualService. */
function overlap(open: string, wanted: string): boolean {
  const host = open.slice(open.indexOf('/') + 1);
  return covers(host, wanted) || covers(wanted, host);
}

function covers(pattern: string, host: string): boolean {
  if (pattern === '*') return true;
  return pattern.startsWith('*') ? host.endsWith(pattern.slice(1)) : pattern === host;
}

function noHttp(gateways: readonly Gateway[]): string {
  const ports = gateways.flatMap(({ servers }) =>
    servers.map(({ port, protocol, tlsMode }) =>
      [port, protocol, isPassedThrough(tlsMode) ? tlsMode : ''].filter(word => word !== '').join(' '),
    ),
  );
  const what =
    ports.length === 0 ? 'opens no port' : `carries no HTTP that can be read (${ports.join(', ')})`;
  return `Gateway ${gateways[0]?.namespace}/${gateways[0]?.name} ${what}`;
}

/** A server of a Gateway with a Service in front of its pods; without a Service where none has its port. */
type Door = {
  readonly scheme: 'http' | 'https';
  readonly server: Server;
  readonly pods: readonly Pod[];
  readonly front: { readonly service: Service; readonly port: ServicePort } | undefined;
};

function doorsOf(server: Server, { pods, services }: GatewaySources): readonly Door[] {
  const behind = pods.filter(pod => matchesSelector(server.selector, pod.labels));
  const fronts = services
    .filter(service =>
      behind.some(
        pod => pod.namespace === service.namespace && matchesSelector(service.selector, pod.labels),
      ),
    )
    .flatMap(service => {
      const port = service.ports.find(candidate => candidate.port === server.port);
      return port ? [{ service, port }] : [];
    });
  const scheme = server.protocol === 'HTTPS' ? 'https' : 'http';
  const door = { scheme, server, pods: behind } as const;
  return fronts.length === 0 ? [{ ...door, front: undefined }] : fronts.map(front => ({ ...door, front }));
}

function waysOf(kind: WayKind, doors: readonly Door[], sources: GatewaySources): readonly GatewayWay[] {
  const found = doors.map(door => FINDERS[kind](door, sources));
  const ways = found.flatMap(result => (typeof result === 'string' ? [] : result));
  if (ways.length > 0) return uniqueWays(ways.map(({ words, reach }) => ({ kind, words, reach })));
  const absent = found.find(result => typeof result === 'string');
  return typeof absent === 'string' ? [{ kind, words: '', absent }] : [];
}

function uniqueWays(ways: readonly GatewayWay[]): readonly GatewayWay[] {
  return [...new Map(ways.map(way => [JSON.stringify(way), way])).values()];
}

type Found = { readonly words: string; readonly reach: Reach };

/** The ways of one kind through a door, or why there are none. */
type Finder = (door: Door, sources: GatewaySources) => readonly Found[] | string;

const FINDERS: Readonly<Record<WayKind, Finder>> = {
  given: () => 'no gateway was named',
  'load-balancer': findLoadBalancers,
  'minikube-node-port': (door, sources) =>
    sources.place.kind === 'minikube' ? findNodePorts(door, sources) : 'the cluster is not a minikube',
  localhost: findOnLocalhost,
  'node-port': (door, sources) =>
    sources.place.kind === 'minikube'
      ? 'the same addresses as those of minikube'
      : findNodePorts(door, sources),
  'minikube-service': findMinikubeService,
  'port-forward': findPortForward,
};

function nameOf({ namespace, name }: Service): string {
  return `${namespace}/${name}`;
}

function noService(door: Door, { servicesProblem }: GatewaySources): string {
  const { server, pods } = door;
  if (pods.length === 0) return noPod(server);
  if (servicesProblem !== '') return servicesProblem;
  return `no Service in front of the gateway's pods has port ${server.port}`;
}

function findLoadBalancers(door: Door, sources: GatewaySources): readonly Found[] | string {
  const { front, scheme } = door;
  const { place } = sources;
  if (!front) return noService(door, sources);
  const { service, port } = front;
  const found = service.loadBalancerAddresses
    .flatMap(address => gatewayUrl(scheme, address, port.port))
    .map(url => ({
      words: `load balancer of Service ${nameOf(service)}`,
      reach: { kind: 'url', url } as const,
    }));
  if (found.length > 0) return found;
  if (service.type !== 'LoadBalancer') return `Service ${nameOf(service)} is of type ${service.type}`;
  const hint = place.kind === 'minikube' ? '; minikube tunnel gives it one' : '';
  return `Service ${nameOf(service)} has no load balancer address yet${hint}`;
}

function findNodePorts(door: Door, sources: GatewaySources): readonly Found[] | string {
  const { front, scheme } = door;
  if (!front) return noService(door, sources);
  const { nodePort } = front.port;
  if (nodePort === undefined) return noNodePort(front.service);
  const ready = sources.nodes
    .toSorted((left, right) => Number(right.isReady) - Number(left.isReady))
    .slice(0, MOST_NODES);
  const addresses = [...ready.map(node => node.externalIp), ...ready.map(node => node.internalIp)];
  const found = addresses
    .flatMap(address => (address === undefined ? [] : gatewayUrl(scheme, address, nodePort)))
    .map(url => ({
      words: `NodePort ${nodePort} of Service ${nameOf(front.service)}`,
      reach: { kind: 'url', url } as const,
    }));
  return found.length > 0 ? found : 'no node says which address it has';
}

function noNodePort(service: Service): string {
  return `Service ${nameOf(service)} is of type ${service.type}, without a NodePort`;
}

/** Docker Desktop, Rancher Desktop, kind and k3d: the load balancer or ports of the cluster's containers are on localhost. */
function findOnLocalhost(door: Door, sources: GatewaySources): readonly Found[] | string {
  const { front, scheme } = door;
  const { place, publishedPorts } = sources;
  if (place.kind !== 'localhost') return 'the cluster does not publish ports on localhost';
  if (!front) return noService(door, sources);
  const { service, port } = front;
  const own = service.type === 'LoadBalancer' ? [port.port] : [];
  const nodePort = port.nodePort === undefined ? [] : [port.nodePort];
  const published = [...own, ...nodePort].flatMap(inside => publishedPorts.get(inside) ?? []);
  const ports = [...new Set([...published, ...own, ...nodePort])];
  const found = ports
    .flatMap(number => gatewayUrl(scheme, 'localhost', number))
    .map(url => ({
      words: `${place.product} leads it to Service ${nameOf(service)}`,
      reach: { kind: 'url', url } as const,
    }));
  return found.length > 0 ? found : `${noNodePort(service)}; ${place.hint}`;
}

function findMinikubeService(door: Door, sources: GatewaySources): readonly Found[] | string {
  const { front, scheme } = door;
  const { place } = sources;
  if (place.kind !== 'minikube') return 'the cluster is not a minikube';
  if (!place.isOwnContext) return `the context is not the one of minikube's profile ${place.profile}`;
  if (!front) return noService(door, sources);
  // Without one minikube finds nothing to lead to, and takes seconds to say so.
  if (!door.pods.some(({ isReady }) => isReady)) return "none of the gateway's pods is ready";
  const { service, port } = front;
  const { namespace, name } = service;
  const { profile } = place;
  const line = service.ports.indexOf(port);
  return [
    {
      words: `minikube service --url of Service ${nameOf(service)}`,
      reach: { kind: 'minikube-service', profile, namespace, service: name, line, scheme },
    },
  ];
}

function noPod({ selector }: Server): string {
  return `no pod has the Gateway's labels (${selectorText(selector)})`;
}

function findPortForward({ server, pods, front, scheme }: Door): readonly Found[] | string {
  const [pod] = pods.filter(({ isReady }) => isReady);
  if (pods.length === 0) return noPod(server);
  if (!pod) return "none of the gateway's pods is ready";
  // Without a Service that maps it, Envoy listens on the Gateway's own port.
  const port = front?.port.targetPort ?? server.port;
  const { namespace } = pod;
  return [
    {
      words: 'port-forward to a gateway pod',
      reach: { kind: 'port-forward', namespace, selector: server.selector, port, scheme },
    },
  ];
}

/** The URL of an address, if it is one: what a cluster says of its nodes need not be an address at all. */
function gatewayUrl(scheme: string, address: string, port: number): readonly string[] {
  const url = `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
  return URL.canParse(url) && /^[\w.:-]+$/.test(address) ? [new URL(url).origin] : [];
}
