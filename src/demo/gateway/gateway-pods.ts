import { isReady } from '../controllers/pod-conditions.ts';
import { PODS, type Pod } from '../kinds/core.ts';
import type { PodLogs } from '../pods/pod-logs.ts';
import type { PodNetwork } from '../pods/pod-network.ts';
import type { Storage } from '../storage.ts';

function isOfGateway(pod: Pod): boolean {
  return pod.metadata.namespace === 'istio-system' && pod.metadata.labels?.istio === 'ingressgateway';
}

/** The gateway's pods that run. */
export function readyGatewayPods(storage: Storage): readonly Pod[] {
  return storage.list(PODS, 'istio-system').filter(pod => isOfGateway(pod) && isReady(pod));
}

/** The pods that the gateway seems to run in: one server on loopback stands behind all of them. */
export interface GatewayPods {
  /** Those that run. */
  readonly pods: readonly Pod[];
  /** The address of the first. */
  readonly podIP: string;
  /** Writes a line into the log of the first. */
  write(line: string): void;
  /** Connections from this loopback port come from the first from now on; returns how to end that. */
  connectFrom(loopbackPort: number): () => void;
  stop(): void;
}

export function createGatewayPods(storage: Storage, network: PodNetwork, logs: PodLogs): GatewayPods {
  let pods: readonly Pod[] | undefined;
  const find = () => {
    pods ??= readyGatewayPods(storage);
    return pods;
  };
  const unsubscribe = storage.subscribe(({ kind, object }) => {
    if (kind === PODS && isOfGateway(object as Pod)) pods = undefined;
  });
  const podIP = () => find()[0]?.status?.podIP ?? '';
  return {
    get pods() {
      return find();
    },
    get podIP() {
      return podIP();
    },
    write: line => {
      const [pod] = find();
      const container = pod?.spec.containers[0]?.name;
      if (pod?.metadata.uid !== undefined && container !== undefined)
        logs.write(pod.metadata.uid, container, line);
    },
    connectFrom: loopbackPort => network.connectFrom(podIP(), loopbackPort),
    stop: unsubscribe,
  };
}
