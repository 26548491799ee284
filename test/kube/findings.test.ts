import { describe, expect, it } from 'vitest';
import { checkStatus, clusterChecks, findingsOf, routeChecks } from '../../src/kube/checks.ts';
import { readDeployment } from '../../src/kube/deployment.ts';
import { resolveHost } from '../../src/kube/destination-target.ts';
import type { Evidence } from '../../src/kube/evidence.ts';
import { FINDING_CODES } from '../../src/kube/finding-codes.ts';
import { imageVersion } from '../../src/kube/image-version.ts';
import { listIn, objectIn } from '../../src/kube/json.ts';
import { type KubeObject, readMetadata } from '../../src/kube/metadata.ts';
import { readNode } from '../../src/kube/node.ts';
import { readPod } from '../../src/kube/pod.ts';
import { readService } from '../../src/kube/service.ts';
import { readDestinationRule, readGateway } from '../../src/kube/traffic-objects.ts';
import { readVirtualService } from '../../src/kube/virtual-service.ts';
import { fixtureObjects } from '../support/objects.ts';

/** The tutorial's objects, with those of a situation in the place of others of the same kind and name, and some left out. */
function situation(name: string, without: readonly string[] = []): readonly KubeObject[] {
  const changed = name === 'base' ? [] : fixtureObjects(`findings/${name}`);
  const keyOf = ({ kind, metadata }: KubeObject) => `${kind} ${metadata.name}`;
  const replaced = new Set([...changed.map(keyOf), ...without]);
  return [...fixtureObjects('findings/base').filter(object => !replaced.has(keyOf(object))), ...changed];
}

function evidenceOf(objects: readonly KubeObject[]): Evidence {
  const all = <Item>(kind: string, read: (object: KubeObject) => Item) =>
    objects.filter(object => object.kind === kind).map(read);
  const pods = all('Pod', readPod);
  const inIstio = pods.filter(({ namespace }) => namespace === 'istio-system');
  const services = all('Service', readService);
  return {
    istioNamespace: 'istio-system',
    nodes: all('Node', readNode),
    istioPods: inIstio,
    gateways: all('Gateway', readGateway),
    gatewayPods: inIstio.filter(({ labels }) => labels.istio === 'ingressgateway'),
    gatewayServices: services.filter(({ namespace }) => namespace === 'istio-system'),
    services: services.filter(({ namespace }) => namespace === 'default'),
    deployments: all('Deployment', readDeployment),
    pods: pods.filter(({ namespace }) => namespace === 'default'),
    destinationRules: all('DestinationRule', readDestinationRule),
    serviceEntryHosts: all('ServiceEntry', object => listIn(objectIn(object.spec).hosts).map(String)).flat(),
    virtualServices: all('VirtualService', readVirtualService),
    namespaces: all('Namespace', readMetadata),
    warningEvents: [],
  };
}

function checksOf(evidence: Evidence, objects: readonly KubeObject[]) {
  const object = objects.find(({ kind, metadata }) => kind === 'VirtualService' && metadata.name === 'myapp');
  if (!object) throw new Error('the situation has no VirtualService myapp');
  const virtualService = readVirtualService(object);
  return [
    ...clusterChecks(evidence),
    ...routeChecks(virtualService, virtualService, virtualService.routes, evidence),
  ];
}

function findingsIn(name: string, without?: readonly string[]) {
  const objects = situation(name, without);
  return findingsOf(checksOf(evidenceOf(objects), objects));
}

/** What is true of the tutorial everywhere: one gateway replica, the gateway's default retries, no sidecars. */
const ALWAYS = ['info WB0607', 'info IST0102', 'info WB0505'];

const SITUATIONS: readonly (readonly [
  name: string,
  added: readonly string[],
  removed?: readonly string[],
])[] = [
  ['base', []],
  ['destination-rule-for-another-host', ['error IST0101', 'warning IST0174'], ['info IST0102']],
  ['subset-selects-no-pods', ['error IST0173']],
  ['subset-missing-in-its-rule', ['error IST0101']],
  ['gateway-selects-no-pods', ['error IST0101']],
  ['host-not-in-gateway', ['error IST0132']],
  ['one-host-of-two-in-gateway', ['warning IST0132']],
  ['gateway-closed-to-the-namespace', ['error IST0132']],
  ['gateway-port-not-on-service', ['error IST0162']],
  ['gateway-names-the-target-port', []],
  ['port-not-on-service', ['error WB0503']],
  ['several-ports-and-none-named', ['error IST0112']],
  ['port-without-protocol', ['warning IST0118']],
  ['port-for-tcp', ['warning WB0504']],
  ['port-with-app-protocol', []],
  ['host-with-a-dot', ['error IST0101']],
  ['host-unknown', ['error IST0101']],
  ['host-of-a-service-entry', []],
  ['istiod-crashes', ['error WB0603']],
  ['one-istiod-of-two-crashes', ['warning WB0604']],
  ['gateway-crashes', ['error WB0605']],
  ['one-gateway-of-two-crashes', ['warning WB0606'], ['info WB0607']],
  ['gateway-of-an-old-release', ['warning WB0608']],
  ['sidecar-in-one-version', ['warning IST0103'], ['info IST0102']],
  ['sidecar-refused-by-one-version', [], ['info IST0102']],
  ['sidecars-of-an-old-release', ['warning WB0608'], ['info IST0102']],
  ['injection-asked-for-and-missing', ['warning IST0103', 'warning IST0103'], ['info IST0102']],
  ['injection-by-revision-and-missing', ['warning IST0103', 'warning IST0103'], ['info IST0102']],
  ['ambient', ['info WB0406'], ['info IST0102']],
  ['node-not-ready', ['error WB0201']],
  ['node-short-of-memory', ['warning WB0202']],
  ['node-cordoned', ['info WB0203']],
  ['scaled-to-0', ['error WB0402']],
  ['rollout-exceeds-its-deadline', ['warning WB0405']],
  ['one-pod-of-two-ready', ['warning WB0404']],
  ['rollout-waits-beside-the-old-pod', ['warning WB0404']],
  ['no-pod-of-a-version-ready', ['error WB0403']],
  ['no-pod-of-a-version-without-weight-ready', ['warning WB0403']],
  ['weights-refused', ['error IST0106']],
  ['retries-off', [], ['info WB0505']],
  ['owned-by-argo-cd', ['warning WB0506']],
];

