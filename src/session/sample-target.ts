import type { ClusterApi } from '../kube/cluster-api.ts';
import { gatewaysOf } from '../kube/gateway-address.ts';
import { type JsonObject, jsonEquals } from '../kube/json.ts';
import { type SampleRequest, sampleRequest } from '../kube/sample-request.ts';
import { productName, version } from '../version.ts';
import { findGateway } from './find-gateway.ts';
import type { Applied, AppState, Sampling } from './state.ts';

/** Where samples go, and what they ask for. */
export type FoundTarget = { readonly url: string; readonly way: string; readonly request: SampleRequest };

/** What a target follows from, as plain data: another one means that the target has to be found anew. */
export type Subject = JsonObject;

export function subjectOf({ weights: { applied }, traffic }: AppState): Subject {
  const given = [traffic.gatewayUrl ?? '', traffic.host ?? '', traffic.path ?? ''];
  if (!applied) return { given };
  const { uid, hosts, gateways } = applied.virtualService;
  const labels = applied.route.destinations.map(({ label }) => label);
  return { given, uid, hosts, gateways, labels, match: applied.route.json.match ?? null };
}

export function isSameSubject(left: Subject, right: Subject): boolean {
  return jsonEquals(left, right);
}

/** Whether what a target follows from was read; and nobody looks for one before sampling begins on a protected context. */
export function mayBeFound({ cluster, connection, traffic }: AppState): boolean {
  const areRead = [cluster.nodes, cluster.gateways].every(({ freshness }) => freshness.kind !== 'loading');
  return areRead && !(connection.isProtected && traffic.isPaused);
}

/** Looks once for the gateway and the request of a route; where there is none yet, yields what to show meanwhile. */
export async function findTarget(
  api: ClusterApi,
  state: AppState,
  { virtualService, route }: Applied,
  signal: AbortSignal,
): Promise<
  | { readonly kind: 'target'; readonly target: FoundTarget }
  | { readonly kind: 'none'; readonly sampling: Sampling }
> {
  const { gatewayUrl, host, path } = state.traffic;
  const asked = sampleRequest(
    virtualService,
    route,
    gatewaysOf(virtualService, state.cluster.gateways.items),
    { host, path },
  );
  if ('problem' in asked) {
    const { asks, reason } = asked.problem;
    return { kind: 'none', sampling: { kind: 'needs-answer', asks, reason } };
  }
  const { request } = asked;
  if (gatewayUrl) return { kind: 'target', target: { url: gatewayUrl, way: 'as given', request } };
  const probe = { path: request.path, headers: requestHeaders(request) };
  const found = await findGateway(api, state, virtualService, probe, signal);
  switch (found.kind) {
    case 'found':
      return { kind: 'target', target: { url: found.url, way: found.way, request } };
    case 'mesh-only':
      return { kind: 'none', sampling: { kind: 'mesh-only' } };
    case 'not-found':
      return { kind: 'none', sampling: { kind: 'needs-answer', asks: 'gateway', reason: found.reason } };
  }
}

export function requestHeaders({ host, headers }: SampleRequest): Readonly<Record<string, string>> {
  const own = { 'user-agent': `${productName}/${version}`, ...headers };
  return host === undefined ? own : { ...own, host };
}
