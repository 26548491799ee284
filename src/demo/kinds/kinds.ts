import { DEPLOYMENTS, REPLICA_SETS } from './apps.ts';
import { CONFIG_MAPS, EVENTS, NAMESPACES, NODES, PODS, SERVICES } from './core.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from './custom-resource-definitions.ts';
import { ENDPOINT_SLICES } from './discovery.ts';
import { DESTINATION_RULES, GATEWAYS, VIRTUAL_SERVICES } from './istio.ts';
import type { Kind } from './kind.ts';

/** Every kind that is stored. A new kind is a new row here. */
export const KINDS: readonly Kind[] = [
  NAMESPACES,
  NODES,
  PODS,
  SERVICES,
  EVENTS,
  CONFIG_MAPS,
  DEPLOYMENTS,
  REPLICA_SETS,
  ENDPOINT_SLICES,
  CUSTOM_RESOURCE_DEFINITIONS,
  VIRTUAL_SERVICES,
  DESTINATION_RULES,
  GATEWAYS,
];

/** The groups in the order in which discovery lists them, the core group ('') first. */
export const GROUPS: readonly string[] = [
  ...new Set(['', ...KINDS.map(kind => kind.group), 'authorization.k8s.io']),
];

/** The versions in which `group` is served, preferred first; empty for a group that is not served. */
export function versionsOf(group: string): readonly string[] {
  if (group === 'authorization.k8s.io') return ['v1'];
  return KINDS.find(kind => kind.group === group)?.versions ?? [];
}
