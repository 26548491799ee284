import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/kube/json.ts';
import { type Node, readNode } from '../../src/kube/node.ts';
import { type Pod, readPod } from '../../src/kube/pod.ts';
import { readService, type Service } from '../../src/kube/service.ts';
import type { AnsweringCluster } from '../../src/tutorial/facts.ts';
import { startTutorialCluster } from '../support/tutorial-cluster.ts';
import { bare, linesOf, machine, NONE, place, stepOf } from '../support/tutorial-facts.ts';

const profile = (change: object = {}) => ({
  name: 'minikube',
  status: 'Stopped',
  driver: 'docker',
  memoryMb: 8192,
  cpus: 4,
  ...change,
});

const minikubeNode: Node = readNode({
  metadata: { name: 'minikube', labels: { 'minikube.k8s.io/name': 'minikube' } },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});

const onMinikube: AnsweringCluster = { ...bare, nodes: [minikubeNode], unread: [] };

describe('the cluster of minikube', () => {
  it('that is too small for Istio is not started: no cluster gets more memory later', () => {
    const step = stepOf('cluster', { machine: machine({ profiles: [profile({ memoryMb: 2200 })] }) });
    expect(step.runs).toEqual([]);
    expect(step.troubles).toMatchObject([
      {
        id: 'cluster-too-small',
        fix: 'Delete it, with everything in it, and start again: minikube delete -p minikube && minikube start --driver=docker --memory=8192 --cpus=4 -o json',
      },
    ]);
  });

  it('that is too small and runs is taken as it is, with a note', () => {
    const computer = machine({ profiles: [profile({ status: 'OK', memoryMb: 2200 })] });
    const step = stepOf('cluster', { machine: computer, cluster: onMinikube });
    expect(step.progress.kind).toBe('done');
    expect(step.notes).toEqual([
      "minikube's cluster minikube has 2200 MB of memory, less than the 4096 MB that Istio needs: istiod may stay Pending.",
    ]);
  });

  it('is kept while it runs; a new one in its place is only offered', () => {
    const step = stepOf('cluster', { cluster: onMinikube });
    expect(step.runs).toEqual([]);
    expect(step.offers.map(({ id, words }) => `${id}: ${words}`)).toEqual([
      "new-cluster: Delete minikube's cluster minikube, with everything in it, and start again",
    ]);
    expect(step.offers.flatMap(linesOf)).toEqual([
      'minikube delete -p minikube',
      'minikube start --driver=docker --memory=8192 --cpus=4 -o json',
    ]);
  });

  it.each([
    ['of another context than minikube made', { ...place, context: 'work' }],
    ['of the demo', { ...place, isDemo: true }],
  ])('%s is never offered to be deleted', (_what, where) => {
    expect(stepOf('cluster', { cluster: { ...onMinikube, place: where } }).offers).toEqual([]);
  });

  it('that bears the name of the context is the one that is started', () => {
    const profiles = [profile(), profile({ name: 'blue-green' })];
    const step = stepOf('cluster', { machine: machine({ profiles }), namedContext: 'blue-green' });
    expect(linesOf(step)).toEqual(['minikube start -p blue-green -o json']);
  });

  it('is not made in the place of a context that was named and does not answer', () => {
    const step = stepOf('cluster', { namedContext: 'staging' });
    expect(step.runs).toEqual([]);
    expect(step.troubles).toMatchObject([{ id: 'context-does-not-answer' }]);
    expect(step.offers).toEqual([]);
  });

  it('is made where the context that was named is the one that minikube makes', () => {
    expect(linesOf(stepOf('cluster', { namedContext: 'minikube' }))).toEqual([
      'minikube start --driver=docker --memory=8192 --cpus=4 -o json',
    ]);
  });
});

/** A pod of Istio's in that release, ready unless it says otherwise. */
function istioPod(app: string, istio: string, release: string, status: JsonObject = READY): Pod {
  const labels = { app, istio };
  const containers = [{ name: 'main', image: `docker.io/istio/pilot:${release}` }];
  return readPod({
    metadata: { name: `${app}-1`, namespace: 'istio-system', labels },
    spec: { containers },
    status,
  });
}

const READY: JsonObject = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
const istiod = (release: string, status?: JsonObject) => istioPod('istiod', 'pilot', release, status);
const gateway = (release: string) => istioPod('istio-ingressgateway', 'ingressgateway', release);

const withIstio = (...istioPods: readonly Pod[]): AnsweringCluster => ({
  ...onMinikube,
  istioVersion: 'v1',
  istioPods,
});

