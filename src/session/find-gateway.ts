import type { ClusterApi, Collection } from '../kube/cluster-api.ts';
import { boundGateways, type GatewayCandidate, gatewayCandidates } from '../kube/gateway-address.ts';
import { readPod } from '../kube/pod.ts';
import { readService } from '../kube/service.ts';
import { type Gateway, readGateway } from '../kube/traffic-objects.ts';
import type { VirtualService } from '../kube/virtual-service.ts';
import { type Probe, probeGateway } from '../traffic/probe-gateway.ts';
import type { AppState } from './state.ts';

export type FoundGateway =
  | { readonly kind: 'found'; readonly url: string; readonly way: string }
  | { readonly kind: 'mesh-only' }
  | { readonly kind: 'not-found'; readonly reason: string };

const PROBE_DEADLINE_MS = 2_000;

/**
 * Looks for an address at which the VirtualService's gateway answers: candidates by Gateway, selector and Service, each
 * probed, the best that answers taken. Never throws; what it may not read is said in the reason.
 *
 * @param headers of the samples, so that the probe asks as they will.
 */
export async function findGateway(
  api: ClusterApi,
  state: AppState,
  virtualService: VirtualService,
  request: { readonly path: string; readonly headers: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<FoundGateway> {
  const bound = boundGateways(virtualService);
  if (bound.length === 0) return { kind: 'mesh-only' };
  const gateways = await readGateways(api, virtualService, bound, signal);
  if (typeof gateways === 'string') return { kind: 'not-found', reason: gateways };
  const behind = await podsAndServices(api, gateways, state.connection.istioNamespace, signal);
  if (typeof behind === 'string') return { kind: 'not-found', reason: behind };
  const { pods, services } = behind;
  const search = gatewayCandidates(virtualService, gateways, pods, services, state.cluster.nodes.items);
  if (search.kind === 'mesh-only') return search;
  if (search.kind === 'unknown') return { kind: 'not-found', reason: search.reason };
  return firstAnswering(search.candidates, request, signal, state.traffic.gatewayCa);
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
  const found = reads.filter(read => read.ok).map(read => readGateway(read.value));
  const failed = reads.find(read => !read.ok);
  return found.length === 0 && failed ? failed.error.headline : found;
}

/** Pods that the Gateways select, in all namespaces or, where that is forbidden, in Istio's; and the Services beside them. */
async function podsAndServices(
  api: ClusterApi,
  gateways: readonly Gateway[],
  istioNamespace: string,
  signal: AbortSignal,
) {
  const selectors = gateways.map(({ selector }) =>
    Object.entries(selector)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  );
  const everywhere: Collection = { group: '', version: 'v1', plural: 'pods' };
  const lists = await Promise.all(
    selectors.map(async labelSelector => {
      const list = await api.list({ ...everywhere, labelSelector }, signal);
      if (list.ok || list.error.kind !== 'forbidden') return list;
      return api.list({ ...everywhere, labelSelector, namespace: istioNamespace }, signal);
    }),
  );
  const failed = lists.find(list => !list.ok);
  if (failed) return failed.error.headline;
  const pods = lists.flatMap(list => (list.ok ? list.value.items : [])).map(readPod);
  const namespaces = [...new Set(pods.map(({ namespace }) => namespace))];
  const services = await Promise.all(
    namespaces.map(namespace =>
      api.list({ group: '', version: 'v1', plural: 'services', namespace }, signal),
    ),
  );
  return { pods, services: services.flatMap(list => (list.ok ? list.value.items : [])).map(readService) };
}

async function firstAnswering(
  candidates: readonly GatewayCandidate[],
  request: { readonly path: string; readonly headers: Readonly<Record<string, string>> },
  signal: AbortSignal,
  ca: string | undefined,
): Promise<FoundGateway> {
  const probes = await Promise.all(
    candidates.map(async candidate => ({
      candidate,
      probe: await probeGateway(
        { url: candidate.url + request.path, headers: request.headers },
        PROBE_DEADLINE_MS,
        signal,
        ca,
      ),
    })),
  );
  const best =
    probes.find(({ probe }) => probe.kind === 'envoy') ?? probes.find(({ probe }) => probe.kind === 'other');
  if (best) return { kind: 'found', url: best.candidate.url, way: best.candidate.way };
  const tried = probes.map(({ candidate, probe }) => `${candidate.url} ${silence(probe)}`).join(', ');
  return { kind: 'not-found', reason: `no gateway address answers: ${tried}` };
}

function silence(probe: Probe): string {
  return probe.kind === 'silent' ? probe.reason : '';
}
