import { KUBERNETES_VERSION } from './api/discovery.ts';
import { definitionOf } from './api/openapi/definition-of.ts';
import { newMetadata } from './api/write-object.ts';
import { NODE_IP, NODE_NAME } from './controllers/pod-status.ts';
import { allocateService, completeService } from './kinds/complete-service.ts';
import type { Container } from './kinds/container.ts';
import { NAMESPACES, NODES, SERVICES, type Service } from './kinds/core.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from './kinds/custom-resource-definitions.ts';
import type { Kind, KubeObject, Metadata } from './kinds/kind.ts';
import { KINDS } from './kinds/kinds.ts';
import type { PodNetwork } from './pods/pod-network.ts';
import type { Random } from './random.ts';
import { putRunningWorkload } from './running-workload.ts';
import type { Storage } from './storage.ts';
import { timestamp } from './timers.ts';

/** What the cluster's own objects are made with. */
export type SystemParts = {
  readonly storage: Storage;
  readonly random: Random;
  readonly network: PodNetwork;
  readonly nowMs: number;
};

/** What Kubernetes itself runs on. */
type NodeParts = SystemParts & {
  /** Of the node, in Go's words: `amd64`, `arm64`. */
  readonly architecture: string;
};

type IstioParts = SystemParts & {
  /** The loopback port of the ingress gateway. */
  readonly gatewayPort: number;
};

const DAY_MS = 86_400_000;

/** How old the cluster is: Istio was installed three days ago, a few minutes after the cluster was made. */
const CLUSTER_AGE_MS = 3 * DAY_MS;
const ISTIO_AGE_MS = CLUSTER_AGE_MS - 420_000;

/** The release of Istio whose behaviour the demo cluster imitates. */
export const ISTIO_VERSION = '1.30.3';

const ISTIO_SYSTEM = 'istio-system';

function aged<T extends KubeObject>(
  kind: Kind<T>,
  metadata: Metadata,
  parts: SystemParts,
  ageMs: number,
): Metadata {
  return newMetadata(kind, metadata, parts.nowMs - ageMs);
}

function putNamespace(name: string, parts: SystemParts, ageMs: number): void {
  parts.storage.put(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: aged(NAMESPACES, { name, labels: { 'kubernetes.io/metadata.name': name } }, parts, ageMs),
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  });
}

function nodeConditions(nowMs: number) {
  const since = timestamp(nowMs - CLUSTER_AGE_MS);
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    lastHeartbeatTime: timestamp(nowMs),
    lastTransitionTime: since,
    reason,
    message,
  });
  return [
    condition(
      'MemoryPressure',
      'False',
      'KubeletHasSufficientMemory',
      'kubelet has sufficient memory available',
    ),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
  ];
}

function putNode(parts: NodeParts): void {
  const resources = { cpu: '4', memory: '8129212Ki', 'ephemeral-storage': '61202244Ki', pods: '110' };
  const labels = {
    'beta.kubernetes.io/arch': parts.architecture,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': parts.architecture,
    'kubernetes.io/hostname': NODE_NAME,
    'kubernetes.io/os': 'linux',
    'minikube.k8s.io/name': NODE_NAME,
    'minikube.k8s.io/primary': 'true',
    'node-role.kubernetes.io/control-plane': '',
  };
  const status = {
    addresses: [
      { type: 'InternalIP', address: NODE_IP },
      { type: 'Hostname', address: NODE_NAME },
    ],
    capacity: resources,
    allocatable: resources,
    conditions: nodeConditions(parts.nowMs),
    nodeInfo: {
      architecture: parts.architecture,
      containerRuntimeVersion: 'docker://29.1.3',
      kernelVersion: '6.6.95',
      kubeletVersion: KUBERNETES_VERSION,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      osImage: 'Debian GNU/Linux 12 (bookworm)',
    },
  };
  parts.storage.put(NODES, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: aged(NODES, { name: NODE_NAME, labels }, parts, CLUSTER_AGE_MS),
    spec: { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] },
    status,
  });
}

/** A Deployment of Istio's, with the pod that it has been running since the installation. */
type IstioWorkload = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly container: Container;
};

