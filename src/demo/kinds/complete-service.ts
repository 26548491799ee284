import type { Service } from './core.ts';
import type { ServicePort } from './service.ts';

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

function isOpenOutside(type: string | undefined): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

function allocatePorts(
  service: Service,
  others: readonly Service[],
  previous: Service | undefined,
): readonly ServicePort[] {
  const ports = service.spec.ports ?? [];
  if (!isOpenOutside(service.spec.type)) return ports;
  const used = new Set(
    [service, ...others].flatMap(other => (other.spec.ports ?? []).flatMap(port => port.nodePort ?? [])),
  );
  const before = new Map(previous?.spec.ports?.map(port => [`${port.port}/${port.protocol}`, port.nodePort]));
  return ports.map(port => ({
    ...port,
    nodePort: port.nodePort ?? before.get(`${port.port}/${port.protocol}`) ?? freeNodePort(used),
  }));
}

/** The Service with what its author need not say. */
export function completeService(service: Service): Service {
  const { spec } = service;
  const ports = spec.ports?.map(port => ({ protocol: 'TCP' as const, targetPort: port.port, ...port }));
  return {
    ...service,
    spec: {
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ...(spec.type === 'ExternalName' ? {} : { internalTrafficPolicy: 'Cluster' }),
      ...(isOpenOutside(spec.type) ? { externalTrafficPolicy: 'Cluster' } : {}),
      ...(spec.type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
      ...spec,
      ...(ports && { ports }),
    },
  };
}

/**
 * The Service without what its new type has no use for, where the client only left it there: NodePorts and
 * externalTrafficPolicy, as `dropTypeDependentFields` of Kubernetes (pkg/registry/core/service/strategy.go).
 */
function withoutOutside(service: Service, previous: Service | undefined): Service {
  if (!isOpenOutside(previous?.spec.type) || isOpenOutside(service.spec.type)) return service;
  const nodePorts = ({ spec }: Service) => (spec.ports ?? []).map(({ nodePort }) => nodePort).join();
  const { externalTrafficPolicy, ports = [], ...spec } = service.spec;
  const isLeft = previous !== undefined && nodePorts(service) === nodePorts(previous);
  const kept = isLeft ? ports.map(({ nodePort: _, ...port }) => port) : ports;
  const policy =
    externalTrafficPolicy === previous?.spec.externalTrafficPolicy ? {} : { externalTrafficPolicy };
  return { ...service, spec: { ...spec, ...policy, ports: kept } as Service['spec'] };
}

/** The Service with its addresses and ports: those that it had, or free ones. `all` tells which are taken. */
export function allocateService(
  wanted: Service,
  all: readonly Service[],
  previous: Service | undefined,
): Service {
  const service = withoutOutside(wanted, previous);
  const status = { ...service.status, loadBalancer: service.status?.loadBalancer ?? {} };
  if (service.spec.type === 'ExternalName') return { ...service, status };
  const others = all.filter(
    other =>
      other.metadata.name !== service.metadata.name ||
      other.metadata.namespace !== service.metadata.namespace,
  );
  const clusterIP = service.spec.clusterIP || previous?.spec.clusterIP || freeClusterIp(others);
  return {
    ...service,
    status,
    spec: {
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ...service.spec,
      ...(service.spec.ports && { ports: allocatePorts(service, others, previous) }),
      clusterIP,
      clusterIPs: [clusterIP],
    },
  };
}
