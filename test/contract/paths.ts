/** The paths of what the contract is about, in one namespace. */
export function pathsIn(namespace: string) {
  const core = `/api/v1/namespaces/${namespace}`;
  const istio = (version: string) => `/apis/networking.istio.io/${version}/namespaces/${namespace}`;
  return {
    configMaps: `${core}/configmaps`,
    pods: `${core}/pods`,
    services: `${core}/services`,
    events: `${core}/events`,
    deployments: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    replicaSets: `/apis/apps/v1/namespaces/${namespace}/replicasets`,
    endpointSlices: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    virtualServices: `${istio('v1')}/virtualservices`,
    destinationRules: `${istio('v1')}/destinationrules`,
    virtualServicesV1beta1: `${istio('v1beta1')}/virtualservices`,
  };
}
