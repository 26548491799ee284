import type { Deployment } from './deployment.ts';
import { findService, resolveHost, rulesFor } from './destination-target.ts';
import type { WarningEvent } from './event.ts';
import { type Metadata, matchesSelector } from './metadata.ts';
import type { Pod } from './pod.ts';
import { explainPod } from './pod-why.ts';
import type { Service } from './service.ts';
import type { DestinationRule } from './traffic-objects.ts';
import type { Route, RouteDestination } from './virtual-service.ts';

/** What answers a route destination's share of the traffic: its subset, Deployment and pods together. */
export type Version = {
  readonly label: string;
  /** Where its Service, Deployment and pods are. */
  readonly namespace: string;
  readonly deployment: string | undefined;
  readonly readyPods: number;
  readonly wantedPods: number;
  readonly image: string;
  readonly createdAtMs: number | undefined;
  /** `unknown` where what it is made of may not be read, or is none of the cluster's. */
  readonly health: 'ready' | 'progressing' | 'failing' | 'absent' | 'unknown';
  readonly words: string;
  /** Why it is not ready, in the cluster's words; empty when it is. */
  readonly why: string;
  /** Names of its pods that have not finished, those that are not ready first. */
  readonly podNames: readonly string[];
  /** Names of its ready pods, for reading a page of this version through a port-forward. */
  readonly readyPodNames: readonly string[];
  /** The port of the pods that the Service sends requests to; a name where no pod tells its number. */
  readonly podPort: number | undefined;
};

export type VersionSources = {
  readonly deployments: readonly Deployment[];
  readonly pods: readonly Pod[];
  readonly services: readonly Service[];
  readonly destinationRules: readonly DestinationRule[];
  readonly warningEvents: readonly WarningEvent[];
  /** What was not read at all, with what to say of it, such as `may not be read`. Absent where everything was. */
  readonly unread?: Unread;
};

export type Unread = {
  readonly [Part in 'deployments' | 'pods' | 'services' | 'destinationRules']?: string;
};

/** The versions behind a route's destinations, in their order. */
export function versionsOf(route: Route, namespace: string, sources: VersionSources): readonly Version[] {
  return route.destinations.map(destination => versionOf(destination, namespace, sources));
}

function versionOf(destination: RouteDestination, namespace: string, sources: VersionSources): Version {
  const host = resolveHost(destination.host, namespace);
  const where = host.kind === 'service' ? host.namespace : namespace;
  const labels = podLabels(destination, namespace, sources);
  if ('problem' in labels) return { ...absent(destination.label, where, labels.problem), ...labels.because };
  const isOfVersion = (item: Metadata, itsLabels: Pod['labels']) =>
    item.namespace === where && matchesSelector(labels.labels, itsLabels);
  const pods = sources.pods.filter(pod => !pod.isFinished && isOfVersion(pod, pod.labels));
  const ready = pods.filter(pod => pod.isReady);
  const deployment = sources.deployments.find(candidate => isOfVersion(candidate, candidate.podLabels));
  if (!deployment && pods.length === 0) return withoutPods(destination.label, where, sources.unread);
  const notReady = pods.find(pod => !pod.isReady);
  const wantedPods = deployment?.replicas ?? pods.length;
  const rollout = deployment?.rollout;
  // A Deployment counts its ready pods itself, which is all there is to go by where they are not read.
  const arePodsUnread = sources.unread?.pods !== undefined && pods.length === 0;
  const readyPods = arePodsUnread ? (deployment?.readyReplicas ?? 0) : ready.length;
  const { health, words } = judge(readyPods, wantedPods, notReady, rollout);
  return {
    label: destination.label,
    namespace: where,
    deployment: deployment?.name,
    readyPods,
    wantedPods,
    image: deployment?.images[0] ?? pods[0]?.images[0] ?? '',
    createdAtMs: deployment?.createdAtMs ?? pods[0]?.createdAtMs,
    health,
    words,
    why: health === 'ready' ? '' : whyNot(notReady, sources.warningEvents),
    podNames: [...pods.filter(pod => !pod.isReady), ...ready].map(pod => pod.name),
    readyPodNames: ready.map(pod => pod.name),
    podPort: podPort(destination, namespace, sources, ready[0] ?? pods[0]),
  };
}

