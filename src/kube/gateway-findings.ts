import { boundGateways, gatewaysOf } from './bound-gateways.ts';
import { hostCovers } from './destination-target.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { matchesSelector, selectorText } from './metadata.ts';
import type { Pod } from './pod.ts';
import { objectOf } from './route-findings.ts';
import type { Service } from './service.ts';
import type { Gateway } from './traffic-objects.ts';
import type { VirtualService } from './virtual-service.ts';

/** What keeps requests at the gateway from reaching the VirtualService's routes. */
export function gatewayFindings(virtualService: VirtualService, evidence: Evidence): readonly Finding[] {
  const { gateways, gatewayPods, gatewayServices } = evidence;
  if (!gateways) return [];
  return [
    ...missingGateways(virtualService, gateways),
    ...gatewaysOf(virtualService, gateways).flatMap(gateway => [
      ...hostFindings(virtualService, gateway),
      ...(gatewayPods ? podsAndPorts(gateway, gatewayPods, gatewayServices) : []),
    ]),
  ];
}

function missingGateways(virtualService: VirtualService, gateways: readonly Gateway[]): readonly Finding[] {
  return boundGateways(virtualService)
    .filter(
      ({ namespace, name }) =>
        !gateways.some(gateway => gateway.namespace === namespace && gateway.name === name),
    )
    .map(({ namespace, name }) => ({
      severity: 'error',
      code: 'IST0101',
      object: objectOf(virtualService),
      sentence: `There is no Gateway ${name} in namespace ${namespace}: nothing listens for VirtualService ${virtualService.name} there.`,
      fix: `kubectl get gateways.networking.istio.io -A shows what there is; apply it, or correct spec.gateways.`,
    }));
}

/** Whether a Gateway's host, `host` or `namespace/host`, is open to a host of a VirtualService (pkg/config/host, Matches). */
function admits(gateway: Gateway, serverHost: string, virtualService: VirtualService, host: string): boolean {
  const [first = '', second] = serverHost.split('/');
  const home = first === '.' ? gateway.namespace : first;
  const isOpen = second === undefined || home === '*' || home === virtualService.namespace;
  const name = second ?? first;
  return isOpen && (hostCovers(name, host) || hostCovers(host, name));
}

function hostFindings(virtualService: VirtualService, gateway: Gateway): readonly Finding[] {
  const open = gateway.servers.flatMap(({ hosts }) => hosts);
  const refused = virtualService.hosts.filter(
    host => !open.some(serverHost => admits(gateway, serverHost, virtualService, host)),
  );
  if (refused.length === 0) return [];
  const isAll = refused.length === virtualService.hosts.length;
  return [
    {
      severity: isAll ? 'error' : 'warning',
      code: 'IST0132',
      object: objectOf(virtualService),
      sentence: `Gateway ${gateway.name} is not open for ${refused.join(', ')} (it takes ${open.join(', ') || 'no host'}): requests for ${refused.length === 1 ? 'it' : 'them'} are answered 404.`,
      fix: `kubectl -n ${gateway.namespace} edit gateways.networking.istio.io ${gateway.name}: add the host, or correct spec.hosts of VirtualService ${virtualService.name}.`,
    },
  ];
}

function podsAndPorts(
  gateway: Gateway,
  pods: readonly Pod[],
  services: readonly Service[] | undefined,
): readonly Finding[] {
  const behind = pods.filter(pod => !pod.isFinished && matchesSelector(gateway.selector, pod.labels));
  const object = `Gateway ${gateway.namespace}/${gateway.name}`;
  if (behind.length === 0) {
    const selector = selectorText(gateway.selector);
    return [
      {
        severity: 'error',
        code: 'IST0101',
        object,
        sentence: `Gateway ${gateway.name} selects no pods (${selector || 'it has no selector'}): nothing listens for it.`,
        fix: `kubectl get pods -A -l ${selector || 'istio=ingressgateway'} must show the gateway; correct spec.selector, or install one.`,
      },
    ];
  }
  const inFront = services?.filter(service =>
    behind.some(pod => pod.namespace === service.namespace && matchesSelector(service.selector, pod.labels)),
  );
  return inFront ? portFindings(gateway, object, inFront) : [];
}

/** A Gateway names the Service's port; Istio takes the port that it leads to as well. */
function portFindings(gateway: Gateway, object: string, services: readonly Service[]): readonly Finding[] {
  const ports = services.flatMap(service => service.ports);
  const missing = gateway.servers
    .map(({ port }) => port)
    .filter(wanted => !ports.some(({ port, targetPort }) => port === wanted || targetPort === wanted));
  const [service] = services;
  return [...new Set(missing)].map(port => ({
    severity: 'error',
    code: 'IST0162',
    object,
    sentence: service
      ? `Gateway ${gateway.name} listens on port ${port}, and Service ${service.namespace}/${service.name} has no such port: nobody outside reaches it.`
      : `Gateway ${gateway.name} listens on port ${port}, and no Service stands in front of its pods.`,
    fix: service
      ? `Use one of its ports (${ports.map(({ port }) => port).join(', ')}), or kubectl -n ${service.namespace} edit service ${service.name}`
      : 'Install the Service of the ingress gateway.',
  }));
}