function gatewayService(ingress: readonly JsonObject[]): Service {
  const labels = { app: 'istio-ingressgateway', istio: 'ingressgateway' };
  return readService({
    metadata: { name: 'istio-ingressgateway', namespace: 'istio-system' },
    spec: { type: 'LoadBalancer', selector: labels, ports: [{ port: 80 }] },
    status: { loadBalancer: { ingress } },
  });
}

describe('an Istio that is there', () => {
  it('is taken as it is, whatever release istioctl is of', () => {
    const step = stepOf('istio', { cluster: withIstio(istiod('1.24.3'), gateway('1.24.3')) });
    expect(step.progress).toEqual({
      kind: 'done',
      evidence: ['istiod 1.24.3 is ready', 'the ingress gateway 1.24.3 is ready'],
    });
    expect(step.notes).toEqual([
      'The cluster has Istio 1.24.3, and istioctl is 1.30.3: Istio is taken as it is.',
    ]);
    expect(step.runs).toEqual([]);
  });

  it('without an ingress gateway is explained, and not replaced by another release', () => {
    const step = stepOf('istio', { cluster: withIstio(istiod('1.24.3')) });
    expect(step.runs).toEqual([]);
    expect(step.troubles).toEqual([
      {
        id: 'no-ingress-gateway',
        sentence:
          'Istio 1.24.3 is there without an ingress gateway: no pod of namespace istio-system is labelled istio=ingressgateway.',
        fix: 'The profiles demo and default have one. With istioctl 1.24.3: istioctl install --context=minikube --set profile=demo --set values.gateways.istio-ingressgateway.type=NodePort -y',
      },
    ]);
  });

  it('that was broken off before its gateway is gone on with by istioctl of the same release', () => {
    const step = stepOf('istio', { cluster: withIstio(istiod('1.30.3')) });
    expect(step.troubles).toEqual([]);
    expect(linesOf(step)).toEqual([
      'istioctl install --context=minikube --set profile=demo --set values.gateways.istio-ingressgateway.type=NodePort -y',
    ]);
  });

  it('whose istiod finds no node says what the node lacks', () => {
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message: '0/1 nodes are available: 1 Insufficient memory.',
    };
    const pending = istiod('1.30.3', { phase: 'Pending', conditions: [condition] });
    const [trouble] = stepOf('istio', { cluster: withIstio(pending, gateway('1.30.3')) }).troubles;
    expect(trouble?.id).toBe('istiod-pending');
    expect(trouble?.sentence).toMatch(/^Pod istiod-1 is Pending: .*memory/);
    expect(trouble?.fix).toMatch(/--memory=8192/);
  });

  it('whose gateway waits for a load balancer is done, and a NodePort is offered', () => {
    const cluster = {
      ...withIstio(istiod('1.30.3'), gateway('1.30.3')),
      istioServices: [gatewayService([])],
    };
    const step = stepOf('istio', { cluster });
    expect(step.progress.kind).toBe('done');
    expect(step.offers.map(({ id }) => id)).toEqual(['node-port']);
    expect(step.offers.flatMap(linesOf)).toEqual([
      `kubectl --context=minikube -n istio-system patch service istio-ingressgateway -p '{"spec":{"type":"NodePort"}}'`,
    ]);
  });

  it('whose gateway has got an address is left as it is', () => {
    const cluster = {
      ...withIstio(istiod('1.30.3'), gateway('1.30.3')),
      istioServices: [gatewayService([{ ip: '192.0.2.1' }])],
    };
    expect(stepOf('istio', { cluster }).offers).toEqual([]);
  });

  it('is not waited for where no cluster answers', () => {
    expect(stepOf('istio', { cluster: NONE }).offers).toEqual([]);
  });
});

describe('the offer of a NodePort', () => {
  const services = { group: '', version: 'v1', plural: 'services', namespace: 'istio-system' };
  const never = new AbortController().signal;

  it('changes the type of the Service and nothing else, and is gone afterwards', async () => {
    const { api, step, runOffer, writes } = await startTutorialCluster();
    const operations = [{ op: 'add', path: '/spec/type', value: 'LoadBalancer' }] as const;
    expect((await api.patch(services, 'istio-ingressgateway', operations, never)).ok).toBe(true);
    expect((await step('istio')).offers.map(({ id }) => id)).toEqual(['node-port']);
    const before = writes().length;
    expect(await runOffer('node-port')).toEqual({ kind: 'done' });
    expect(writes().slice(before)).toEqual(['PATCH services/istio-ingressgateway']);
    const read = await api.get(services, 'istio-ingressgateway', never);
    expect(read.ok && readService(read.value).type).toBe('NodePort');
    expect((await step('istio')).offers).toEqual([]);
    expect(await runOffer('node-port')).toMatchObject({
      kind: 'failed',
      headline: 'There is no gateway whose address is pending.',
    });
  });
});
