import type { JsonObject } from '../kube/json.ts';
import type { Pod } from '../kube/pod.ts';
import type { RawWeights } from '../kube/split.ts';
import { plainText } from '../plain-text.ts';
import { connectionPhase } from './selectors.ts';
import type { AppliedSource, AppState, Sampling } from './state.ts';

/** Makes text of clusters, applications and programs fit to be kept: see `textForRecording`. */
export type Clean = (text: string) => string;

/** What a recording keeps of one part of the state: small, plain, and without what a bug report must not give away. */
export type FactKind = 'connection' | 'target' | 'weights' | 'sampling' | 'traffic' | 'run';

type FactReader = {
  /** The parts of the state that the fact is made of: the same parts are the same fact. */
  readonly parts: (state: AppState) => readonly unknown[];
  readonly read: (state: AppState, clean: Clean) => JsonObject;
};

export const FACTS: Readonly<Record<FactKind, FactReader>> = {
  connection: {
    parts: ({ connection, cluster }) => [connection, cluster],
    read: connectionFact,
  },
  target: {
    parts: ({ target }) => [target],
    read: ({ target }, clean) => {
      const { kind: is, ...members } = target;
      return 'reason' in members ? { is, reason: clean(members.reason) } : { is, ...members };
    },
  },
  weights: { parts: ({ weights }) => [weights], read: weightsFact },
  sampling: {
    parts: ({ traffic }) => [
      traffic.sampling,
      traffic.isPaused,
      traffic.ratePerSecond,
      traffic.wantsFreshConnections,
    ],
    read: ({ traffic }, clean) => ({
      ...samplingFact(traffic.sampling, clean),
      isPaused: traffic.isPaused,
      ratePerSecond: traffic.ratePerSecond,
      wantsFreshConnections: traffic.wantsFreshConnections,
    }),
  },
  traffic: {
    parts: ({ traffic }) => [traffic.observed],
    read: ({ traffic: { observed } }) =>
      observed === undefined ? {} : { phase: observed.phase, verdict: observed.verdict.kind },
  },
  run: { parts: ({ run }) => [run], read: ({ run }) => ({ is: run.kind }) },
};

function connectionFact({ connection, cluster }: AppState, clean: Clean): JsonObject {
  const phase = connectionPhase(cluster);
  const { context, namespace, istioNamespace, isDemo, isProtected, isUnverified, isReadOnly } = connection;
  return {
    context,
    namespace,
    istioNamespace,
    isDemo,
    isProtected,
    isUnverified,
    isReadOnly,
    phase: phase.kind,
    ...(phase.kind === 'lost' ? { reason: clean(phase.reason) } : {}),
  };
}

function weightsFact({ weights }: AppState, clean: Clean): JsonObject {
  const { applied, requested, selected, locked, patch } = weights;
  const asked = { requested: written(requested), selected, locked, patch: patch.kind };
  if (applied === undefined) return asked;
  const { virtualService, route } = applied;
  return {
    ...asked,
    applied: written(applied.weights),
    source: sourceFact(applied.source, clean),
    resourceVersion: virtualService.resourceVersion,
    protocol: route.protocol,
    route: plainText(route.name ?? '', 200),
    versions: route.destinations.map(({ label }) => plainText(label, 200)),
  };
}

/** Weights that a route leaves out are null. */
function written(weights: RawWeights): readonly (number | null)[] {
  return weights.map(weight => weight ?? null);
}

function sourceFact(source: AppliedSource, clean: Clean): JsonObject {
  switch (source.kind) {
    case 'found':
      return { by: 'found' };
    case 'shift':
      return {
        by: 'shift',
        shiftId: source.shiftId,
        keyAtMs: tenths(source.keyAtMs),
        sentAtMs: tenths(source.sentAtMs),
        acceptedAtMs: tenths(source.acceptedAtMs),
      };
    case 'outside':
      return { by: 'outside', manager: clean(source.manager) };
  }
}

/** Never where samples go: an address says where somebody's cluster is. */
function samplingFact(sampling: Sampling, clean: Clean): JsonObject {
  switch (sampling.kind) {
    case 'needs-answer':
      return { is: sampling.kind, asks: sampling.asks, reason: clean(sampling.reason) };
    case 'not-observed':
      return { is: sampling.kind, reason: clean(sampling.reason) };
    case 'sampling':
      return {
        is: sampling.kind,
        way: clean(sampling.way),
        reached: sampling.reached,
        gatewayPods: sampling.gatewayPods,
        identification: clean(sampling.identification),
        canTellApart: sampling.canTellApart,
      };
    default:
      return { is: sampling.kind };
  }
}

/** The STATUS and READY columns of each pod that is shown, by namespace and name. */
export function podFacts({ cluster }: AppState): ReadonlyMap<string, JsonObject> {
  const pods = [...cluster.istioPods.items, ...cluster.pods.items];
  return new Map(pods.map(pod => [`${pod.namespace}/${pod.name}`, podFact(pod)]));
}

function podFact({ status, readyContainers, containers, isReady, restarts, images }: Pod): JsonObject {
  return { status, ready: `${readyContainers}/${containers}`, isReady, restarts, images };
}

/** The members that differ from what was said before; those that are gone are null. */
export function changesOf(before: JsonObject, after: JsonObject): JsonObject {
  const changed = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]),
  );
  const gone = Object.keys(before).filter(name => !(name in after));
  return { ...Object.fromEntries(changed), ...Object.fromEntries(gone.map(name => [name, null])) };
}

/** A time or a duration to a tenth of a millisecond: what is finer is noise, and costs room. */
export function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
