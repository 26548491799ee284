import { hasLabels } from '../api/selectors.ts';
import { newMetadata } from '../api/write-object.ts';
import { isSameJson } from '../json.ts';
import { PODS, type Pod, SERVICES, type Service } from '../kinds/core.ts';
import { ENDPOINT_SLICES, type Endpoint, type EndpointSlice } from '../kinds/discovery.ts';
import type { ServicePort } from '../kinds/service.ts';
import { randomSuffix } from '../random.ts';
import type { StoredChange } from '../storage.ts';
import { type Controller, type ControllerParts, controlledBy, controlledObjects } from './controller.ts';
import { hasCondition, isReady } from './pod-conditions.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

type SlicePort = NonNullable<EndpointSlice['ports']>[number];

/** The pod's port behind a Service's; `undefined` when the pod has no port of that name. */
function targetPort(port: ServicePort, pod: Pod): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  const ports = pod.spec.containers.flatMap(container => container.ports ?? []);
  return ports.find(candidate => candidate.name === target)?.containerPort;
}

function endpointOf(pod: Pod): Endpoint {
  const isTerminating = pod.metadata.deletionTimestamp !== undefined;
  const { name, namespace = '', uid = '' } = pod.metadata;
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready: isReady(pod), serving: hasCondition(pod, 'Ready'), terminating: isTerminating },
    targetRef: { kind: 'Pod', name, namespace, uid },
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
  };
}

type Contents = Pick<EndpointSlice, 'endpoints'> & { readonly ports: readonly SlicePort[] };

/** What the Service's slices hold: pods that have the same port numbers share one. */
export function sliceContents(service: Service, pods: readonly Pod[]): readonly Contents[] {
  const slices = new Map<string, { readonly ports: readonly SlicePort[]; readonly endpoints: Endpoint[] }>();
  for (const pod of pods.filter(candidate => candidate.status?.podIP !== undefined)) {
    const ports = (service.spec.ports ?? []).flatMap(port => {
      const number = targetPort(port, pod);
      return number === undefined
        ? []
        : [{ name: port.name ?? '', port: number, protocol: port.protocol ?? 'TCP' }];
    });
    const key = JSON.stringify(ports);
    const endpoints = slices.get(key)?.endpoints ?? [];
    endpoints.push(endpointOf(pod));
    slices.set(key, { ports, endpoints });
  }
  return slices.size === 0 ? [{ ports: [], endpoints: [] }] : [...slices.values()];
}

/** Whether the Service sends to pods with these labels. One without a selector sends to no pod. */
function selects(service: Service, labels: Readonly<Record<string, string>> | undefined): boolean {
  const selector = service.spec.selector ?? {};
  return Object.keys(selector).length > 0 && hasLabels(labels, selector);
}

/** Keeps the EndpointSlices of every Service with a selector. */
export function runEndpointSlices({ storage, timers, random }: ControllerParts): Controller {
  const create = (service: Service, contents: Contents) => {
    const { name, namespace } = service.metadata;
    const metadata = {
      generateName: `${name}-`,
      name: `${name}-${randomSuffix(random)}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: {
        ...service.metadata.labels,
        'kubernetes.io/service-name': name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [controlledBy(service)],
    };
    storage.put(ENDPOINT_SLICES, {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: newMetadata(ENDPOINT_SLICES, metadata, timers.now()),
      addressType: 'IPv4',
      ...contents,
    });
  };

  const reconcile = (key: string) => {
    const [namespace, name] = splitKey(key);
    const service = storage.get(SERVICES, namespace, name);
    if (!service || Object.keys(service.spec.selector ?? {}).length === 0) return;
    const pods = storage.list(PODS, namespace).filter(pod => selects(service, pod.metadata.labels));
    const wanted = sliceContents(service, pods);
    const slices = controlledObjects(storage, ENDPOINT_SLICES, service);
    for (const [index, contents] of wanted.entries()) {
      const slice = slices[index];
      if (!slice) create(service, contents);
      else if (!isSameJson({ ...slice, ...contents }, slice)) {
        const generation = (slice.metadata.generation ?? 1) + 1;
        storage.put(ENDPOINT_SLICES, { ...slice, ...contents, metadata: { ...slice.metadata, generation } });
      }
    }
    for (const slice of slices.slice(wanted.length))
      storage.remove(ENDPOINT_SLICES, namespace, slice.metadata.name);
  };

  const queue = createWorkQueue(reconcile);
  const notice = (change: StoredChange) => {
    if (change.kind === SERVICES && change.type !== 'DELETED') queue.add(keyOf(change.object.metadata));
    if (change.kind !== PODS) return;
    for (const service of storage.list(SERVICES, change.object.metadata.namespace)) {
      const concerns = [change.object, change.previous].some(
        pod => pod && selects(service, pod.metadata.labels),
      );
      if (concerns) queue.add(keyOf(service.metadata));
    }
  };
  for (const service of storage.list(SERVICES)) queue.add(keyOf(service.metadata));
  const unsubscribe = storage.subscribe(notice);
  return {
    stop: () => {
      unsubscribe();
      queue.stop();
    },
  };
}
