import { ageColumn, type Column, column, joined, nameColumn, wideColumn } from './column.ts';
import type { Node } from './core.ts';
import {
  anything,
  boolean,
  embedded,
  int32,
  int64,
  listBy,
  listOf,
  mapOf,
  object,
  oneOf,
  quantity,
  setOf,
  string,
  time,
} from './schema.ts';

const TAINT = object(
  { effect: oneOf('NoExecute', 'NoSchedule', 'PreferNoSchedule'), key: string },
  { timeAdded: time, value: string },
);
const NODE_SPEC = object(
  {},
  {
    configSource: anything,
    externalID: string,
    podCIDR: string,
    podCIDRs: setOf(string),
    providerID: string,
    taints: listOf(TAINT),
    unschedulable: boolean,
  },
);
const NODE_ADDRESS = object({ address: string, type: string });
const NODE_CONDITION = object(
  { status: string, type: string },
  { lastHeartbeatTime: time, lastTransitionTime: time, message: string, reason: string },
);
const DAEMON_ENDPOINT = object({}, { Port: int32 });
const NODE_DAEMON_ENDPOINTS = object({}, { kubeletEndpoint: embedded(DAEMON_ENDPOINT) });
const CONTAINER_IMAGE = object({}, { names: listOf(string), sizeBytes: int64 });
const NODE_SWAP_STATUS = object({}, { capacity: int64 });
const NODE_SYSTEM_INFO = object(
  {},
  {
    architecture: string,
    bootID: string,
    containerRuntimeVersion: string,
    kernelVersion: string,
    kubeProxyVersion: string,
    kubeletVersion: string,
    machineID: string,
    operatingSystem: string,
    osImage: string,
    systemUUID: string,
    swap: NODE_SWAP_STATUS,
  },
);
const ATTACHED_VOLUME = object({ devicePath: string, name: string });
const NODE_STATUS = object(
  {},
  {
    addresses: listBy(['type'], NODE_ADDRESS),
    allocatable: mapOf(quantity),
    capacity: mapOf(quantity),
    conditions: listBy(['type'], NODE_CONDITION),
    config: anything,
    daemonEndpoints: embedded(NODE_DAEMON_ENDPOINTS),
    declaredFeatures: listOf(string),
    features: anything,
    images: listOf(CONTAINER_IMAGE),
    nodeInfo: embedded(NODE_SYSTEM_INFO),
    phase: oneOf('Pending', 'Running', 'Terminated'),
    runtimeHandlers: anything,
    volumesAttached: listOf(ATTACHED_VOLUME),
    volumesInUse: listOf(string),
  },
);
export const NODE = object({}, { spec: embedded(NODE_SPEC), status: embedded(NODE_STATUS) });

const ROLE = 'node-role.kubernetes.io/';

function nodeStatus({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const words = [
    ready === undefined ? 'Unknown' : ({ True: 'Ready', False: 'NotReady' }[ready.status] ?? 'NotReady'),
    ...(spec?.unschedulable ? ['SchedulingDisabled'] : []),
  ];
  return words.join(',');
}

function rolesOf({ metadata }: Node): string {
  const roles = Object.keys(metadata.labels ?? {}).filter(label => label.startsWith(ROLE));
  return joined(roles.map(label => label.slice(ROLE.length)).sort());
}

function addressOf({ status }: Node, wanted: string): string {
  return status?.addresses?.find(({ type }) => type === wanted)?.address ?? '<none>';
}

function kernelOf({ status }: Node): string {
  const { kernelVersion = '', architecture = '' } = status?.nodeInfo ?? {};
  return kernelVersion === '' ? '<unknown>' : `${kernelVersion} (${architecture})`;
}

export const NODE_COLUMNS: readonly Column<Node>[] = [
  nameColumn,
  column('Status', nodeStatus, { description: 'The status of the node' }),
  column('Roles', rolesOf, { description: 'The roles of the node' }),
  ageColumn,
  column('Version', ({ status }) => status?.nodeInfo?.kubeletVersion ?? '', {
    description: 'Kubelet Version reported by the node.',
  }),
  wideColumn('Internal-IP', node => addressOf(node, 'InternalIP')),
  wideColumn('External-IP', node => addressOf(node, 'ExternalIP')),
  wideColumn('OS-Image', ({ status }) => status?.nodeInfo?.osImage || '<unknown>'),
  wideColumn('Kernel-Version', kernelOf),
  wideColumn('Container-Runtime', ({ status }) => status?.nodeInfo?.containerRuntimeVersion || '<unknown>'),
];
