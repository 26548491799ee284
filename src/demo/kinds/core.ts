import { ageColumn, column, nameColumn, since, wideColumn } from './column.ts';
import { admitPodSpec, completePodSpec } from './complete-pod-spec.ts';
import { allocateService, completeService } from './complete-service.ts';
import { defineKind, type Kind, type KubeObject } from './kind.ts';
import { NODE, NODE_COLUMNS } from './node.ts';
import { POD_COLUMNS } from './pod-columns.ts';
import { POD_SPEC } from './pod-spec.ts';
import { POD_STATUS } from './pod-status.ts';
import {
  boolean,
  bytes,
  embedded,
  type Held,
  int32,
  listBy,
  listOf,
  mapOf,
  object,
  string,
  time,
} from './schema.ts';
import { SERVICE, SERVICE_COLUMNS } from './service.ts';
import { OBJECT_REFERENCE } from './shared-types.ts';

const POD = object({ spec: embedded(POD_SPEC) }, { status: embedded(POD_STATUS) });
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
  columns: POD_COLUMNS,
  complete: pod => ({ ...pod, spec: completePodSpec(pod.spec) }),
  allocate: pod => ({
    ...pod,
    spec: admitPodSpec(pod.spec),
    status: { phase: 'Pending', qosClass: 'BestEffort', ...pod.status },
  }),
});

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
  columns: SERVICE_COLUMNS,
  validate: ({ spec }) => {
    const needsNone = spec.type === 'ExternalName' || spec.clusterIP === 'None';
    const hasPorts = (spec.ports ?? []).length > 0;
    return needsNone || hasPorts
      ? []
      : [{ reason: 'FieldValueRequired', field: 'spec.ports', message: 'Required value' }];
  },
  complete: completeService,
  allocate: (service, surroundings, previous) =>
    allocateService(service, surroundings.list(SERVICES), previous),
});

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
  columns: NODE_COLUMNS,
});

const NAMESPACE_CONDITION = object(
  { status: string, type: string },
  { lastTransitionTime: time, message: string, reason: string },
);

const NAMESPACE = object(
  {},
  {
    spec: embedded(object({}, { finalizers: listOf(string) })),
    status: embedded(object({}, { conditions: listBy(['type'], NAMESPACE_CONDITION), phase: string })),
  },
);
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
  columns: [
    nameColumn,
    column('Status', ({ status }) => status?.phase ?? '', { description: 'The status of the namespace' }),
    ageColumn,
  ],
  complete: namespace => ({
    ...namespace,
    metadata: {
      ...namespace.metadata,
      labels: { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': namespace.metadata.name },
    },
  }),
  allocate: namespace => ({
    ...namespace,
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active', ...namespace.status },
  }),
});

const CONFIG_MAP = object({}, { data: mapOf(string), binaryData: mapOf(bytes), immutable: boolean });
export type ConfigMap = KubeObject & Held<typeof CONFIG_MAP>;

export const CONFIG_MAPS = defineKind<ConfigMap>({
  group: '',
  versions: ['v1'],
  resource: 'configmaps',
  kind: 'ConfigMap',
  shortNames: ['cm'],
  schema: CONFIG_MAP,
  columns: [
    nameColumn,
    column(
      'Data',
      ({ data = {}, binaryData = {} }) => Object.keys(data).length + Object.keys(binaryData).length,
    ),
    ageColumn,
  ],
});

const EVENT = object(
  { involvedObject: embedded(OBJECT_REFERENCE) },
  {
    action: string,
    count: int32,
    eventTime: time,
    firstTimestamp: time,
    lastTimestamp: time,
    message: string,
    reason: string,
    related: OBJECT_REFERENCE,
    reportingComponent: string,
    reportingInstance: string,
    series: object({}, { count: int32, lastObservedTime: time }),
    source: embedded(object({}, { component: string, host: string })),
    type: string,
  },
);
export type Event = KubeObject & Held<typeof EVENT>;

function firstSeen(event: Event, nowMs: number): string {
  return since(event.firstTimestamp ?? event.eventTime, nowMs);
}

function lastSeen(event: Event, nowMs: number): string {
  const last = event.series?.lastObservedTime ?? event.lastTimestamp;
  return last === undefined ? firstSeen(event, nowMs) : since(last, nowMs);
}

function aboutOf({ involvedObject }: Event): string {
  const kind = (involvedObject?.kind ?? '').toLowerCase();
  return involvedObject?.name ? `${kind}/${involvedObject.name}` : kind;
}

function sourceOf({ source, reportingComponent = '', reportingInstance = '' }: Event): string {
  const instance = source?.host || reportingInstance;
  const component = source?.component || reportingComponent;
  return instance === '' ? component : `${component}, ${instance}`;
}

export const EVENTS = defineKind<Event>({
  group: '',
  versions: ['v1'],
  resource: 'events',
  kind: 'Event',
  shortNames: ['ev'],
  schema: EVENT,
  columns: [
    column('Last Seen', lastSeen),
    column('Type', ({ type }) => type ?? ''),
    column('Reason', ({ reason }) => reason ?? ''),
    column('Object', aboutOf, { description: 'The object that this event is about.' }),
    wideColumn('Subobject', ({ involvedObject }) => involvedObject?.fieldPath ?? ''),
    wideColumn('Source', sourceOf),
    column('Message', ({ message }) => (message ?? '').trim()),
    wideColumn('First Seen', firstSeen),
    wideColumn('Count', ({ series, count }) => series?.count || count || 1),
    { ...nameColumn, priority: 1 },
  ],
});
