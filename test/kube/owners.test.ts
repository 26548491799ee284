import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/kube/json.ts';
import type { KubeObject } from '../../src/kube/metadata.ts';
import { overrideProblem, ownerInForce, ownersOf } from '../../src/kube/owners.ts';
import { CONTROLLER_KINDS, ownersNaming } from '../../src/kube/traffic-controllers.ts';
import { readVirtualService } from '../../src/kube/virtual-service.ts';

const withMetadata = (metadata: JsonObject): KubeObject => ({ metadata: { name: 'myapp', ...metadata } });
const writtenBy = (manager: string) => ({
  managedFields: [{ manager, operation: 'Update', fieldsV1: { 'f:spec': { 'f:http': {} } } }],
});

describe('an owner is found', () => {
  it.each<[string, JsonObject, string, boolean]>([
    ['by the field manager of Argo Rollouts', writtenBy('rollouts-controller'), 'Argo Rollouts', true],
    ['by an annotation', { annotations: { 'argocd.argoproj.io/tracking-id': 'x' } }, 'Argo CD', true],
    ['by a label', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'x' } }, 'Flux', true],
    [
      'by an owner reference',
      { ownerReferences: [{ apiVersion: 'flagger.app/v1beta1', kind: 'Canary', name: 'myapp' }] },
      'Flagger',
      true,
    ],
    [
      'by the annotation of a Helm release',
      { annotations: { 'meta.helm.sh/release-name': 'x' } },
      'Helm',
      false,
    ],
    ['by the label of a Kiali wizard', { labels: { kiali_wizard: 'traffic_shifting' } }, 'Kiali', false],
  ])('%s', (_how, metadata, name, reverts) => {
    expect(ownersOf(withMetadata(metadata))).toEqual([{ name, reverts }]);
  });

  it('not by who wrote the status alone, nor by kubectl', () => {
    const managedFields = [
      { manager: 'flagger', subresource: 'status', fieldsV1: { 'f:spec': {} } },
      { manager: 'kubectl-client-side-apply', fieldsV1: { 'f:spec': { 'f:http': {} } } },
    ];
    expect(ownersOf(withMetadata({ managedFields }))).toEqual([]);
  });
});

describe('a Rollout or a Canary that names the VirtualService', () => {
  const virtualService = (routes: readonly string[]) =>
    readVirtualService({
      apiVersion: 'networking.istio.io/v1',
      metadata: { name: 'myapp', namespace: 'shop' },
      spec: { http: routes.map(name => ({ name, route: [] })) },
    });
  const read = (plural: string, spec: JsonObject, namespace = 'shop') => {
    const kind = CONTROLLER_KINDS.find(({ collection }) => collection.plural === plural);
    if (!kind) throw new Error(`no kind ${plural}`);
    return kind.read({ metadata: { name: 'release', namespace }, spec });
  };
  const rollout = (istio: JsonObject, namespace?: string) =>
    read('rollouts', { strategy: { canary: { trafficRouting: { istio } } } }, namespace);
  const owners = (controller: ReturnType<typeof read>, route = 'primary') => {
    const object = virtualService([route]);
    const [only] = object.routes;
    if (!only) throw new Error('no route');
    return ownersNaming([controller], object, only).map(({ name, through }) => `${name} ${through}`);
  };
  const ARGO = ['Argo Rollouts Rollout release'];
  const FLAGGER = ['Flagger Canary release'];

  it.each([
    ['a Rollout with one', rollout({ virtualService: { name: 'myapp' } }), ARGO],
    [
      'a Rollout with the route named',
      rollout({ virtualService: { name: 'myapp', routes: ['primary'] } }),
      ARGO,
    ],
    ['a Rollout with another route named', rollout({ virtualService: { name: 'myapp', routes: ['x'] } }), []],
    ['a Rollout with several', rollout({ virtualServices: [{ name: 'other' }, { name: 'myapp' }] }), ARGO],
    ['a Rollout with another one', rollout({ virtualService: { name: 'other' } }), []],
    [
      'a Rollout elsewhere that names the namespace',
      rollout({ virtualService: { name: 'myapp.shop' } }, 'ci'),
      ARGO,
    ],
    ['a Rollout elsewhere with one of its own', rollout({ virtualService: { name: 'myapp' } }, 'ci'), []],
    ['a blue/green Rollout', read('rollouts', { strategy: { blueGreen: { activeService: 'myapp' } } }), []],
    [
      'a Canary of that target',
      read('canaries', { targetRef: { kind: 'Deployment', name: 'myapp' } }),
      FLAGGER,
    ],
    [
      'a Canary whose Service has a name of its own',
      read('canaries', { targetRef: { name: 'web' }, service: { name: 'myapp' } }),
      FLAGGER,
    ],
    [
      'a Canary whose target is named so and its Service is not',
      read('canaries', { targetRef: { name: 'myapp' }, service: { name: 'web' } }),
      [],
    ],
    [
      'a Canary for another ingress',
      read('canaries', { provider: 'nginx', targetRef: { name: 'myapp' } }),
      [],
    ],
    ['one with nothing in it', read('rollouts', {}), []],
  ])('%s', (_what, controller, expected) => {
    expect(owners(controller)).toEqual(expected);
  });
});

describe('overriding an owner by name', () => {
  const argo = { name: 'Argo CD', reverts: true };
  const rollouts = { name: 'Argo Rollouts', reverts: true, through: 'Rollout myapp' };
  const helm = { name: 'Helm', reverts: false };

  it.each(['Argo CD', 'argocd', 'argo-cd', 'ARGOCD-CONTROLLER'])('takes %s for Argo CD', name => {
    expect(ownerInForce([argo], [name])).toBeUndefined();
    expect(overrideProblem([argo], [name])).toBeUndefined();
  });

  it('overrides only the owners that are named', () => {
    expect(ownerInForce([argo, rollouts], ['argocd'])).toEqual(rollouts);
    expect(ownerInForce([argo, rollouts], ['argocd', 'argo-rollouts'])).toBeUndefined();
  });

  it('says who really owns it, where somebody else is named', () => {
    expect(ownerInForce([helm, argo], ['flux'])).toEqual(argo);
    expect(overrideProblem([helm, argo, rollouts], ['flux'])).toBe(
      '--override-owner flux overrides nobody: Argo CD and Argo Rollouts (Rollout myapp) own this VirtualService',
    );
    expect(overrideProblem([helm], ['helm'])).toBe(
      '--override-owner helm overrides nobody: no owner puts weights back',
    );
  });
});
