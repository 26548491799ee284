import { completePodSpec } from './complete-pod-spec.ts';
import { completeService } from './complete-service.ts';
import { defineKind, type Kind, type KubeObject } from './kind.ts';
import {
  anything,
  boolean,
  type Held,
  int32,
  intOrString,
  listOf,
  mapOf,
  object,
  oneOf,
  string,
} from './schema.ts';

const CONDITION = object(
  { type: string, status: string },
  { reason: string, message: string, lastTransitionTime: string },
);
export type Condition = Held<typeof CONDITION>;

const CONTAINER_PORT = object({ containerPort: int32 }, { name: string, protocol: string });

const CONTAINER = object(
  { name: string, image: string },
  {
    imagePullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
    ports: listOf(CONTAINER_PORT),
    readinessProbe: object({}, { initialDelaySeconds: int32, periodSeconds: int32 }),
    volumeMounts: listOf(object({ name: string, mountPath: string }, { subPath: string })),
    lifecycle: object(
      {},
      {
        preStop: object(
          {},
          { sleep: object({ seconds: int32 }), exec: object({}, { command: listOf(string) }) },
        ),
      },
    ),
    resources: object({}, { requests: mapOf(intOrString), limits: mapOf(intOrString) }),
  },
);
export type Container = Held<typeof CONTAINER>;

const VOLUME = object({ name: string }, { configMap: object({ name: string }) });

export const POD_SPEC = object(
  { containers: listOf(CONTAINER) },
  { nodeName: string, terminationGracePeriodSeconds: int32, restartPolicy: string, volumes: listOf(VOLUME) },
);
export type PodSpec = Held<typeof POD_SPEC>;

const RUNNING = object({ startedAt: string });
const TERMINATED = object(
  { exitCode: int32 },
  { reason: string, startedAt: string, finishedAt: string, containerID: string },
);
const CONTAINER_STATE = object(
  {},
  { running: RUNNING, terminated: TERMINATED, waiting: object({}, { reason: string, message: string }) },
);
export type ContainerState = Held<typeof CONTAINER_STATE>;

const CONTAINER_STATUS = object(
  { name: string, ready: boolean, restartCount: int32 },
  {
    state: CONTAINER_STATE,
    lastState: CONTAINER_STATE,
    image: string,
    imageID: string,
    containerID: string,
    started: boolean,
  },
);
export type ContainerStatus = Held<typeof CONTAINER_STATUS>;

const POD_STATUS = object(
  {},
  {
    phase: string,
    podIP: string,
    podIPs: listOf(object({ ip: string })),
    hostIP: string,
    hostIPs: listOf(object({ ip: string })),
    startTime: string,
    qosClass: string,
    conditions: listOf(CONDITION),
    containerStatuses: listOf(CONTAINER_STATUS),
  },
);
export type PodStatus = Held<typeof POD_STATUS>;

const POD = object({ spec: POD_SPEC }, { status: POD_STATUS });
export type Pod = KubeObject & Held<typeof POD>;

export const PODS = defineKind<Pod>({
  group: '',
  versions: ['v1'],
  resource: 'pods',
  kind: 'Pod',
  shortNames: ['po'],
  categories: ['all'],
  subresources: ['status'],
  hasGeneration: true,
  schema: POD,
  complete: pod => ({
    ...pod,
    spec: completePodSpec(pod.spec),
    status: { phase: 'Pending', qosClass: 'BestEffort', ...pod.status },
  }),
});

const SERVICE_PORT = object(
  { port: int32 },
  { name: string, protocol: string, targetPort: intOrString, nodePort: int32, appProtocol: string },
);
export type ServicePort = Held<typeof SERVICE_PORT>;

const SERVICE = object(
  {
    spec: object(
      {},
      {
        type: oneOf('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'),
        selector: mapOf(string),
        ports: listOf(SERVICE_PORT),
        clusterIP: string,
        clusterIPs: listOf(string),
      },
    ),
  },
  { status: anything },
);
export type Service = KubeObject & Held<typeof SERVICE>;

export const SERVICES: Kind<Service> = defineKind<Service>({
  group: '',
  versions: ['v1'],
  resource: 'services',
  kind: 'Service',
  shortNames: ['svc'],
  categories: ['all'],
  subresources: ['status'],
  schema: SERVICE,
  complete: (service, surroundings) => completeService(service, surroundings.list(SERVICES)),
});

const NODE = object({}, { spec: anything, status: object({}, { conditions: listOf(CONDITION) }) });
export type Node = KubeObject & Held<typeof NODE>;

export const NODES = defineKind<Node>({
  group: '',
  versions: ['v1'],
  resource: 'nodes',
  kind: 'Node',
  shortNames: ['no'],
  isNamespaced: false,
  subresources: ['status'],
  schema: NODE,
});

const NAMESPACE = object({}, { spec: anything, status: object({}, { phase: string }) });
export type Namespace = KubeObject & Held<typeof NAMESPACE>;

export const NAMESPACES = defineKind<Namespace>({
  group: '',
  versions: ['v1'],
  resource: 'namespaces',
  kind: 'Namespace',
  shortNames: ['ns'],
  isNamespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: ['status'],
  schema: NAMESPACE,
  complete: namespace => ({
    ...namespace,
    metadata: {
      ...namespace.metadata,
      labels: { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': namespace.metadata.name },
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active', ...namespace.status },
  }),
});

const CONFIG_MAP = object({}, { data: mapOf(string), binaryData: mapOf(string) });
export type ConfigMap = KubeObject & Held<typeof CONFIG_MAP>;

export const CONFIG_MAPS = defineKind<ConfigMap>({
  group: '',
  versions: ['v1'],
  resource: 'configmaps',
  kind: 'ConfigMap',
  shortNames: ['cm'],
  schema: CONFIG_MAP,
});

const INVOLVED_OBJECT = object(
  {},
  {
    apiVersion: string,
    kind: string,
    name: string,
    namespace: string,
    uid: string,
    resourceVersion: string,
    fieldPath: string,
  },
);

const EVENT = object(
  { involvedObject: INVOLVED_OBJECT },
  {
    type: string,
    reason: string,
    message: string,
    source: object({}, { component: string, host: string }),
    reportingComponent: string,
    firstTimestamp: string,
    lastTimestamp: string,
    count: int32,
  },
);
export type Event = KubeObject & Held<typeof EVENT>;

export const EVENTS = defineKind<Event>({
  group: '',
  versions: ['v1'],
  resource: 'events',
  kind: 'Event',
  shortNames: ['ev'],
  schema: EVENT,
});