const WORKLOADS: readonly IstioWorkload[] = [
  {
    name: 'istiod',
    labels: { app: 'istiod', istio: 'pilot', 'istio.io/rev': 'default' },
    container: {
      name: 'discovery',
      image: `docker.io/istio/pilot:${ISTIO_VERSION}`,
      ports: [
        { containerPort: 8080, protocol: 'TCP' },
        { containerPort: 15010, protocol: 'TCP' },
        { containerPort: 15017, protocol: 'TCP' },
      ],
      resources: { requests: { cpu: '10m', memory: '100Mi' } },
    },
  },
  {
    name: 'istio-ingressgateway',
    labels: { app: 'istio-ingressgateway', istio: 'ingressgateway', 'istio.io/rev': 'default' },
    container: {
      name: 'istio-proxy',
      image: `docker.io/istio/proxyv2:${ISTIO_VERSION}`,
      ports: [
        { containerPort: 15021, protocol: 'TCP' },
        { containerPort: 8080, protocol: 'TCP' },
        { containerPort: 8443, protocol: 'TCP' },
      ],
      resources: { requests: { cpu: '10m', memory: '40Mi' } },
    },
  },
];

function putIstioWorkload({ name, labels, container }: IstioWorkload, parts: SystemParts): void {
  const { app = '', istio = '' } = labels;
  const workload = {
    name,
    namespace: ISTIO_SYSTEM,
    labels: { ...labels, 'app.kubernetes.io/version': ISTIO_VERSION },
    podLabels: { ...labels, 'sidecar.istio.io/inject': 'false' },
    selector: { app, istio },
    container,
    replicas: 1,
  };
  putRunningWorkload(workload, parts, parts.nowMs - ISTIO_AGE_MS);
}

function putService(service: Omit<Service, 'apiVersion' | 'kind'>, parts: SystemParts, ageMs: number): void {
  const whole: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    ...service,
    metadata: aged(SERVICES, service.metadata, parts, ageMs),
  };
  parts.storage.put(
    SERVICES,
    allocateService(completeService(whole), parts.storage.list(SERVICES), undefined),
  );
}

function putApiService(parts: SystemParts): void {
  putService(
    {
      metadata: {
        name: 'kubernetes',
        namespace: 'default',
        labels: { component: 'apiserver', provider: 'kubernetes' },
      },
      spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, targetPort: 8443 }] },
    },
    parts,
    CLUSTER_AGE_MS,
  );
}

function putIstioServices(parts: IstioParts): void {
  putService(
    {
      metadata: { name: 'istiod', namespace: ISTIO_SYSTEM, labels: { app: 'istiod', istio: 'pilot' } },
      spec: {
        selector: { app: 'istiod', istio: 'pilot' },
        ports: [
          { name: 'grpc-xds', port: 15010 },
          { name: 'https-dns', port: 15012 },
          { name: 'https-webhook', port: 443, targetPort: 15017 },
          { name: 'http-monitoring', port: 15014 },
        ],
      },
    },
    parts,
    ISTIO_AGE_MS,
  );
  const labels = { app: 'istio-ingressgateway', istio: 'ingressgateway' };
  putService(
    {
      metadata: { name: 'istio-ingressgateway', namespace: ISTIO_SYSTEM, labels },
      spec: {
        type: 'NodePort',
        selector: labels,
        ports: [
          { name: 'status-port', port: 15021 },
          { name: 'http2', port: 80, targetPort: 8080, nodePort: parts.gatewayPort },
          { name: 'https', port: 443, targetPort: 8443 },
        ],
      },
    },
    parts,
    ISTIO_AGE_MS,
  );
}

function putDefinitions(parts: SystemParts): void {
  for (const kind of KINDS.filter(({ isCustom }) => isCustom)) {
    const metadata: Metadata = {
      name: `${kind.resource}.${kind.group}`,
      annotations: { 'helm.sh/resource-policy': 'keep' },
      labels: { app: 'istio-pilot', chart: 'istio', heritage: 'Tiller', release: 'istio' },
    };
    parts.storage.put(CUSTOM_RESOURCE_DEFINITIONS, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: aged(CUSTOM_RESOURCE_DEFINITIONS, metadata, parts, ISTIO_AGE_MS),
      ...definitionOf(kind, timestamp(parts.nowMs - ISTIO_AGE_MS)),
    });
  }
}

const OWN_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Puts in place what a minikube holds before anybody has deployed anything, all of it healthy and days old. */
export function putSystemObjects(parts: NodeParts): void {
  for (const name of OWN_NAMESPACES) putNamespace(name, parts, CLUSTER_AGE_MS);
  putNode(parts);
  putApiService(parts);
}

/** Puts in place what Istio's installation has left, a few minutes after the cluster was made. */
export function putIstio(parts: IstioParts): void {
  putNamespace(ISTIO_SYSTEM, parts, ISTIO_AGE_MS);
  for (const workload of WORKLOADS) putIstioWorkload(workload, parts);
  putIstioServices(parts);
  putDefinitions(parts);
}
