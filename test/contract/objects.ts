/** The tutorial's split: two versions of myapp, one weight each. An absent weight is left out. */
export function aVirtualService(name: string, weights: readonly unknown[] = [50, 50]) {
  const route = weights.map((weight, index) => ({
    destination: { host: 'myapp', subset: `v${index + 1}` },
    ...(weight === undefined ? {} : { weight }),
  }));
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name },
    spec: { hosts: ['myapp.example.com'], http: [{ route }] },
  };
}

export function aConfigMap(name: string, labels: Record<string, string> = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data: { colour: 'blue' } };
}

export function aService(name: string) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  };
}

/** A Deployment of one container that listens on port 80 and is ready as soon as it runs. */
export function aDeployment(name: string, spec: object = {}, image = 'janakiramm/myapp:v1') {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: aPodSpec(image) },
      ...spec,
    },
  };
}

export function aPod(name: string, labels: Record<string, string> = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: aPodSpec('janakiramm/myapp:v1'),
  };
}

function aPodSpec(image: string) {
  return {
    containers: [{ name: 'myapp', image, ports: [{ name: 'http', containerPort: 80 }] }],
    terminationGracePeriodSeconds: 1,
  };
}
