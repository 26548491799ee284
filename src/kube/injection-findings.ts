import type { Finding } from './finding.ts';
import { isStrange } from './istio-findings.ts';
import type { Metadata } from './metadata.ts';
import type { Pod } from './pod.ts';
import type { JudgedVersion } from './version-findings.ts';

/** Whether the labels of a namespace have its new pods injected, by `istio-injection` or a revision. */
export function isInjected({ labels }: Metadata): boolean {
  const injection = labels['istio-injection'];
  if (injection !== undefined) return injection === 'enabled';
  return labels['istio.io/rev'] !== undefined;
}

/** How the pods of each version take part in the mesh, as far as that matters to who sends requests there. */
export function injectionFindings(
  judged: readonly JudgedVersion[],
  namespaces: readonly Metadata[] | undefined,
  istiods: readonly string[],
): readonly Finding[] {
  const pods = judged.flatMap(version => version.pods);
  if (pods.length === 0) return [];
  if (pods.some(({ mesh }) => mesh.kind === 'ambient')) return [ambient(judged)];
  const hasSidecars = pods.some(({ mesh }) => mesh.kind === 'sidecar');
  const missing = judged.flatMap(version => missingSidecars(version, hasSidecars, namespaces));
  const outdated = judged.flatMap(version => outdatedSidecars(version, istiods));
  if (hasSidecars || missing.length > 0) return [...missing, ...outdated];
  return notInjected(judged, namespaces);
}

/** `sidecar 1.30.3`, `native sidecar 1.30.3`, `ambient`, `no sidecar`, or several of them: what the pods of a version have. */
export function meshWords(pods: readonly Pod[]): string {
  const words = pods.map(({ mesh }) => {
    if (mesh.kind !== 'sidecar') return mesh.kind === 'ambient' ? 'ambient' : 'no sidecar';
    return `${mesh.isNative ? 'native ' : ''}sidecar ${mesh.version}`.trimEnd();
  });
  return [...new Set(words)].join(' and ');
}

function ambient(judged: readonly JudgedVersion[]): Finding {
  const [first] = judged;
  return {
    severity: 'info',
    code: 'WB0406',
    object: `Namespace ${first?.namespace}`,
    sentence:
      'Pods are in ambient mode: weights count at the ingress gateway, and inside the mesh only where a waypoint is in the way.',
    fix: `kubectl -n ${first?.namespace} get gateways.gateway.networking.k8s.io shows waypoints.`,
  };
}

/** A pod that says itself that it wants no sidecar is as it should be. */
function wantsNone({ labels }: Pod): boolean {
  return labels['sidecar.istio.io/inject'] === 'false';
}

function missingSidecars(
  { pods, version, namespace }: JudgedVersion,
  othersHave: boolean,
  namespaces: readonly Metadata[] | undefined,
): readonly Finding[] {
  const isExpected = othersHave || namespaces?.some(item => item.name === namespace && isInjected(item));
  const without = pods.filter(pod => pod.mesh.kind === 'none' && !wantsNone(pod));
  if (!isExpected || without.length === 0) return [];
  const why = othersHave ? 'others have one' : `namespace ${namespace} asks for one`;
  return [
    {
      severity: 'warning',
      code: 'IST0103',
      object: `Deployment ${namespace}/${version.deployment ?? version.label}`,
      sentence: `Version ${version.label} has no sidecar in ${without.length} of ${pods.length} pods, and ${why}: mutual TLS, retries and metrics differ between the versions.`,
      fix: `kubectl -n ${namespace} rollout restart deployment/${version.deployment ?? version.label} (sidecars are injected when a pod is made)`,
    },
  ];
}

function outdatedSidecars(
  { pods, version, namespace }: JudgedVersion,
  istiods: readonly string[],
): readonly Finding[] {
  const strange = pods.find(({ mesh }) => mesh.kind === 'sidecar' && isStrange(mesh.version, istiods));
  if (strange?.mesh.kind !== 'sidecar') return [];
  return [
    {
      severity: 'warning',
      code: 'WB0608',
      object: `Deployment ${namespace}/${version.deployment ?? version.label}`,
      sentence: `The sidecars of version ${version.label} run ${strange.mesh.version} and istiod ${istiods.join(' and ')}: releases so far apart are not supported.`,
      fix: `kubectl -n ${namespace} rollout restart deployment/${version.deployment ?? version.label}`,
    },
  ];
}

function notInjected(
  judged: readonly JudgedVersion[],
  namespaces: readonly Metadata[] | undefined,
): readonly Finding[] {
  const names = [...new Set(judged.map(({ namespace }) => namespace))];
  return names
    .filter(name => namespaces?.some(item => item.name === name && !isInjected(item)))
    .map(name => ({
      severity: 'info',
      code: 'IST0102',
      object: `Namespace ${name}`,
      sentence: `No version has a sidecar: weights count at the ingress gateway, and requests from pods of namespace ${name} ignore them.`,
      fix: `kubectl label namespace ${name} istio-injection=enabled, then restart the Deployments, if requests inside the mesh matter.`,
    }));
}
