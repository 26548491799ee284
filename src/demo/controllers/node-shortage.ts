import { NODES, PODS, type Pod } from '../kinds/core.ts';
import type { Storage } from '../storage.ts';
import { NODE_NAME } from './pod-status.ts';

const RESOURCES = ['cpu', 'memory'] as const;

/**
 * What the one node is short of for the pod, in the scheduler's words (pkg/scheduler/framework/types.go, FitError); undefined
 * where it fits. It counts what pods on the node ask for, not what they use; memory and CPU alone.
 */
export function nodeShortage(pod: Pod, storage: Storage): string | undefined {
  const asked = RESOURCES.filter(resource => requestOf(pod, resource) > 0);
  if (asked.length === 0) return undefined;
  const there = storage.get(NODES, undefined, NODE_NAME)?.status?.allocatable ?? {};
  const onNode = storage.list(PODS).filter(other => other.spec.nodeName === NODE_NAME && !hasEnded(other));
  const short = asked.filter(resource => {
    const taken = onNode.reduce((sum, other) => sum + requestOf(other, resource), 0);
    return taken + requestOf(pod, resource) > quantity(there[resource]);
  });
  if (short.length === 0) return undefined;
  const isTooLarge = short.some(resource => requestOf(pod, resource) > quantity(there[resource]));
  const preemption = isTooLarge
    ? 'Preemption is not helpful for scheduling'
    : 'No preemption victims found for incoming pod';
  const causes = short.map(resource => `1 Insufficient ${resource}`).join(', ');
  return `0/1 nodes are available: ${causes}. preemption: 0/1 nodes are available: 1 ${preemption}.`;
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

function requestOf({ spec }: Pod, resource: (typeof RESOURCES)[number]): number {
  return spec.containers.reduce((sum, { resources = {} }) => {
    const { requests = {}, limits = {} } = resources;
    return sum + quantity(requests[resource] ?? limits[resource]);
  }, 0);
}

const FACTORS: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** An amount as Kubernetes writes it, such as `10m` or `100Mi`; 0 for what is none. */
function quantity(text: unknown): number {
  const [, number = '0', unit = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(String(text ?? '')) ?? [];
  return Number(number) * (FACTORS[unit] ?? 1);
}
