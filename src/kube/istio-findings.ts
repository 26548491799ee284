import type { WarningEvent } from './event.ts';
import type { Finding } from './finding.ts';
import { imageVersion } from './image-version.ts';
import type { Pod } from './pod.ts';
import { explainPod } from './pod-why.ts';

/** Whether a pod is istiod, or the pilot of releases before 1.5. */
export function isControlPlane({ labels }: Pod): boolean {
  return labels.app === 'istiod' || labels.istio === 'pilot';
}

/** The release that a pod of Istio's runs, by its image's tag or else by its label; empty where neither says. */
export function istioVersion({ images, labels }: Pod): string {
  const tagged = images.map(imageVersion).find(version => version !== '');
  return tagged ?? labels['app.kubernetes.io/version'] ?? '';
}

/** Distinct releases among pods, as people write them: `1.30.3`, or `1.29.6 and 1.30.3`. */
export function releaseWords(pods: readonly Pod[]): string {
  const releases = [...new Set(pods.map(istioVersion))].filter(release => release !== '').toSorted();
  return releases.join(' and ');
}

/** What is not well of istiod, among the pods of the namespace that Istio runs in. */
export function istiodFindings(
  pods: readonly Pod[],
  namespace: string,
  events: readonly WarningEvent[],
): readonly Finding[] {
  const istiods = pods.filter(pod => isControlPlane(pod) && !pod.isFinished);
  const object = `Deployment ${namespace}/istiod`;
  if (istiods.length === 0) {
    const sentence = `No istiod runs in namespace ${namespace}: where it is elsewhere it cannot be judged, and where there is none traffic does not follow weights.`;
    const fix = 'Name its namespace with --istio-namespace; istioctl version shows where it answers.';
    return [{ severity: 'warning', code: 'WB0602', object, sentence, fix }];
  }
  const notReady = istiods.find(pod => !pod.isReady);
  if (!notReady) return [];
  const why = reasonWords(notReady, events);
  const fix = `kubectl -n ${namespace} logs deployment/istiod --previous, and kubectl -n ${namespace} describe pod ${notReady.name}`;
  if (istiods.every(pod => !pod.isReady)) {
    const sentence = `istiod is not ready${why}. Weights are accepted, and traffic does not follow them.`;
    return [{ severity: 'error', code: 'WB0603', object, sentence, fix }];
  }
  const count = istiods.filter(pod => pod.isReady).length;
  const sentence = `${count} of ${istiods.length} istiod pods are ready${why}.`;
  return [{ severity: 'warning', code: 'WB0604', object, sentence, fix }];
}

/** What is not well of the pods that the bound Gateways select; nothing where they select none, which is another finding. */
export function gatewayPodFindings(
  pods: readonly Pod[],
  istiods: readonly Pod[],
  events: readonly WarningEvent[],
): readonly Finding[] {
  const running = pods.filter(pod => !pod.isFinished);
  const [first] = running;
  if (!first) return [];
  const name = ownerName(first);
  const object = `Deployment ${first.namespace}/${name}`;
  const ready = running.filter(pod => pod.isReady);
  const notReady = running.find(pod => !pod.isReady);
  return [
    ...(notReady ? [gatewayNotReady(object, notReady, ready.length, running.length, events)] : []),
    ...(running.length === 1 ? [oneReplica(object, first.namespace, name)] : []),
    ...skew(object, running, istiods),
  ];
}

function gatewayNotReady(
  object: string,
  pod: Pod,
  ready: number,
  all: number,
  events: readonly WarningEvent[],
): Finding {
  const why = reasonWords(pod, events);
  const fix = `kubectl -n ${pod.namespace} describe pod ${pod.name}`;
  if (ready > 0) {
    const sentence = `${ready} of ${all} gateway pods are ready${why}.`;
    return { severity: 'warning', code: 'WB0606', object, sentence, fix };
  }
  const sentence = `No gateway pod is ready${why}. Nobody outside the mesh gets an answer.`;
  return { severity: 'error', code: 'WB0605', object, sentence, fix };
}

function oneReplica(object: string, namespace: string, name: string): Finding {
  return {
    severity: 'info',
    code: 'WB0607',
    object,
    sentence: 'The gateway has one replica: while its pod restarts, connections are refused.',
    fix: `kubectl -n ${namespace} scale deployment/${name} --replicas=2`,
  };
}

/** Istio supports proxies of the release of istiod and of the one before; a newer proxy than istiod is none of them. */
function skew(object: string, proxies: readonly Pod[], istiods: readonly Pod[]): readonly Finding[] {
  const control = releaseWords(istiods);
  const strange = proxies.find(pod => isStrange(istioVersion(pod), istiods.map(istioVersion)));
  if (!strange) return [];
  return [
    {
      severity: 'warning',
      code: 'WB0608',
      object,
      sentence: `The gateway runs ${istioVersion(strange)} and istiod ${control}: releases so far apart are not supported.`,
      fix: `Upgrade the older one; kubectl -n ${strange.namespace} rollout restart deployment/${ownerName(strange)} renews an injected gateway.`,
    },
  ];
}

/** Whether a proxy's release is newer than every istiod's, or more than one minor release older. Unknown ones are not judged. */
export function isStrange(proxy: string, istiods: readonly string[]): boolean {
  const of = (version: string) => /^(\d+)\.(\d+)/.exec(version);
  const minor = (version: string) => Number(of(version)?.[1]) * 1000 + Number(of(version)?.[2]);
  const known = istiods.filter(version => of(version)).map(minor);
  if (!of(proxy) || known.length === 0) return false;
  return known.every(istiod => minor(proxy) > istiod || istiod - minor(proxy) > 1);
}

function reasonWords(pod: Pod, events: readonly WarningEvent[]): string {
  const why = explainPod(pod, events) || pod.status;
  return `: ${why}`;
}

/** The name of the Deployment that a pod is of, where its ReplicaSet's hash tells it; else the pod's own. */
export function ownerName({ name, labels }: Pod): string {
  const hash = labels['pod-template-hash'];
  const at = hash === undefined ? -1 : name.lastIndexOf(`-${hash}`);
  return at > 0 ? name.slice(0, at) : name;
}
