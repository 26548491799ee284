import { definitionOf } from '../../../src/demo/api/openapi/definition-of.ts';
import { groupVersion } from '../../../src/demo/kinds/kind.ts';
import { KINDS } from '../../../src/demo/kinds/kinds.ts';

/** An object with the path of the collection that it is posted to. */
export type Posted = { readonly path: string; readonly object: object };

const NAMESPACE = 'istio-system';
export const STAND_IN_RELEASE = '1.30.3';

/** The kinds of Istio that the demo cluster serves, as definitions. */
const definitions: readonly Posted[] = KINDS.filter(({ isCustom }) => isCustom).map(kind => ({
  path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  object: {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.resource}.${kind.group}` },
    spec: definitionOf(kind, '2026-01-01T00:00:00Z').spec,
  },
}));

export const CUSTOM_RESOURCE_PATHS = KINDS.filter(({ isCustom }) => isCustom).map(
  ({ group, versions, resource }) => `/apis/${groupVersion(group, versions[0])}/${resource}`,
);

const namespace: Posted = {
  path: '/api/v1/namespaces',
  object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
};

function deployment(app: string, istio: string, image: string, ports: readonly number[]): Posted {
  const labels = { app, istio, 'istio.io/rev': 'default', 'app.kubernetes.io/version': STAND_IN_RELEASE };
  const container = {
    name: app === 'istiod' ? 'discovery' : 'istio-proxy',
    image: `docker.io/istio/${image}:${STAND_IN_RELEASE}`,
    ports: ports.map(containerPort => ({ containerPort, protocol: 'TCP' })),
  };
  return {
    path: `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`,
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: app, namespace: NAMESPACE, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app, istio } },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
  };
}

function service(app: string, istio: string, type: string, ports: readonly object[]): Posted {
  return {
    path: `/api/v1/namespaces/${NAMESPACE}/services`,
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: app, namespace: NAMESPACE, labels: { app, istio } },
      spec: { type, selector: { app, istio }, ports },
    },
  };
}

/** What `istioctl install --set profile=demo` makes, as far as a demo cluster serves it: first the definitions, then istiod. */
export const ISTIOD: readonly Posted[] = [
  namespace,
  ...definitions,
  deployment('istiod', 'pilot', 'pilot', [8080, 15010, 15017]),
  service('istiod', 'pilot', 'ClusterIP', [
    { name: 'grpc-xds', port: 15010 },
    { name: 'https-webhook', port: 443, targetPort: 15017 },
  ]),
];

/** The gateways that follow it; the ingress gateway on that port of the node. */
export function gateways(type: string, nodePort: number | undefined): readonly Posted[] {
  return [
    deployment('istio-ingressgateway', 'ingressgateway', 'proxyv2', [15021, 8080, 8443]),
    deployment('istio-egressgateway', 'egressgateway', 'proxyv2', [8080, 8443]),
    service('istio-ingressgateway', 'ingressgateway', type, [
      { name: 'http2', port: 80, targetPort: 8080, ...(nodePort === undefined ? {} : { nodePort }) },
    ]),
  ];
}
