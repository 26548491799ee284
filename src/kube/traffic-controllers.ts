import { plainText } from '../plain-text.ts';
import type { Collection } from './cluster-api.ts';
import { type JsonObject, listIn, objectIn, textIn } from './json.ts';
import { type KubeObject, readMetadata } from './metadata.ts';
import type { Owner } from './owners.ts';
import type { Route, VirtualService } from './virtual-service.ts';

/** A Rollout or a Canary: an object that has weights set in VirtualServices which it names. */
export type TrafficController = {
  readonly owner: 'Argo Rollouts' | 'Flagger';
  readonly kind: 'Rollout' | 'Canary';
  readonly namespace: string;
  readonly name: string;
  readonly sets: readonly ControlledRoutes[];
};

type ControlledRoutes = {
  readonly namespace: string;
  readonly name: string;
  /** By name; empty for the only one there is. */
  readonly routes: readonly string[];
};

/** Where such objects are found, in the one version in which each is served, and how they are read. */
export const CONTROLLER_KINDS: readonly {
  readonly collection: Omit<Collection, 'namespace'>;
  readonly read: (object: KubeObject) => TrafficController;
}[] = [
  {
    collection: { group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts' },
    read: readRollout,
  },
  { collection: { group: 'flagger.app', version: 'v1beta1', plural: 'canaries' }, read: readCanary },
];

/** The VirtualServices of `spec.strategy.canary.trafficRouting.istio`: one, or several with their routes. */
function readRollout(object: KubeObject): TrafficController {
  const { namespace, name } = readMetadata(object);
  const canary = objectIn(objectIn(objectIn(object.spec).strategy).canary);
  const istio = objectIn(objectIn(canary.trafficRouting).istio);
  const named = [istio.virtualService, ...listIn(istio.virtualServices)].map(objectIn);
  return {
    owner: 'Argo Rollouts',
    kind: 'Rollout',
    namespace,
    name,
    sets: named.flatMap(entry => controlledRoutes(entry, namespace)),
  };
}

/** Argo Rollouts reads `name.namespace`; without the dot it is the Rollout's own namespace. */
function controlledRoutes(entry: JsonObject, ownNamespace: string): readonly ControlledRoutes[] {
  const [name = '', namespace = ownNamespace] = (textIn(entry.name) ?? '').split('.');
  if (name === '') return [];
  const routes = listIn(entry.routes).flatMap(route => textIn(route) ?? []);
  return [{ namespace, name, routes }];
}

/**
 * Flagger makes the VirtualService itself, named like the Canary's Service: `spec.service.name`, else the target's name. A
 * Canary for another mesh or ingress than Istio makes none.
 */
function readCanary(object: KubeObject): TrafficController {
  const { namespace, name } = readMetadata(object);
  const spec = objectIn(object.spec);
  const provider = textIn(spec.provider) ?? 'istio';
  const made = textIn(objectIn(spec.service).name) || textIn(objectIn(spec.targetRef).name);
  const sets = made && provider === 'istio' ? [{ namespace, name: made, routes: [] }] : [];
  return { owner: 'Flagger', kind: 'Canary', namespace, name, sets };
}

/** The owners of a route through a Rollout or a Canary that names its VirtualService, and the route where it names routes. */
export function ownersNaming(
  controllers: readonly TrafficController[],
  virtualService: VirtualService,
  route: Route,
): readonly Owner[] {
  const isNamed = ({ namespace, name, routes }: ControlledRoutes) =>
    namespace === virtualService.namespace &&
    name === virtualService.name &&
    (routes.length === 0 || routes.includes(route.name));
  return controllers
    .filter(({ sets }) => sets.some(isNamed))
    .map(({ owner, kind, name }) => ({
      name: owner,
      reverts: true,
      through: `${kind} ${plainText(name, 80)}`,
    }));
}
