import { hasLabels } from '../api/selectors.ts';
import type { Pod, Service } from '../kinds/core.ts';
import type { EndpointSlice } from '../kinds/discovery.ts';
import type { Destination } from '../kinds/http-route.ts';
import type { DestinationRule } from '../kinds/istio.ts';
import { fullHost, GATEWAY_PORT } from './virtual-hosts.ts';

/** Where a pod takes requests. */
export type Address = { readonly podIP: string; readonly port: number };

/** The ready addresses behind each name of a cluster. A name that is missing is a cluster that Envoy does not know. */
export type Clusters = ReadonlyMap<string, readonly Address[]>;

/** What clusters are made of. */
export type ClusterSources = {
  readonly services: readonly Service[];
  readonly destinationRules: readonly DestinationRule[];
  readonly endpointSlices: readonly EndpointSlice[];
  readonly pods: readonly Pod[];
};

type LabelledAddress = Address & { readonly labels: Readonly<Record<string, string>> };

function clusterName(port: number, subset: string, host: string): string {
  return `outbound|${port}|${subset}|${host}`;
}

function hostOf(service: Service): string {
  return fullHost(service.metadata.name, service.metadata.namespace ?? '');
}

/** The rules that say something about `host`: those of its own namespace and those that hold for the whole mesh. */
function rulesFor(service: Service, rules: readonly DestinationRule[]): readonly DestinationRule[] {
  const host = hostOf(service);
  return rules.filter(({ metadata, spec }) => {
    const { namespace = '' } = metadata;
    if (namespace !== service.metadata.namespace && namespace !== 'istio-system') return false;
    const named = fullHost(spec?.host ?? '', namespace);
    return named === host || (named.startsWith('*') && host.endsWith(named.slice(1)));
  });
}

function readyAddresses(
  service: Service,
  portName: string,
  slices: readonly EndpointSlice[],
  labelsOf: (podName: string) => Readonly<Record<string, string>>,
): readonly LabelledAddress[] {
  const own = slices.filter(
    ({ metadata }) =>
      metadata.namespace === service.metadata.namespace &&
      metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name,
  );
  return own.flatMap(slice => {
    const port = slice.ports?.find(candidate => (candidate.name ?? '') === portName)?.port;
    if (port === undefined) return [];
    const ready = slice.endpoints.filter(endpoint => endpoint.conditions?.ready !== false);
    return ready.flatMap(({ addresses, targetRef }) =>
      addresses.map(podIP => ({ podIP, port, labels: labelsOf(targetRef?.name ?? '') })),
    );
  });
}

/** The clusters that istiod makes of Services and of the subsets that DestinationRules name. */
export function compileClusters({
  services,
  destinationRules,
  endpointSlices,
  pods,
}: ClusterSources): Clusters {
  const labels = new Map(
    pods.map(({ metadata }) => [`${metadata.namespace}/${metadata.name}`, metadata.labels ?? {}]),
  );
  const clusters = new Map<string, readonly Address[]>();
  for (const service of services) {
    const host = hostOf(service);
    const subsets = rulesFor(service, destinationRules).flatMap(rule => rule.spec?.subsets ?? []);
    for (const { port, name = '' } of service.spec.ports ?? []) {
      const labelsOf = (podName: string) => labels.get(`${service.metadata.namespace}/${podName}`) ?? {};
      const addresses = readyAddresses(service, name, endpointSlices, labelsOf);
      clusters.set(clusterName(port, '', host), addresses);
      for (const subset of subsets) {
        const wanted = subset.labels ?? {};
        clusters.set(
          clusterName(port, subset.name, host),
          addresses.filter(address => hasLabels(address.labels, wanted)),
        );
      }
    }
  }
  return clusters;
}

/** The cluster that a destination in a VirtualService of `namespace` means, whether there is one or not. */
export function resolveCluster(
  services: readonly Service[],
  namespace: string,
  destination: Destination,
): string {
  const host = fullHost(destination.host, namespace);
  const ports = services.find(service => hostOf(service) === host)?.spec.ports ?? [];
  const onlyPort = ports.length === 1 ? ports[0]?.port : undefined;
  return clusterName(destination.port?.number ?? onlyPort ?? GATEWAY_PORT, destination.subset ?? '', host);
}