/** Nothing was found of a version: it is absent only where everything was looked at. */
function withoutPods(label: string, where: string, unread: Unread | undefined): Version {
  const parts = [
    unread?.pods && `its pods ${unread.pods}`,
    unread?.deployments && `its Deployment ${unread.deployments}`,
  ];
  const words = parts.find(Boolean);
  return words
    ? { ...absent(label, where, words), health: 'unknown' }
    : absent(label, where, 'no Deployment or pod has its labels');
}

function judge(
  ready: number,
  wanted: number,
  notReady: Pod | undefined,
  rollout: Deployment['rollout'] | undefined,
): { readonly health: Version['health']; readonly words: string } {
  if (rollout?.kind === 'failed') return { health: 'failing', words: rollout.words };
  if (wanted === 0) return { health: 'absent', words: 'scaled to 0' };
  if (rollout?.kind === 'progressing') {
    const words = notReady && notReady.status !== 'Running' ? notReady.status : rollout.words;
    return { health: ready > 0 ? 'progressing' : failingUnlessYoung(notReady), words };
  }
  if (ready < wanted)
    return { health: ready > 0 ? 'progressing' : 'failing', words: notReady?.status ?? 'no pod' };
  return { health: 'ready', words: 'Running' };
}

const STARTING = new Set(['Pending', 'ContainerCreating', 'PodInitializing', 'Running']);

function failingUnlessYoung(pod: Pod | undefined): Version['health'] {
  return !pod || STARTING.has(pod.status) ? 'progressing' : 'failing';
}

function whyNot(pod: Pod | undefined, events: readonly WarningEvent[]): string {
  return pod ? explainPod(pod, events) : '';
}

function absent(label: string, namespace: string, words: string): Version {
  return {
    label,
    namespace,
    deployment: undefined,
    readyPods: 0,
    wantedPods: 0,
    image: '',
    createdAtMs: undefined,
    health: 'absent',
    words,
    why: '',
    podNames: [],
    readyPodNames: [],
    podPort: undefined,
  };
}

type NoLabels = { readonly problem: string; readonly because: { readonly health: 'absent' | 'unknown' } };

/** Labels that the destination's pods carry, or what is missing to know them. */
function podLabels(
  destination: RouteDestination,
  namespace: string,
  sources: VersionSources,
): { readonly labels: Readonly<Record<string, string>> } | NoLabels {
  const { unread } = sources;
  const service = findService(destination.host, namespace, sources.services);
  if (!service) {
    if (resolveHost(destination.host, namespace).kind === 'other')
      return notKnown('its host names no Service');
    return unread?.services === undefined
      ? missing(`no Service ${destination.host} here`)
      : notKnown(`its Service ${unread.services}`);
  }
  if (!destination.subset) return { labels: service.selector };
  const subset = rulesFor(destination, namespace, sources.destinationRules)
    .flatMap(rule => rule.subsets)
    .find(({ name }) => name === destination.subset);
  if (subset) return { labels: { ...service.selector, ...subset.labels } };
  return unread?.destinationRules === undefined
    ? missing(`no DestinationRule names subset ${destination.subset}`)
    : notKnown(`its DestinationRule ${unread.destinationRules}`);
}

function missing(problem: string): NoLabels {
  return { problem, because: { health: 'absent' } };
}

function notKnown(problem: string): NoLabels {
  return { problem, because: { health: 'unknown' } };
}

function podPort(
  destination: RouteDestination,
  namespace: string,
  sources: VersionSources,
  pod: Pod | undefined,
): number | undefined {
  const ports = findService(destination.host, namespace, sources.services)?.ports ?? [];
  const port = ports.find(({ port }) => port === destination.port) ?? ports[0];
  if (typeof port?.targetPort === 'string') return pod?.namedPorts[port.targetPort];
  return port?.targetPort;
}
