import { findService, rulesFor } from './destination-target.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { matchesSelector } from './metadata.ts';
import type { Pod } from './pod.ts';
import { askedShares } from './split.ts';
import { type Version, versionsOf } from './versions.ts';
import { type Route, type RouteDestination, rawWeights, type VirtualService } from './virtual-service.ts';

/** A version of a route, the pods it is made of, and whether requests are sent to it. */
export type JudgedVersion = {
  readonly version: Version;
  readonly destination: RouteDestination;
  readonly namespace: string;
  readonly pods: readonly Pod[];
  readonly isAsked: boolean;
};

/**
 * The versions of a route that can be judged: those whose Service and subset exist. Undefined where that, the Deployments or
 * the pods could not be read.
 */
export function judgedVersions(
  virtualService: VirtualService,
  route: Route,
  evidence: Evidence,
): readonly JudgedVersion[] | undefined {
  const { services, destinationRules, deployments, pods, warningEvents } = evidence;
  if (!services || !destinationRules || !deployments || !pods) return undefined;
  const { namespace } = virtualService;
  const sources = { services, destinationRules, deployments, pods, warningEvents };
  const versions = versionsOf(route, namespace, sources);
  const shares = askedShares(rawWeights(route)) ?? [];
  return route.destinations.flatMap((destination, index) => {
    const version = versions[index];
    const service = findService(destination.host, namespace, services);
    const subset = rulesFor(destination, namespace, destinationRules)
      .flatMap(rule => rule.subsets)
      .find(({ name }) => name === destination.subset);
    if (!version || version.health === 'unknown' || !service) return [];
    if (destination.subset !== undefined && !subset) return [];
    const labels = { ...service.selector, ...subset?.labels };
    const own = pods.filter(
      pod => pod.namespace === service.namespace && !pod.isFinished && matchesSelector(labels, pod.labels),
    );
    const isAsked = (shares[index] ?? 0) > 0;
    return [{ version, destination, namespace: service.namespace, pods: own, isAsked }];
  });
}

/** What keeps a version from answering: no pods, none ready, fewer ready than wanted, a rollout that does not get on. */
export function versionFindings(judged: readonly JudgedVersion[]): readonly Finding[] {
  return judged.flatMap(one => {
    const finding = one.version.readyPods === 0 ? notAnswering(one) : notComplete(one);
    return finding ? [finding] : [];
  });
}

function notAnswering(judged: JudgedVersion): Finding {
  const { version, destination, namespace, isAsked } = judged;
  const { label, deployment, wantedPods } = version;
  const severity = isAsked ? 'error' : 'warning';
  const object = objectOf(judged);
  const effect = isAsked ? 'Its share is answered 503.' : 'Weight sent to it would be answered 503.';
  if (deployment !== undefined && wantedPods === 0) {
    return {
      severity,
      code: 'WB0402',
      object,
      sentence: `Version ${label} is scaled to 0. ${effect}`,
      fix: `kubectl -n ${namespace} scale deployment/${deployment} --replicas=1`,
    };
  }
  if (deployment === undefined && judged.pods.length === 0) {
    const isSubset = destination.subset !== undefined;
    return {
      severity,
      code: isSubset ? 'IST0173' : 'WB0401',
      object,
      sentence: `${isSubset ? `Subset ${destination.subset}` : `Service ${destination.host}`} selects no pods. ${effect}`,
      fix: `Compare its labels with kubectl -n ${namespace} get pods --show-labels`,
    };
  }
  return {
    severity,
    code: 'WB0403',
    object,
    sentence: `Version ${label} has no ready pod (0 of ${wantedPods}): ${reasonOf(version)}. ${effect}`,
    fix: lookAt(judged),
  };
}

function notComplete(judged: JudgedVersion): Finding | undefined {
  const { version } = judged;
  if (version.health === 'ready') return undefined;
  const { label, readyPods, wantedPods, words, why, health } = version;
  const object = objectOf(judged);
  if (health === 'failing') {
    const sentence = `The rollout of version ${label} ${words}, with ${readyPods} of ${wantedPods} pods ready${why ? `: ${why}` : ''}.`;
    return { severity: 'warning', code: 'WB0405', object, sentence, fix: lookAt(judged) };
  }
  // Old pods answer until the new ones are ready: then nothing is short.
  const subject =
    readyPods < wantedPods ? `Version ${label} has` : `The rollout of version ${label} is under way, with`;
  const sentence = `${subject} ${readyPods} of ${wantedPods} pods ready: ${reasonOf(version)}.`;
  return { severity: 'warning', code: 'WB0404', object, sentence, fix: lookAt(judged) };
}

/** How far its rollout is or what its pod is called, and why; once where the one begins with the other. */
function reasonOf({ words, why }: Version): string {
  if (why === '' || why.startsWith(words)) return why || words;
  return `${words}; ${why}`;
}

function objectOf({ version, destination, namespace }: JudgedVersion): string {
  if (version.deployment !== undefined) return `Deployment ${namespace}/${version.deployment}`;
  return destination.subset === undefined
    ? `Service ${namespace}/${destination.host.split('.')[0]}`
    : `subset ${destination.subset} of ${destination.host}`;
}

/** Where a version that crashes says more: the log of the container that ended, else the events. */
function lookAt({ pods, namespace }: JudgedVersion): string {
  const pod = pods.find(({ isReady }) => !isReady);
  if (!pod) return `kubectl -n ${namespace} get events --field-selector type=Warning`;
  return pod.restarts > 0
    ? `kubectl -n ${namespace} logs ${pod.name} --previous`
    : `kubectl -n ${namespace} describe pod ${pod.name}`;
}
