import type { Service, ServicePort } from './core.ts';

const FIRST_NODE_PORT = 30_000;
const LAST_NODE_PORT = 32_767;

function freeClusterIp(others: readonly Service[]): string {
  const used = new Set(others.map(service => service.spec.clusterIP));
  for (let number = 10; ; number++) {
    const address = `10.96.${number >> 8}.${number & 255}`;
    if (!used.has(address)) return address;
  }
}

function freeNodePort(used: Set<number>): number {
  let port = FIRST_NODE_PORT + 80;
  while (used.has(port) && port < LAST_NODE_PORT) port++;
  used.add(port);
  return port;
}

function completePorts(service: Service, others: readonly Service[]): readonly ServicePort[] {
  const hasNodePorts = service.spec.type === 'NodePort' || service.spec.type === 'LoadBalancer';
  const used = new Set(
    others.flatMap(other => (other.spec.ports ?? []).flatMap(port => port.nodePort ?? [])),
  );
  return (service.spec.ports ?? []).map(port => ({
    protocol: 'TCP',
    targetPort: port.port,
    ...(hasNodePorts ? { nodePort: freeNodePort(used) } : {}),
    ...port,
  }));
}

const SPEC_DEFAULTS = {
  type: 'ClusterIP',
  sessionAffinity: 'None',
  internalTrafficPolicy: 'Cluster',
  ipFamilies: ['IPv4'],
  ipFamilyPolicy: 'SingleStack',
} as const;

/** The Service with its type, its addresses and its ports filled in; `all` tells which are taken. */
export function completeService(service: Service, all: readonly Service[]): Service {
  const others = all.filter(
    other =>
      other.metadata.name !== service.metadata.name ||
      other.metadata.namespace !== service.metadata.namespace,
  );
  const status = { loadBalancer: {} };
  if (service.spec.type === 'ExternalName') return { status, ...service };
  const clusterIP = service.spec.clusterIP || freeClusterIp(others);
  return {
    status,
    ...service,
    spec: {
      ...SPEC_DEFAULTS,
      ...service.spec,
      ...(service.spec.ports ? { ports: completePorts(service, others) } : {}),
      clusterIP,
      clusterIPs: [clusterIP],
    },
  };
}
