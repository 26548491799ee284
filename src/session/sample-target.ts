import { boundGateways, gatewaysOf } from '../kube/bound-gateways.ts';
import { asReached, type ReachedRoute } from '../kube/delegation.ts';
import { type JsonObject, jsonEquals } from '../kube/json.ts';
import { rewrittenPath, type SampleRequest, sampleRequest } from '../kube/sample-request.ts';
import type { SampleTarget } from '../traffic/sample.ts';
import { productName, version } from '../version.ts';
import { type FoundGateway, findGateway } from './find-gateway.ts';
import type { GatewayLink, LinkParts } from './gateway-link.ts';
import type { Applied, AppState, Sampling } from './state.ts';
import type { TriedWay } from './tried-way.ts';

/** Where samples go, and what they ask for. */
export type FoundTarget = {
  readonly gateway: Extract<FoundGateway, { kind: 'found' }>;
  readonly request: SampleRequest;
  /** The path that an application sees for them. */
  readonly appPath: string;
  /** A route of connections chooses a version for each connection, so each sample has to open its own. */
  readonly choosesPerConnection: boolean;
};

/** What a target follows from, as plain data: another one means that the target has to be found anew. */
export type Subject = JsonObject;

export function subjectOf(state: AppState): Subject {
  const { applied } = state.weights;
  const { gatewayUrl = '', gatewayCa = '', method = '', host = '', path = '', headers } = state.traffic;
  const fresh = state.traffic.wantsFreshConnections;
  const given = { gatewayUrl, gatewayCa, method, host, path, headers, fresh };
  if (!applied) return { given };
  const { uid } = applied.virtualService;
  const labels = applied.route.destinations.map(({ label }) => label);
  const reached = reachedRoute(state, applied);
  if (!reached) return { given, uid, labels };
  const { hosts, gateways } = reached.virtualService;
  const matches = [applied.route, ...(reached.root ? [reached.root] : [])].map(
    ({ json }) => json.match ?? null,
  );
  return { given, uid, labels, hosts, gateways, matches };
}

/** The route of the weights as the gateway sees it; absent while nothing leads to it. */
export function reachedRoute(
  { cluster }: AppState,
  { virtualService, route }: Applied,
): ReachedRoute | undefined {
  return asReached(virtualService, route, cluster.virtualServices.items);
}

export function isSameSubject(left: Subject, right: Subject): boolean {
  return jsonEquals(left, right);
}

/** Whether what a target follows from was read; and nobody looks for one before sampling begins on a protected context. */
export function mayBeFound({ cluster, connection, traffic }: AppState): boolean {
  const areRead = [cluster.nodes, cluster.gateways].every(({ freshness }) => freshness.kind !== 'loading');
  return areRead && !traffic.isUnwanted && !(connection.isProtected && traffic.isPaused);
}

/** Why a route cannot be observed whatever is known of its gateway, in words that follow "not observed:"; undefined where it can. */
function obstacle(reached: ReachedRoute | undefined, gatewayUrl: string | undefined): string | undefined {
  if (!reached) return 'a delegate, and no VirtualService that is read leads to it';
  const { route, virtualService } = reached;
  // Bytes are carried as they are: where the person says that HTTP is spoken there, that can be sampled.
  const isHttp = route.protocol === 'http' || gatewayUrl !== undefined;
  if (isHttp || boundGateways(virtualService).length === 0) return undefined;
  return `${route.protocol} connections show no HTTP; --gateway URL samples them where HTTP is inside`;
}

/** Looks once for the gateway and the request of a route; where there is none yet, yields what to show meanwhile. */
export async function findTarget(
  state: AppState,
  applied: Applied,
  parts: LinkParts,
  current?: GatewayLink,
): Promise<
  | { readonly kind: 'target'; readonly target: FoundTarget }
  | { readonly kind: 'none'; readonly sampling: Sampling; readonly ways: readonly TriedWay[] }
> {
  const { gatewayUrl } = state.traffic;
  const reached = reachedRoute(state, applied);
  const reason = obstacle(reached, gatewayUrl);
  if (!reached || reason !== undefined) {
    return { kind: 'none', sampling: { kind: 'not-observed', reason: reason ?? '' }, ways: [] };
  }
  const { virtualService, route } = reached;
  const asked = sampleRequest(
    virtualService,
    route,
    gatewaysOf(virtualService, state.cluster.gateways.items),
    state.traffic,
  );
  if ('problem' in asked) {
    const { asks, reason } = asked.problem;
    return { kind: 'none', sampling: { kind: 'needs-answer', asks, reason }, ways: [] };
  }
  const { request } = asked;
  const choosesPerConnection = route.protocol !== 'http';
  const asking = { request, appPath: rewrittenPath(route, request.path), choosesPerConnection };
  const probe = { path: request.path, headers: requestHeaders(request) };
  const gateway = await findGateway(state, virtualService, probe, parts, current);
  switch (gateway.kind) {
    case 'found':
      return { kind: 'target', target: { gateway, ...asking } };
    case 'mesh-only':
      return { kind: 'none', sampling: { kind: 'mesh-only' }, ways: [] };
    case 'not-found': {
      const { reason, ways } = gateway;
      return { kind: 'none', sampling: { kind: 'needs-answer', asks: 'gateway', reason }, ways };
    }
  }
}

/** What the sampler is to do for a target. */
export function samplerTarget({ gateway: { link }, request }: FoundTarget): SampleTarget {
  const { url, connect } = link;
  const { path, method } = request;
  return { url: url + path, method, headers: requestHeaders(request), connect };
}

export function requestHeaders({ host, headers }: SampleRequest): Readonly<Record<string, string>> {
  const own = { 'user-agent': `${productName}/${version}`, ...headers };
  return host === undefined ? own : { ...own, host };
}
