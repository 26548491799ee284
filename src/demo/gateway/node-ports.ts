import { hasLabels } from '../api/selectors.ts';
import type { Controller } from '../controllers/controller.ts';
import { PODS, SERVICES } from '../kinds/core.ts';
import type { Storage } from '../storage.ts';
import { readyGatewayPods } from './gateway-pods.ts';
import { GATEWAY_CONTAINER_PORT } from './request-record.ts';

/**
 * Does kube-proxy's work for the NodePorts that lead to the gateway: they take connections while a Service has them and a pod
 * behind that Service is ready. Connections that there are outlive the NodePort, as those that a node has translated do.
 */
export function runNodePorts(
  storage: Storage,
  setNodePorts: (ports: ReadonlySet<number>) => void,
): Controller {
  const look = () => {
    const pods = readyGatewayPods(storage);
    const inFront = storage
      .list(SERVICES, 'istio-system')
      .filter(
        ({ spec: { selector } }) => selector && pods.some(pod => hasLabels(pod.metadata.labels, selector)),
      );
    const ports = inFront.flatMap(({ spec }) =>
      (spec.ports ?? []).flatMap(({ targetPort, nodePort }) =>
        targetPort === GATEWAY_CONTAINER_PORT && nodePort !== undefined ? [nodePort] : [],
      ),
    );
    setNodePorts(new Set(ports));
  };
  const unsubscribe = storage.subscribe(({ kind, object }) => {
    const isOfIstio = object.metadata.namespace === 'istio-system';
    if (isOfIstio && (kind === SERVICES || kind === PODS)) look();
  });
  look();
  return { stop: unsubscribe };
}
