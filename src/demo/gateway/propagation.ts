import type { Controller } from '../controllers/controller.ts';
import { isSameJson } from '../json.ts';
import { PODS, SERVICES } from '../kinds/core.ts';
import { ENDPOINT_SLICES } from '../kinds/discovery.ts';
import { DESTINATION_RULES, GATEWAYS, VIRTUAL_SERVICES } from '../kinds/istio.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Storage, StoredChange } from '../storage.ts';
import type { Timers } from '../timers.ts';
import { createDebounce } from './debounce.ts';
import { compileGatewayConfig, type GatewayConfig, isControlPlaneReady } from './gateway-config.ts';

const CONFIG_KINDS: ReadonlySet<Kind> = new Set<Kind>([
  GATEWAYS,
  VIRTUAL_SERVICES,
  DESTINATION_RULES,
  SERVICES,
  ENDPOINT_SLICES,
]);

/** Whether istiod has anything to tell about a change. Of pods it is their labels, and those of Istio itself. */
function matters({ kind, object, previous }: StoredChange): boolean {
  if (CONFIG_KINDS.has(kind)) return true;
  if (kind !== PODS) return false;
  const isOfIstio = object.metadata.namespace === 'istio-system';
  return (
    isOfIstio || (previous !== undefined && !isSameJson(previous.metadata.labels, object.metadata.labels))
  );
}

/**
 * Does istiod's work: tells the gateway at once what is there, and from then on of changes, debounced. While no istiod
 * pod is ready nothing is told, and the gateway goes on with what it knows.
 */
export function runPropagation(
  storage: Storage,
  timers: Timers,
  apply: (config: GatewayConfig) => void,
): Controller {
  apply(compileGatewayConfig(storage));
  const noteChange = createDebounce(timers, () => {
    if (isControlPlaneReady(storage)) apply(compileGatewayConfig(storage));
  });
  const unsubscribe = storage.subscribe(change => {
    if (matters(change)) noteChange();
  });
  return { stop: unsubscribe };
}
