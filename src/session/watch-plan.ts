import { boundGateways, gatewaysOf } from '../kube/bound-gateways.ts';
import type { Collection } from '../kube/cluster-api.ts';
import { asReached } from '../kube/delegation.ts';
import { resolveHost } from '../kube/destination-target.ts';
import { matchesSelector, selectorText } from '../kube/metadata.ts';
import type { Pod } from '../kube/pod.ts';
import { ISTIO_GROUP, type VirtualService } from '../kube/virtual-service.ts';
import type { CollectionName } from './cluster-events.ts';
import type { Applied, AppState } from './state.ts';

/** One list and watch that the screen needs. */
export type PlannedWatch = {
  readonly collection: Collection;
  /** Of Deployments, which the API cannot select by the labels of their pods: only those are kept whose pods one of these selects. */
  readonly podSelectors?: readonly Labels[];
  /** Being refused it alone is not worth a word. */
  readonly isOptional?: boolean;
};

/** The watches of each collection; one that is absent depends on what is not known yet, and stays as it is. */
export type WatchPlan = { readonly [Name in CollectionName]?: readonly PlannedWatch[] };

type Labels = Readonly<Record<string, string>>;

/** Of so many groups of pods that are not ready, and no more, are warnings read. */
const EXPLAINED_GROUPS = 6;

/**
 * What has to be watched to show what is shown, by namespace, selector and field: a crowd in the same namespace costs nothing.
 *
 * @param istioVersion the version of Istio's networking API to read; undefined while it is not known.
 */
export function planWatches(state: AppState, istioVersion: string | undefined): WatchPlan {
  return {
    nodes: [{ collection: core('nodes') }],
    services: planServices(state),
    istioPods: planIstioPods(state),
    warningEvents: planWarnings(state),
    ...(istioVersion === undefined ? {} : planIstio(state, istioVersion)),
    ...planVersions(state),
  };
}

function planServices(state: AppState): readonly PlannedWatch[] {
  return readNamespaces(state).map(namespace => ({ collection: core('services', namespace) }));
}

function planIstio(state: AppState, version: string): WatchPlan {
  const { namespace } = state.connection;
  const binding = bindingOf(state);
  const istio = (plural: string, where: string): Collection => ({
    group: ISTIO_GROUP,
    version,
    plural,
    namespace: where,
  });
  const elsewhere = (binding ? boundGateways(binding) : [])
    .filter(bound => bound.namespace !== namespace)
    .map(bound => ({
      collection: { ...istio('gateways', bound.namespace), fieldSelector: `metadata.name=${bound.name}` },
    }));
  return {
    virtualServices: [{ collection: istio('virtualservices', namespace) }],
    destinationRules: readNamespaces(state).map(where => ({ collection: istio('destinationrules', where) })),
    gateways: [{ collection: istio('gateways', namespace) }, ...elsewhere],
  };
}

/** Istio's namespace, all of which is shown, and the pods of the route's gateways where they are not in it. */
function planIstioPods(state: AppState): readonly PlannedWatch[] {
  const { cluster } = state;
  const { istioNamespace } = state.connection;
  const { items, freshness } = cluster.istioPods;
  const binding = freshness.kind === 'loading' ? undefined : bindingOf(state);
  const gateways = binding ? gatewaysOf(binding, cluster.gateways.items) : [];
  const known = items.filter(({ namespace }) => namespace === istioNamespace);
  const elsewhere = gateways
    .filter(({ selector }) => Object.keys(selector).length > 0)
    .filter(({ selector }) => !known.some(({ labels }) => matchesSelector(selector, labels)))
    .map(({ selector }) => ({
      collection: { ...core('pods'), labelSelector: selectorText(selector) },
      isOptional: true,
    }));
  return [{ collection: core('pods', istioNamespace) }, ...elsewhere];
}

/** Pods and Deployments by the selectors of the Services behind the route. */
function planVersions({ weights, cluster }: AppState): WatchPlan {
  const { applied } = weights;
  if (!applied || cluster.services.freshness.kind === 'loading') return {};
  const byNamespace = new Map<string, Map<string, Labels>>();
  for (const { name, namespace } of servicesOf(applied)) {
    const service = cluster.services.items.find(item => item.name === name && item.namespace === namespace);
    if (!service || Object.keys(service.selector).length === 0) continue;
    const selectors = byNamespace.get(namespace) ?? new Map<string, Labels>();
    byNamespace.set(namespace, selectors.set(selectorText(service.selector), service.selector));
  }
  const planned = [...byNamespace];
  return {
    pods: planned.flatMap(([namespace, selectors]) =>
      [...selectors.keys()].map(labelSelector => ({
        collection: { ...core('pods', namespace), labelSelector },
      })),
    ),
    deployments: planned.map(([namespace, selectors]) => ({
      collection: { group: 'apps', version: 'v1', plural: 'deployments', namespace },
      podSelectors: [...selectors.values()],
    })),
  };
}

/** Warnings about what is not ready: the first pod of each group that one template made, because the others say the same. */
function planWarnings({ cluster }: AppState): readonly PlannedWatch[] {
  const first = new Map<string, Pod>();
  for (const pod of [...cluster.pods.items, ...cluster.istioPods.items]) {
    if (pod.isReady || pod.isFinished) continue;
    const group = `${pod.namespace}/${pod.labels['pod-template-hash'] ?? selectorText(pod.labels)}`;
    if (!first.has(group)) first.set(group, pod);
  }
  return [...first.values()].slice(0, EXPLAINED_GROUPS).map(({ namespace, name }) => ({
    collection: {
      ...core('events', namespace),
      fieldSelector: `involvedObject.name=${name},type=Warning`,
    },
  }));
}

/** The VirtualService that binds the chosen route to gateways: its own, or the one that delegates to it. */
function bindingOf({ weights, cluster }: AppState): VirtualService | undefined {
  const { applied } = weights;
  if (!applied) return undefined;
  return asReached(applied.virtualService, applied.route, cluster.virtualServices.items)?.virtualService;
}

/** The session's namespace first, then those of the Services that the route leads to. */
function readNamespaces({ connection, weights }: AppState): readonly string[] {
  const others = weights.applied ? servicesOf(weights.applied).map(({ namespace }) => namespace) : [];
  return [...new Set([connection.namespace, ...others])];
}

/** A host that names no Service is a ServiceEntry's, of which nothing is shown. */
function servicesOf({ route, virtualService }: Applied) {
  return route.destinations
    .map(({ host }) => resolveHost(host, virtualService.namespace))
    .filter(resolved => resolved.kind === 'service');
}

function core(plural: string, namespace?: string): Collection {
  return { group: '', version: 'v1', plural, ...(namespace === undefined ? {} : { namespace }) };
}
