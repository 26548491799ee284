import type { Container, PodSpec } from './core.ts';

/** An image without a tag is `latest`, which is pulled each time. */
function pullPolicy(image: string): 'Always' | 'IfNotPresent' {
  const tag = /:([^/]+)$/.exec(image)?.[1] ?? 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

const CONTAINER_DEFAULTS = {
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};

const PROBE = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };

function completeContainer(container: Container): Container {
  return {
    ...CONTAINER_DEFAULTS,
    imagePullPolicy: pullPolicy(container.image),
    ...container,
    ...(container.ports ? { ports: container.ports.map(port => ({ protocol: 'TCP', ...port })) } : {}),
    ...(container.readinessProbe ? { readinessProbe: { ...PROBE, ...container.readinessProbe } } : {}),
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
  };
  return { ...defaults, ...spec, containers: spec.containers.map(completeContainer) };
}
