import type { Node } from './node.ts';

/** What a cluster runs on, as far as it decides which addresses of it this computer can reach. */
export type ClusterPlace =
  /** `isOwnContext`: the context is the one that minikube made, so that its command line means the same cluster. */
  | { readonly kind: 'minikube'; readonly profile: string; readonly isOwnContext: boolean }
  /** In containers or a virtual machine of this computer, with ports published on localhost. */
  | {
      readonly kind: 'localhost';
      readonly product: string;
      /** The containers whose published ports lead into the cluster; empty where Docker is not asked. */
      readonly containers: readonly string[];
      /** What leads a port of localhost into the cluster, as a hint. */
      readonly hint: string;
    }
  | { readonly kind: 'elsewhere' };

/** The label that minikube puts on its nodes; it holds the name of the profile. */
const MINIKUBE_PROFILE = 'minikube.k8s.io/name';

/**
 * What a cluster runs on: told by what its nodes say of themselves, never by the name of a context. minikube's context bears
 * the name of its profile, so another name means that minikube's command line may mean another cluster.
 */
export function clusterPlace(context: string, nodes: readonly Node[]): ClusterPlace {
  const [first] = nodes;
  if (!first) return { kind: 'elsewhere' };
  const profile = first.labels[MINIKUBE_PROFILE];
  if (profile !== undefined) return { kind: 'minikube', profile, isOwnContext: context === profile };
  const { providerId, name } = first;
  if (providerId.startsWith('kind://docker/desktop/') || name === 'docker-desktop') {
    return onLocalhost('Docker Desktop', [], 'a Service of type LoadBalancer is on localhost');
  }
  if (providerId.startsWith('kind://')) {
    const containers = nodes.map(node => node.name).slice(0, MOST_CONTAINERS);
    return onLocalhost('kind', containers, 'extraPortMappings of the cluster lead a port to the NodePort');
  }
  const k3d = /^k3d-(.+)-(?:server|agent)-\d+$/.exec(name);
  if (k3d) {
    const containers = [`k3d-${k3d[1]}-serverlb`];
    return onLocalhost(
      'k3d',
      containers,
      'k3d cluster edit CLUSTER --port-add 8080:80@loadbalancer opens one',
    );
  }
  if (name.includes('rancher-desktop') || providerId.includes('rancher-desktop')) {
    return onLocalhost('Rancher Desktop', [], 'a Service of type LoadBalancer is on localhost');
  }
  return { kind: 'elsewhere' };
}

const MOST_CONTAINERS = 3;

function onLocalhost(product: string, containers: readonly string[], hint: string): ClusterPlace {
  return { kind: 'localhost', product, containers, hint };
}