it('names a rollout that waits, and not a lack of pods, while the old ones answer', () => {
  const found = findingsIn('rollout-waits-beside-the-old-pod').find(({ code }) => code === 'WB0404');
  expect(found?.sentence).toMatch(/^The rollout of version v2 is under way, with 1 of 1 pods ready: /);
});

describe('what is found in the situation', () => {
  it.each(SITUATIONS.map(([name, added, removed = []]) => ({ name, added, removed })))(
    '$name',
    ({ name, added, removed }) => {
      const found = findingsIn(name, name === 'scaled-to-0' ? ['Pod myapp-v2-66bbb8f55c-cd4dq'] : []);
      const expected = [...ALWAYS.filter(code => !removed.includes(code)), ...added];
      expect(found.map(({ severity, code }) => `${severity} ${code}`).toSorted()).toEqual(
        expected.toSorted(),
      );
    },
  );

  it('without a DestinationRule', () => {
    const found = findingsIn('base', ['DestinationRule myapp']);
    expect(found[1]).toEqual({
      severity: 'error',
      code: 'IST0101',
      object: 'VirtualService default/myapp',
      sentence:
        'Subsets v1 and v2 of host myapp are not defined, because no DestinationRule is for that host: their share is answered 503.',
      fix: "Apply a DestinationRule for host myapp; the tutorial's is kubectl apply -f manifests/04-destination-rule.yaml",
    });
  });

  it('without its Gateway', () => {
    const [finding] = findingsIn('base', ['Gateway app-gateway']).filter(
      ({ severity }) => severity === 'error',
    );
    expect(finding).toMatchObject({
      code: 'IST0101',
      sentence:
        'There is no Gateway app-gateway in namespace default: nothing listens for VirtualService myapp there.',
    });
  });

  it('without istiod', () => {
    const codes = findingsIn('base', ['Pod istiod-57c6ff7479-pw2pr']).map(({ code }) => code);
    expect(codes).toContain('WB0602');
  });
});

describe('a finding', () => {
  const all = SITUATIONS.flatMap(([name]) => findingsIn(name));

  it('is a sentence about an object, with something to do', () => {
    for (const { sentence, object, fix, code } of all) {
      expect(sentence, code).toMatch(/[.)]$|: .+/);
      expect(object, code).not.toBe('');
      if (!['IST0106', 'WB0301'].includes(code)) expect(fix.length, code).toBeGreaterThan(10);
    }
  });

  it('says which of several hosts Istio would have understood', () => {
    const [finding] = findingsIn('host-with-a-dot').filter(({ code }) => code === 'IST0101');
    expect(finding?.fix).toContain('name myapp.default.svc.cluster.local');
  });

  it('names the reason of the pod behind it', () => {
    const [finding] = findingsIn('istiod-crashes').filter(({ severity }) => severity === 'error');
    expect(finding?.sentence).toBe(
      'istiod is not ready: CrashLoopBackOff, 7 restarts: exit 1. Weights are accepted, and traffic does not follow them.',
    );
  });

  it('has a code that is explained', () => {
    for (const { code } of all) expect(FINDING_CODES).toHaveProperty(code);
  });
});

describe('what could not be read', () => {
  const objects = situation('base', ['DestinationRule myapp', 'Gateway app-gateway']);
  const evidence = evidenceOf(objects);
  const optional = Object.keys(evidence).filter(name => !['istioNamespace', 'warningEvents'].includes(name));

  it.each(optional)('is not judged: %s', name => {
    const full = findingsOf(checksOf(evidence, objects)).map(({ code, sentence }) => `${code} ${sentence}`);
    const partial = findingsOf(checksOf({ ...evidence, [name]: undefined }, objects));
    for (const { code, sentence } of partial) expect(full).toContain(`${code} ${sentence}`);
  });

  it('is said with its check', () => {
    const checks = checksOf({ ...evidence, destinationRules: undefined }, objects);
    const skipped = checks.filter(check => checkStatus(check) === 'skipped').map(({ id }) => id);
    expect(skipped).toEqual(['pods', 'sidecars', 'destinations']);
  });
});

describe('a host', () => {
  it.each([
    ['myapp', { kind: 'service', name: 'myapp', namespace: 'here' }],
    ['myapp.other.svc.cluster.local', { kind: 'service', name: 'myapp', namespace: 'other' }],
    ['myapp.other', { kind: 'other' }],
    ['shop.example.com', { kind: 'other' }],
  ])('%s means what Istio makes of it', (host, expected) => {
    expect(resolveHost(host, 'here')).toEqual(expected);
  });
});

describe('the version of an image', () => {
  it.each([
    ['docker.io/istio/pilot:1.30.3', '1.30.3'],
    ['docker.io/istio/pilot:1.30.3-distroless', '1.30.3'],
    ['gcr.io/istio-release/proxyv2:1.31.0-rc.0@sha256:abc', '1.31.0-rc.0'],
    ['localhost:5000/istio/pilot', ''],
    ['istio/pilot:latest', ''],
  ])('of %s is %s', (image, version) => {
    expect(imageVersion(image)).toBe(version);
  });
});
