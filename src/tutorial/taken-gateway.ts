import { boundGateways } from '../kube/bound-gateways.ts';
import { jsonEquals } from '../kube/json.ts';
import { takesEverything } from '../kube/route-match.ts';
import { type Gateway, readGateway } from '../kube/traffic-objects.ts';
import { readVirtualService, type VirtualService } from '../kube/virtual-service.ts';
import type { AnsweringCluster } from './facts.ts';
import { findObject, type Manifests } from './manifests.ts';
import type { Trouble } from './step.ts';

/**
 * The routes that every request at the ingress gateway goes to already: the gateway takes the oldest, so the
 * tutorial's would get none, and where it is the older one it would take theirs.
 */
export function takenGateway(
  { elsewhere, objects, place }: AnsweringCluster,
  manifests: Manifests,
): readonly Trouble[] {
  const wanted = findObject(manifests.objects, 'Gateway');
  const route = findObject(manifests.objects, 'VirtualService');
  if (!wanted || !route) return [];
  const all = [...elsewhere, ...objects];
  const own = readGateway(wanted.object);
  const gateways = all
    .filter(({ kind }) => kind === 'Gateway')
    .map(readGateway)
    .filter(gateway => opensTheSame(gateway, own));
  return all
    .filter(({ kind }) => kind === 'VirtualService')
    .map(readVirtualService)
    .filter(({ namespace, name }) => namespace !== place.namespace || name !== route.name)
    .filter(virtualService => takesAll(virtualService, gateways))
    .map(({ namespace, name }) => ({
      id: 'gateway-taken',
      sentence: `VirtualService ${name} in namespace ${namespace} gets every request at the same gateway already. Nothing is touched.`,
      fix:
        namespace === place.namespace
          ? 'Give it hosts of its own, or take it away first.'
          : `Go on there: weighbridge tutorial -n ${namespace}; or take that route away first.`,
    }));
}

/** Gateways of one selector are the same pods, and one port of them is the same listener. */
function opensTheSame({ selector, servers }: Gateway, own: Gateway): boolean {
  const ports = own.servers.map(({ port }) => port);
  return jsonEquals(selector, own.selector) && servers.some(({ port }) => ports.includes(port));
}

function takesAll(virtualService: VirtualService, gateways: readonly Gateway[]): boolean {
  const { hosts, routes } = virtualService;
  const isBound = boundGateways(virtualService).some(({ namespace, name }) =>
    gateways.some(gateway => gateway.namespace === namespace && gateway.name === name),
  );
  return (
    isBound &&
    hosts.includes('*') &&
    routes.some(route => route.protocol === 'http' && takesEverything(route))
  );
}
