import { ageColumn, type Column, column, joined, labelText, nameColumn, wideColumn } from './column.ts';
import type { Service } from './core.ts';
import {
  atomic,
  boolean,
  embedded,
  type Held,
  int32,
  intOrString,
  listBy,
  listOf,
  mapOf,
  object,
  oneOf,
  string,
  withDefault,
} from './schema.ts';
import { CONDITION, PORT_STATUS } from './shared-types.ts';

const SERVICE_PORT = object(
  { port: int32 },
  {
    appProtocol: string,
    name: string,
    nodePort: int32,
    protocol: withDefault(oneOf('SCTP', 'TCP', 'UDP'), 'TCP'),
    targetPort: intOrString,
  },
);
export type ServicePort = Held<typeof SERVICE_PORT>;
const CLIENT_IP_CONFIG = object({}, { timeoutSeconds: int32 });
const SESSION_AFFINITY_CONFIG = object({}, { clientIP: CLIENT_IP_CONFIG });
const SERVICE_SPEC = object(
  {},
  {
    allocateLoadBalancerNodePorts: boolean,
    clusterIP: string,
    clusterIPs: listOf(string),
    externalIPs: listOf(string),
    externalName: string,
    externalTrafficPolicy: oneOf('Cluster', 'Local'),
    healthCheckNodePort: int32,
    internalTrafficPolicy: oneOf('Cluster', 'Local'),
    ipFamilies: listOf(oneOf('', 'IPv4', 'IPv6')),
    ipFamilyPolicy: oneOf('PreferDualStack', 'RequireDualStack', 'SingleStack'),
    loadBalancerClass: string,
    loadBalancerIP: string,
    loadBalancerSourceRanges: listOf(string),
    ports: listBy(['port', 'protocol'], SERVICE_PORT),
    publishNotReadyAddresses: boolean,
    selector: atomic(mapOf(string)),
    sessionAffinity: oneOf('ClientIP', 'None'),
    sessionAffinityConfig: SESSION_AFFINITY_CONFIG,
    trafficDistribution: string,
    type: oneOf('ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'),
  },
);
const LOAD_BALANCER_INGRESS = object(
  {},
  { hostname: string, ip: string, ipMode: string, ports: listOf(PORT_STATUS) },
);
const LOAD_BALANCER_STATUS = object({}, { ingress: listOf(LOAD_BALANCER_INGRESS) });
const SERVICE_STATUS = object(
  {},
  { conditions: listBy(['type'], CONDITION), loadBalancer: embedded(LOAD_BALANCER_STATUS) },
);
export const SERVICE = object({ spec: embedded(SERVICE_SPEC) }, { status: embedded(SERVICE_STATUS) });

function externalAddresses({ spec, status }: Service): string {
  const given = spec.externalIPs ?? [];
  if (spec.type === 'ExternalName') return spec.externalName ?? '';
  if (spec.type !== 'LoadBalancer') return joined(given);
  const balanced = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
  return [...balanced, ...given].join(',') || '<pending>';
}

function portText({ port, nodePort, protocol }: ServicePort): string {
  return nodePort === undefined ? `${port}/${protocol}` : `${port}:${nodePort}/${protocol}`;
}

export const SERVICE_COLUMNS: readonly Column<Service>[] = [
  nameColumn,
  column('Type', ({ spec }) => spec.type ?? ''),
  column('Cluster-IP', ({ spec }) => spec.clusterIPs?.[0] ?? '<none>'),
  column('External-IP', externalAddresses),
  column('Port(s)', ({ spec }) => joined((spec.ports ?? []).map(portText))),
  ageColumn,
  wideColumn('Selector', ({ spec }) => labelText(spec.selector)),
];
