import { boundGateways } from '../kube/bound-gateways.ts';
import type { ClusterApi, Collection } from '../kube/cluster-api.ts';
import { type GatewayWay, gatewayWays, type WayKind } from '../kube/gateway-ways.ts';
import { clusterPlace } from '../kube/local-cluster.ts';
import { selectorText } from '../kube/metadata.ts';
import { readPod } from '../kube/pod.ts';
import { readPublishedPorts } from '../kube/published-ports.ts';
import { readService } from '../kube/service.ts';
import { type Gateway, readGateway } from '../kube/traffic-objects.ts';
import type { VirtualService } from '../kube/virtual-service.ts';
import { probeGateway } from '../traffic/probe-gateway.ts';
import { type GatewayLink, isSameWay, type LinkParts, openLink } from './gateway-link.ts';
import type { AppState } from './state.ts';
import { type TriedWay, type WayResult, whyNoneWorks } from './tried-way.ts';

export type FoundGateway =
  | {
      readonly kind: 'found';
      readonly link: GatewayLink;
      readonly reached: 'envoy' | 'other' | 'nothing';
      readonly ways: readonly TriedWay[];
      /** How many pods of the gateway are ready, where that is known. */
      readonly readyPods: number | undefined;
    }
  | { readonly kind: 'mesh-only' }
  | { readonly kind: 'not-found'; readonly reason: string; readonly ways: readonly TriedWay[] };

/** What a probe asks for: what the samples will. */
export type ProbeRequest = { readonly path: string; readonly headers: Readonly<Record<string, string>> };

const PROBE_DEADLINE_MS = 2_000;

/**
 * Looks for a way to the VirtualService's gateway: all that exist are probed at once, and the best that reaches an Envoy is
 * taken; minikube's own command is started only where none does but, perhaps, a port-forward. A gateway that the person named
 * is taken whatever answers there. Never throws; what may not be read is said in the reason.
 *
 * @param current the link in use, which goes on where it is still one of the ways. The caller closes it where another is found.
 */
export async function findGateway(
  state: AppState,
  virtualService: VirtualService,
  request: ProbeRequest,
  parts: LinkParts,
  current?: GatewayLink,
): Promise<FoundGateway> {
  const search = new Search(state, request, parts, current);
  const { gatewayUrl } = state.traffic;
  if (gatewayUrl !== undefined) return search.named(gatewayUrl);
  const plan = await planWays(parts.api, state, virtualService, parts.signal);
  switch (plan.kind) {
    case 'mesh-only':
      return plan;
    case 'unknown':
      // A headline is a sentence of its own; a reason goes on.
      return { kind: 'not-found', reason: plan.reason.replace(/\.$/, ''), ways: [] };
    case 'ways':
      return search.best(plan.ways, plan.readyPods);
  }
}

async function planWays(
  api: ClusterApi,
  state: AppState,
  virtualService: VirtualService,
  signal: AbortSignal,
): Promise<ReturnType<typeof gatewayWays>> {
  const bound = boundGateways(virtualService);
  if (bound.length === 0) return { kind: 'mesh-only' };
  const gateways = await readGateways(api, virtualService, bound, signal);
  if (typeof gateways === 'string') return { kind: 'unknown', reason: gateways };
  const { context, istioNamespace } = state.connection;
  const behind = await podsAndServices(api, gateways, istioNamespace, signal);
  if (typeof behind === 'string') return { kind: 'unknown', reason: behind };
  const nodes = state.cluster.nodes.items;
  const place = clusterPlace(context, nodes);
  const publishedPorts = await readPublishedPorts(place.kind === 'localhost' ? place.containers : [], signal);
  return gatewayWays(virtualService, { ...behind, gateways, nodes, place, publishedPorts });
}

type Attempt = { readonly way: TriedWay; readonly link: GatewayLink | undefined };

/** One look for the gateway. */
class Search {
  readonly #state: AppState;
  readonly #request: ProbeRequest;
  readonly #parts: LinkParts;
  readonly #current: GatewayLink | undefined;

  constructor(state: AppState, request: ProbeRequest, parts: LinkParts, current: GatewayLink | undefined) {
    this.#state = state;
    this.#request = request;
    this.#parts = parts;
    this.#current = current;
  }

  async named(url: string): Promise<FoundGateway> {
    const way = { kind: 'given', words: 'as given', reach: { kind: 'url', url } } as const;
    const { way: tried, link } = await this.#attempt(way);
    if (!link) return { kind: 'not-found', reason: whyNoneWorks([tried]), ways: [tried] };
    return found({ way: tried, link }, [tried], undefined);
  }

