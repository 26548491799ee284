import type { Container } from './container.ts';
import type { PodSpec } from './pod-spec.ts';

/** An image without a tag is `latest`, which is pulled each time. */
function pullPolicy(image: string): 'Always' | 'IfNotPresent' {
  const tag = /:([^/]+)$/.exec(image)?.[1] ?? 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

const CONTAINER_DEFAULTS = {
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
} as const;

const PROBE = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };

type Probe = NonNullable<Container['readinessProbe']>;

function completeProbe(probe: Probe): Probe {
  const { httpGet } = probe;
  return { ...PROBE, ...probe, ...(httpGet && { httpGet: { path: '/', scheme: 'HTTP', ...httpGet } }) };
}

function completeProbes({ livenessProbe, readinessProbe, startupProbe }: Container) {
  return {
    ...(livenessProbe && { livenessProbe: completeProbe(livenessProbe) }),
    ...(readinessProbe && { readinessProbe: completeProbe(readinessProbe) }),
    ...(startupProbe && { startupProbe: completeProbe(startupProbe) }),
  };
}

function completeContainer(container: Container): Container {
  return {
    ...CONTAINER_DEFAULTS,
    imagePullPolicy: pullPolicy(container.image),
    ...container,
    ...(container.ports
      ? { ports: container.ports.map(port => ({ protocol: 'TCP' as const, ...port })) }
      : {}),
    ...completeProbes(container),
  };
}

/** The spec with everything that the API server adds to what people leave out. */
export function completePodSpec(spec: PodSpec): PodSpec {
  const defaults = {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  } as const;
  return { ...defaults, ...spec, containers: spec.containers.map(completeContainer) };
}

/** Seconds that a pod stays on a node that is not well. */
const PATIENCE_SECONDS = 300;

function tolerationOf(trouble: string) {
  return {
    key: `node.kubernetes.io/${trouble}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: PATIENCE_SECONDS,
  } as const;
}

/** The spec of a pod that is let in, with what the cluster gives to every one. */
export function admitPodSpec(spec: PodSpec): PodSpec {
  const account = spec.serviceAccountName ?? spec.serviceAccount ?? 'default';
  return {
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
    priority: 0,
    tolerations: [tolerationOf('not-ready'), tolerationOf('unreachable')],
    ...spec,
    serviceAccount: account,
    serviceAccountName: account,
  };
}
