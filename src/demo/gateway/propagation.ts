import type { Controller } from '../controllers/controller.ts';
import { isSameJson } from '../json.ts';
import { PODS, SERVICES } from '../kinds/core.ts';
import { ENDPOINT_SLICES } from '../kinds/discovery.ts';
import { DESTINATION_RULES, GATEWAYS, VIRTUAL_SERVICES } from '../kinds/istio.ts';
import type { Kind } from '../kinds/kind.ts';
import type { PodLogs } from '../pods/pod-logs.ts';
import type { Storage, StoredChange } from '../storage.ts';
import type { Timers } from '../timers.ts';
import { createDebounce } from './debounce.ts';
import { compileGatewayConfig, type GatewayConfig, readyIstiods } from './gateway-config.ts';
import type { GatewayPods } from './gateway-pods.ts';
import { type ConfigChange, pushLines, refusalLine, rejectedLine } from './istio-log.ts';
import { fullHost } from './virtual-hosts.ts';

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

export type PropagationParts = {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly logs: PodLogs;
  readonly gatewayPods: GatewayPods;
  readonly apply: (config: GatewayConfig) => void;
  /** How much longer than usual the gateway takes to hear of a change. */
  readonly delayMs: number;
};

/** A change by the name that istiod has for it: Services and their endpoints are known by host. */
function configChange({ kind, object }: StoredChange): ConfigChange {
  const { namespace = '', name, labels } = object.metadata;
  if (kind === SERVICES) return { kind: 'ServiceEntry', namespace, name: fullHost(name, namespace) };
  if (kind !== ENDPOINT_SLICES) return { kind: kind.kind, namespace, name };
  const service = labels?.['kubernetes.io/service-name'] ?? '';
  return { kind: 'Endpoints', namespace, name: fullHost(service, namespace) };
}

/** The changes since the last push, and what is said of the push that they lead to. */
class PushDiary {
  readonly #parts: PropagationParts;
  #changes: ConfigChange[] = [];
  #serial = 0;
  #lastChangeMs = 0;
  #lastPushMs: number;

  constructor(parts: PropagationParts) {
    this.#parts = parts;
    this.#lastPushMs = parts.timers.now();
  }

  note(change: StoredChange): void {
    this.#changes.push(configChange(change));
    this.#lastChangeMs = this.#parts.timers.now();
  }

  write({ routes }: GatewayConfig): void {
    const { storage, timers, gatewayPods } = this.#parts;
    const atMs = timers.now();
    const proxies = gatewayPods.pods.map(pod => pod.metadata.name);
    this.#serial += 1;
    const push = {
      atMs,
      serial: this.#serial,
      changes: this.#changes,
      sinceLastChangeMs: atMs - this.#lastChangeMs,
      sinceLastPushMs: atMs - this.#lastPushMs,
      services: storage.list(SERVICES).length,
      proxies,
    };
    this.#changes = [];
    this.#lastPushMs = atMs;
    for (const line of pushLines(push)) this.#say(line);
    if (!('refused' in routes)) return;
    for (const proxy of proxies) this.#say(refusalLine(atMs, proxy, routes.refused));
    gatewayPods.write(rejectedLine(atMs, routes.refused));
  }

  /** One istiod of several does the pushing. */
  #say(line: string): void {
    const [istiod] = readyIstiods(this.#parts.storage);
    const container = istiod?.spec.containers[0]?.name;
    if (istiod?.metadata.uid !== undefined && container !== undefined)
      this.#parts.logs.write(istiod.metadata.uid, container, line);
  }
}

/** How long a gateway takes to find an istiod again that was gone. */
const RECONNECT_MS = 3_000;

/**
 * Does istiod's work: tells the gateway at once what is there, and from then on of changes, debounced. While no istiod
 * pod is ready nothing is told, and the gateway goes on with what it knows until it has found one again.
 */
export function runPropagation(parts: PropagationParts): Controller {
  const { storage, timers, apply, delayMs } = parts;
  apply(compileGatewayConfig(storage));
  const diary = new PushDiary(parts);
  let connection: 'up' | 'down' | 'coming' = 'up';
  const push = () => {
    const config = compileGatewayConfig(storage);
    diary.write(config);
    if (delayMs === 0) apply(config);
    else timers.after(delayMs, () => apply(config));
  };
  const noteChange = createDebounce(timers, () => {
    if (readyIstiods(storage).length === 0) connection = 'down';
    else if (connection === 'up') push();
    else if (connection === 'down') {
      connection = 'coming';
      timers.after(RECONNECT_MS, () => {
        if (connection !== 'coming') return;
        connection = 'up';
        push();
      });
    }
  });
  const unsubscribe = storage.subscribe(change => {
    if (!matters(change)) return;
    diary.note(change);
    noteChange();
  });
  return { stop: unsubscribe };
}