  async best(ways: readonly GatewayWay[], readyPods: number): Promise<FoundGateway> {
    const isLast = ({ kind }: { readonly kind: WayKind }) => kind === 'minikube-service';
    const atOnce = await Promise.all(ways.filter(way => !isLast(way)).map(way => this.#attempt(way)));
    const isServed = atOnce.some(({ way }) => way.kind !== 'port-forward' && way.result.kind === 'envoy');
    const last = await Promise.all(
      ways.filter(isLast).map(way => (isServed ? notNeeded(way) : this.#attempt(way))),
    );
    const attempts = ways
      .map(way => (isLast(way) ? last.shift() : atOnce.shift()))
      .filter(one => one !== undefined);
    const chosen = choose(attempts, this.#current);
    const others = attempts.filter(({ link }) => link !== chosen?.link && link !== this.#current);
    await Promise.all(others.map(({ link }) => link?.close()));
    const tried = attempts.map(({ way }) => way);
    if (chosen) return found(chosen, tried, readyPods);
    return { kind: 'not-found', reason: whyNoneWorks(tried), ways: tried };
  }

  async #attempt(way: GatewayWay): Promise<Attempt> {
    const { kind, words } = way;
    const tried = (place: string, result: WayResult): TriedWay => ({
      kind,
      words,
      place,
      result,
      isUsed: false,
    });
    if ('absent' in way) {
      return { way: tried('', { kind: 'absent', reason: way.absent }), link: undefined };
    }
    const current = this.#current;
    const reused = current?.isAlive() && isSameWay(current, kind, way.reach) ? current : undefined;
    const link = reused ?? (await openLink(kind, words, way.reach, this.#parts));
    if (typeof link === 'string') {
      return { way: tried('', { kind: 'silent', reason: link }), link: undefined };
    }
    const result = await this.#probe(link);
    return { way: tried(link.place(), result), link };
  }

  #probe({ url, connect }: GatewayLink): Promise<WayResult> {
    const { path, headers } = this.#request;
    const ca = this.#state.traffic.gatewayCa;
    const { clock, signal } = this.#parts;
    return probeGateway(
      { url: url + path, headers, connect },
      { deadlineMs: PROBE_DEADLINE_MS, clock, ca },
      signal,
    );
  }
}

function notNeeded({ kind, words, ...rest }: GatewayWay): Attempt {
  const reason = 'absent' in rest ? rest.absent : 'not needed: another way works';
  return {
    way: { kind, words, place: '', result: { kind: 'absent', reason }, isUsed: false },
    link: undefined,
  };
}

/**
 * The best way that reaches an Envoy; where none does, the best where anything answers. A link in use that reaches an Envoy
 * stays in use, unless it is one that only stands in for an address and an address answers.
 */
function choose(attempts: readonly Attempt[], current: GatewayLink | undefined): Attempt | undefined {
  const reaching = attempts.filter(({ way }) => way.result.kind === 'envoy');
  const used = reaching.find(({ link }) => link !== undefined && link === current);
  const isStandIn = used?.link?.reach.kind !== 'url';
  return (
    (isStandIn ? undefined : used) ?? reaching[0] ?? attempts.find(({ way }) => way.result.kind === 'other')
  );
}

function found(
  { way, link }: Attempt,
  ways: readonly TriedWay[],
  readyPods: number | undefined,
): FoundGateway {
  if (!link) return { kind: 'not-found', reason: whyNoneWorks(ways), ways };
  const { kind } = way.result;
  const reached = kind === 'envoy' || kind === 'other' ? kind : 'nothing';
  const marked = ways.map(one => (one === way ? { ...one, isUsed: true } : one));
  return { kind: 'found', link, reached, ways: marked, readyPods };
}

async function readGateways(
  api: ClusterApi,
  { apiVersion }: VirtualService,
  bound: ReturnType<typeof boundGateways>,
  signal: AbortSignal,
): Promise<readonly Gateway[] | string> {
  const [group = '', version = ''] = apiVersion.split('/');
  const reads = await Promise.all(
    bound.map(({ namespace, name }) =>
      api.get({ group, version, plural: 'gateways', namespace }, name, signal),
    ),
  );
  const read = reads.filter(one => one.ok).map(one => readGateway(one.value));
  const failed = reads.find(one => !one.ok);
  return read.length === 0 && failed ? failed.error.headline : read;
}

/** Pods that the Gateways select, in all namespaces or, where that is forbidden, in Istio's; and the Services beside them. */
async function podsAndServices(
  api: ClusterApi,
  gateways: readonly Gateway[],
  istioNamespace: string,
  signal: AbortSignal,
) {
  const everywhere: Collection = { group: '', version: 'v1', plural: 'pods' };
  const lists = await Promise.all(
    gateways.map(async ({ selector }) => {
      const labelSelector = selectorText(selector);
      const list = await api.list({ ...everywhere, labelSelector }, signal);
      if (list.ok || list.error.kind !== 'forbidden') return list;
      return api.list({ ...everywhere, labelSelector, namespace: istioNamespace }, signal);
    }),
  );
  const failed = lists.find(list => !list.ok);
  if (failed) return failed.error.headline;
  const listed = lists.flatMap(list => (list.ok ? list.value.items : [])).map(readPod);
  // Several Gateways may select the same pods.
  const pods = [...new Map(listed.map(pod => [pod.uid, pod])).values()];
  const namespaces = [...new Set(pods.map(({ namespace }) => namespace))];
  const services = await Promise.all(
    namespaces.map(namespace =>
      api.list({ group: '', version: 'v1', plural: 'services', namespace }, signal),
    ),
  );
  const unread = services.find(list => !list.ok);
  return {
    pods,
    services: services.flatMap(list => (list.ok ? list.value.items : [])).map(readService),
    servicesProblem: unread ? unread.error.headline : '',
  };
}
