import { hasLabels } from '../api/selectors.ts';
import { isReady } from '../controllers/pod-conditions.ts';
import { PODS, type Pod, SERVICES } from '../kinds/core.ts';
import { ENDPOINT_SLICES } from '../kinds/discovery.ts';
import { DESTINATION_RULES, GATEWAYS, VIRTUAL_SERVICES } from '../kinds/istio.ts';
import type { Storage } from '../storage.ts';
import { type Clusters, compileClusters, resolveCluster } from './clusters.ts';
import { readyGatewayPods } from './gateway-pods.ts';
import { compileVirtualHosts, opensPort, type RouteConfiguration } from './virtual-hosts.ts';

/** Everything that istiod tells a gateway. */
export type GatewayConfig = {
  /** Whether any Gateway opens the port; without one connections are refused. */
  readonly isListening: boolean;
  readonly routes: RouteConfiguration;
  readonly clusters: Clusters;
};

/** The pods that can tell the gateway anything. */
export function readyIstiods(storage: Storage): readonly Pod[] {
  return storage
    .list(PODS, 'istio-system')
    .filter(pod => pod.metadata.labels?.app === 'istiod' && isReady(pod));
}

/** What the objects that there are now amount to. */
export function compileGatewayConfig(storage: Storage): GatewayConfig {
  const services = storage.list(SERVICES);
  const pods = readyGatewayPods(storage);
  const gateways = storage
    .list(GATEWAYS)
    .filter(gateway => pods.some(pod => hasLabels(pod.metadata.labels, gateway.spec?.selector ?? {})));
  const clusters = compileClusters({
    services,
    destinationRules: storage.list(DESTINATION_RULES),
    endpointSlices: storage.list(ENDPOINT_SLICES),
    pods: storage.list(PODS),
  });
  const resolve = (namespace: string) => (destination: Parameters<typeof resolveCluster>[2]) =>
    resolveCluster(services, namespace, destination);
  const routes = compileVirtualHosts(gateways, storage.list(VIRTUAL_SERVICES), resolve);
  return { isListening: gateways.some(opensPort), routes, clusters };
}
