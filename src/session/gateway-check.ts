import type { Check } from '../kube/checks.ts';
import type { Evidence } from '../kube/evidence.ts';
import type { Finding } from '../kube/finding.ts';
import { type Route, rawWeights, type VirtualService } from '../kube/virtual-service.ts';
import type { LinkParts } from './gateway-link.ts';
import { findTarget } from './sample-target.ts';
import type { AppState, Collected, Sampling } from './state.ts';

/** Tries the gateway as the sampler would, from what was just read. */
export async function tryGateway(
  state: AppState,
  virtualService: VirtualService,
  route: Route,
  evidence: Evidence,
  parts: LinkParts,
): Promise<Check | undefined> {
  const cluster = {
    ...state.cluster,
    nodes: live(evidence.nodes),
    gateways: live(evidence.gateways),
    virtualServices: live(evidence.virtualServices),
  };
  const applied = { virtualService, route, weights: rawWeights(route), source: { kind: 'found' } } as const;
  const found = await findTarget({ ...state, cluster }, applied, parts);
  if (found.kind === 'none') return checkOf(found.sampling);
  const { link, reached } = found.target.gateway;
  const check = answered(link.place(), link.words, reached);
  await link.close();
  return check;
}

function live<Item>(items: readonly Item[] | undefined): Collected<Item> {
  return { items: items ?? [], freshness: { kind: 'live' } };
}

/** What a sampler that runs knows of the gateway; undefined while it knows nothing, and where no gateway is asked. */
export function checkOf(sampling: Sampling): Check | undefined {
  switch (sampling.kind) {
    case 'sampling':
      return answered(sampling.place, sampling.way, sampling.reached);
    case 'needs-answer':
      return sampling.asks === 'gateway' ? notReached(sampling.reason) : notTried(sampling.reason);
    case 'not-observed':
      return notTried(sampling.reason);
    default:
      return undefined;
  }
}

const ADDRESS = {
  group: 'gateway',
  id: 'address',
  hint: 'kubectl get services -A shows addresses and ports of the gateway',
} as const;

function answered(place: string, way: string, by: 'envoy' | 'other' | 'nothing'): Check {
  const sentence = `the gateway answers at ${place} (${way})`;
  const findings = by === 'envoy' ? [] : [notTheGateway(place, by)];
  return { ...ADDRESS, sentence, isJudged: true, findings };
}

function notTheGateway(place: string, by: 'other' | 'nothing'): Finding {
  const fix = 'Name its address with --gateway URL; kubectl get services -A shows what it may be.';
  return by === 'other'
    ? {
        severity: 'warning',
        code: 'WB0702',
        object: 'the gateway',
        sentence: `Something answers at ${place} that shows no sign of an Istio gateway.`,
        fix,
      }
    : {
        severity: 'error',
        code: 'WB0701',
        object: 'the gateway',
        sentence: `Nothing answers at ${place}.`,
        fix,
      };
}

function notTried(reason: string): Check {
  return { ...ADDRESS, sentence: `not tried: ${reason}`, isJudged: false, findings: [] };
}

function notReached(reason: string): Check {
  return {
    ...ADDRESS,
    sentence: '',
    isJudged: true,
    findings: [
      {
        severity: 'error',
        code: 'WB0701',
        object: 'the gateway',
        sentence: `The gateway is not reached from here: ${reason.replace(/\.$/, '')}.`,
        fix: 'Name its address with --gateway URL; kubectl -n istio-system port-forward service/istio-ingressgateway 8080:80 makes one.',
      },
    ],
  };
}
