import { matchesSelector } from './metadata.ts';
import type { Node } from './node.ts';
import type { Pod } from './pod.ts';
import type { Service } from './service.ts';
import type { Gateway, GatewayServer } from './traffic-objects.ts';
import type { VirtualService } from './virtual-service.ts';

/** A way to reach the ingress gateway that is worth a probe. */
export type GatewayCandidate = { readonly url: string; readonly way: string };

export type GatewaySearch =
  | { readonly kind: 'candidates'; readonly candidates: readonly GatewayCandidate[] }
  /** Sidecars obey the VirtualService, no gateway does: there is nothing to sample from outside. */
  | { readonly kind: 'mesh-only' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Namespace and name of the Gateways that a VirtualService is bound to; `mesh` is none. */
export function boundGateways(
  virtualService: VirtualService,
): readonly { readonly namespace: string; readonly name: string }[] {
  return virtualService.gateways
    .filter(gateway => gateway !== 'mesh')
    .map(gateway => {
      const [first = '', second] = gateway.split('/');
      return second === undefined
        ? { namespace: virtualService.namespace, name: first }
        : { namespace: first === '.' ? virtualService.namespace : first, name: second };
    });
}

/** Those of some Gateways that a VirtualService is bound to. */
export function gatewaysOf(virtualService: VirtualService, gateways: readonly Gateway[]): readonly Gateway[] {
  const bound = boundGateways(virtualService);
  return gateways.filter(gateway =>
    bound.some(({ namespace, name }) => gateway.namespace === namespace && gateway.name === name),
  );
}

/**
 * The addresses behind which a VirtualService may be reached, best first: the load balancer of the Service in front of the
 * Gateway's pods, then each node's address with that Service's NodePort. Found by selectors, never by names.
 */
export function gatewayCandidates(
  virtualService: VirtualService,
  gateways: readonly Gateway[],
  gatewayPods: readonly Pod[],
  services: readonly Service[],
  nodes: readonly Node[],
): GatewaySearch {
  const bound = boundGateways(virtualService);
  if (bound.length === 0) return { kind: 'mesh-only' };
  const found = gatewaysOf(virtualService, gateways);
  const missing = bound[0];
  if (found.length === 0 && missing) {
    return {
      kind: 'unknown',
      reason: `there is no Gateway ${missing.name} in namespace ${missing.namespace}`,
    };
  }
  const candidates = found.flatMap(gateway => candidatesOf(gateway, gatewayPods, services, nodes));
  if (candidates.length > 0) return { kind: 'candidates', candidates };
  return { kind: 'unknown', reason: `no Service in front of Gateway ${found[0]?.name} has an address` };
}

function candidatesOf(
  gateway: Gateway,
  pods: readonly Pod[],
  services: readonly Service[],
  nodes: readonly Node[],
): readonly GatewayCandidate[] {
  const behind = pods.filter(pod => matchesSelector(gateway.selector, pod.labels));
  const inFront = services.filter(service =>
    behind.some(pod => pod.namespace === service.namespace && matchesSelector(service.selector, pod.labels)),
  );
  return preferPlain(gateway.servers).flatMap(server =>
    inFront.flatMap(service => addressesOf(service, server, nodes)),
  );
}

/** Plain HTTP first: it needs no certificate that we might not trust. Protocols that carry no HTTP are left out. */
function preferPlain(servers: readonly GatewayServer[]): readonly GatewayServer[] {
  const plain = servers.filter(server => ['HTTP', 'HTTP2', 'GRPC'].includes(server.protocol));
  const tls = servers.filter(server => server.protocol === 'HTTPS' && server.tlsMode !== 'PASSTHROUGH');
  return [...plain, ...tls];
}

function addressesOf(
  service: Service,
  server: GatewayServer,
  nodes: readonly Node[],
): readonly GatewayCandidate[] {
  const port = service.ports.find(candidate => candidate.port === server.port);
  if (!port) return [];
  const scheme = server.protocol === 'HTTPS' ? 'https' : 'http';
  const where = `Service ${service.namespace}/${service.name}`;
  const balanced = service.loadBalancerAddresses
    .flatMap(address => gatewayUrl(scheme, address, port.port))
    .map(url => ({ url, way: `load balancer of ${where}` }));
  const { nodePort } = port;
  if (nodePort === undefined) return balanced;
  const byNode = nodes
    .flatMap(node => [node.externalIp, node.internalIp])
    .flatMap(address => (address === undefined ? [] : gatewayUrl(scheme, address, nodePort)))
    .map(url => ({ url, way: `NodePort ${nodePort} of ${where}` }));
  return [...balanced, ...byNode];
}

/** The URL of an address, if it is one: what a cluster says of its nodes need not be an address at all. */
function gatewayUrl(scheme: string, address: string, port: number): readonly string[] {
  const url = `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
  return URL.canParse(url) && /^[\w.:-]+$/.test(address) ? [new URL(url).origin] : [];
}
