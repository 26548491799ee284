import { SERVICES } from '../kinds/core.ts';
import type { Scenario } from './scenario.ts';

export const GATEWAY_CLUSTER_IP: Scenario = {
  name: 'gateway-cluster-ip',
  summary: 'The Service of the gateway is of type ClusterIP: only a port-forward leads to it from here.',
  prepare: ({ storage }) => {
    const service = storage.get(SERVICES, 'istio-system', 'istio-ingressgateway');
    if (!service) return;
    const ports = (service.spec.ports ?? []).map(({ nodePort, ...port }) => port);
    storage.put(SERVICES, { ...service, spec: { ...service.spec, type: 'ClusterIP', ports } });
  },
};
