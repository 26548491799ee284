import { boundGateways } from './bound-gateways.ts';
import { nodeFindings } from './cluster-findings.ts';
import type { Evidence } from './evidence.ts';
import type { Finding, Severity } from './finding.ts';
import { gatewayFindings } from './gateway-findings.ts';
import { injectionFindings, meshWords } from './injection-findings.ts';
import {
  gatewayPodFindings,
  isControlPlane,
  istiodFindings,
  istioVersion,
  releaseWords,
} from './istio-findings.ts';
import { destinationFindings, ownerFindings, retryFindings } from './route-findings.ts';
import { routeNotes } from './route-notes.ts';
import { judgedVersions, versionFindings } from './version-findings.ts';
import { type Route, routeWords, type VirtualService } from './virtual-service.ts';

export const CHECK_GROUPS = [
  'connection',
  'permissions',
  'cluster',
  'istio',
  'versions',
  'route',
  'gateway',
] as const;

export type CheckGroup = (typeof CHECK_GROUPS)[number];

/** One thing that was looked at. */
export type Check = {
  readonly group: CheckGroup;
  /** What it is about: `nodes`, `istiod`. Unique in a report. */
  readonly id: string;
  /** What is so, where nothing was found; why it was not judged, where it was not. */
  readonly sentence: string;
  /** A command that shows the same. */
  readonly hint: string;
  readonly isJudged: boolean;
  readonly findings: readonly Finding[];
};

/** `ok` where nothing was found, `skipped` where it could not be judged, else the gravest of its findings. */
export type CheckStatus = 'ok' | 'skipped' | Severity;

export function checkStatus({ isJudged, findings }: Check): CheckStatus {
  if (!isJudged) return 'skipped';
  const severities = findings.map(({ severity }) => severity);
  return (['error', 'warning', 'info'] as const).find(severity => severities.includes(severity)) ?? 'ok';
}

export function findingsOf(checks: readonly Check[]): readonly Finding[] {
  return checks.flatMap(({ findings }) => findings);
}

type Judgement = Omit<Check, 'findings' | 'isJudged' | 'sentence'> & {
  /** Undefined where what it takes could not be read. */
  readonly findings: readonly Finding[] | undefined;
  readonly sentence: string;
};

function check({ findings, sentence, ...rest }: Judgement): Check {
  return findings === undefined
    ? { ...rest, sentence: 'not judged: what it takes may not be read', isJudged: false, findings: [] }
    : { ...rest, sentence, isJudged: true, findings };
}

/** What of the cluster and of Istio can be judged without a VirtualService. */
export function clusterChecks(evidence: Evidence): readonly Check[] {
  const { nodes, istioPods, istioNamespace, warningEvents } = evidence;
  const istiods = istioPods?.filter(isControlPlane) ?? [];
  return [
    check({
      group: 'cluster',
      id: 'nodes',
      sentence: `${counted(nodes?.length ?? 0, 'node')} ready, nothing short`,
      hint: 'kubectl get nodes',
      findings: nodes && nodeFindings(nodes),
    }),
    check({
      group: 'istio',
      id: 'istiod',
      sentence: `istiod ${releaseWords(istiods)}: ${counted(istiods.length, 'pod')} ready`,
      hint: `kubectl -n ${istioNamespace} get pods -l app=istiod`,
      findings: istioPods && istiodFindings(istioPods, istioNamespace, warningEvents),
    }),
  ];
}

/**
 * What of the way through a VirtualService can be judged: its gateway, the versions behind `routes`, and the routes themselves.
 *
 * @param entry the VirtualService that decides for its hosts and gateways: another one where it is a delegate.
 */
export function routeChecks(
  virtualService: VirtualService,
  entry: VirtualService,
  routes: readonly Route[],
  evidence: Evidence,
): readonly Check[] {
  return [
    ...gatewayPodChecks(entry, evidence),
    ...versionChecks(virtualService, routes, evidence),
    ...destinationChecks(virtualService, routes, evidence),
    ...gatewayChecks(entry, evidence),
  ];
}

