import type { Gateway } from './traffic-objects.ts';
import type { VirtualService } from './virtual-service.ts';

/** Namespace and name of the Gateways that a VirtualService is bound to; `mesh` is none. */
export function boundGateways(
  virtualService: VirtualService,
): readonly { readonly namespace: string; readonly name: string }[] {
  return virtualService.gateways
    .filter(gateway => gateway !== 'mesh')
    .map(gateway => {
      const [first = '', second] = gateway.split('/');
      return second === undefined
        ? { namespace: virtualService.namespace, name: first }
        : { namespace: first === '.' ? virtualService.namespace : first, name: second };
    });
}

/** Those of some Gateways that a VirtualService is bound to. */
export function gatewaysOf(virtualService: VirtualService, gateways: readonly Gateway[]): readonly Gateway[] {
  const bound = boundGateways(virtualService);
  return gateways.filter(gateway =>
    bound.some(({ namespace, name }) => gateway.namespace === namespace && gateway.name === name),
  );
}