function gatewayPodChecks(virtualService: VirtualService, evidence: Evidence): readonly Check[] {
  const { gatewayPods, istioPods, warningEvents } = evidence;
  if (boundGateways(virtualService).length === 0 || gatewayPods?.length === 0) return [];
  const istiods = istioPods?.filter(isControlPlane) ?? [];
  const [first] = gatewayPods ?? [];
  return [
    check({
      group: 'istio',
      id: 'gateway pods',
      sentence: `gateway ${releaseWords(gatewayPods ?? [])}: ${counted(gatewayPods?.length ?? 0, 'pod')} ready`,
      hint: `kubectl -n ${first?.namespace ?? evidence.istioNamespace} get pods -l istio`,
      findings: gatewayPods && gatewayPodFindings(gatewayPods, istiods, warningEvents),
    }),
  ];
}

function versionChecks(
  virtualService: VirtualService,
  routes: readonly Route[],
  evidence: Evidence,
): readonly Check[] {
  const judged = routes.map(route => judgedVersions(virtualService, route, evidence));
  const all = judged.every(versions => versions !== undefined) ? judged.flat() : undefined;
  const labels = new Set(all?.map(({ version }) => version.label));
  const distinct = all?.filter(
    ({ version }, at) => all.findIndex(other => other.version.label === version.label) === at,
  );
  if (distinct?.length === 0) return [];
  const words = distinct?.map(({ version }) => `${version.label} ${version.readyPods}/${version.wantedPods}`);
  const mesh = distinct?.map(({ version, pods }) => `${version.label} ${meshWords(pods)}`);
  const istiods = (evidence.istioPods ?? []).filter(isControlPlane).map(istioVersion);
  const { namespace } = virtualService;
  return [
    check({
      group: 'versions',
      id: 'pods',
      sentence: `${counted(labels.size, 'version')} ready: ${words?.join(', ')}`,
      hint: `kubectl -n ${namespace} get deployments,pods`,
      findings: distinct && versionFindings(distinct),
    }),
    check({
      group: 'versions',
      id: 'sidecars',
      sentence: `the same in every version: ${mesh?.join(', ')}`,
      hint: `kubectl get namespace ${namespace} --show-labels`,
      findings: distinct && injectionFindings(distinct, evidence.namespaces, [...new Set(istiods)]),
    }),
  ];
}

function destinationChecks(
  virtualService: VirtualService,
  routes: readonly Route[],
  evidence: Evidence,
): readonly Check[] {
  const { namespace, name } = virtualService;
  const { services, destinationRules, virtualServices } = evidence;
  const look = `kubectl -n ${namespace} get virtualservice ${name} -o yaml`;
  return [
    check({
      group: 'route',
      id: 'destinations',
      sentence: 'every host, subset and port exists',
      hint: `kubectl -n ${namespace} get services,destinationrules`,
      findings:
        services && destinationRules
          ? routes.flatMap(route => destinationFindings(virtualService, route, evidence))
          : undefined,
    }),
    check({
      group: 'route',
      id: 'routes',
      sentence: 'weights sum to 100, requests get here, and no other VirtualService is in the way',
      hint: look,
      findings: routes.flatMap(route => notesOn(virtualService, route, virtualServices)),
    }),
    check({
      group: 'route',
      id: 'owner',
      sentence: 'nobody puts weights back',
      hint: `${look} --show-managed-fields`,
      findings: ownerFindings(virtualService),
    }),
    check({
      group: 'route',
      id: 'retries',
      sentence: 'no retry hides a failure',
      hint: look,
      findings: uniqueSentences(routes.flatMap(route => retryFindings(virtualService, route))),
    }),
  ];
}

/** What is known of a route before its weights are shifted, each with the route that it is about. */
function notesOn(
  virtualService: VirtualService,
  route: Route,
  virtualServices: readonly VirtualService[] = [virtualService],
): readonly Finding[] {
  return routeNotes(virtualService, route, virtualServices).map(note => ({
    ...note,
    sentence: `${routeWords(route, virtualService)}: ${note.sentence}`,
  }));
}

function gatewayChecks(virtualService: VirtualService, evidence: Evidence): readonly Check[] {
  const bound = boundGateways(virtualService);
  if (bound.length === 0) return [];
  const names = bound.map(({ name }) => name).join(', ');
  return [
    check({
      group: 'gateway',
      id: 'gateways',
      sentence: `Gateway ${names}: its pods, hosts and ports fit`,
      hint: 'kubectl get gateways.networking.istio.io -A',
      findings:
        evidence.gateways && evidence.gatewayPods ? gatewayFindings(virtualService, evidence) : undefined,
    }),
  ];
}

function uniqueSentences(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(
    ({ sentence }, at) => findings.findIndex(other => other.sentence === sentence) === at,
  );
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
