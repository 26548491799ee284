import type { Deployment } from './deployment.ts';
import type { WarningEvent } from './event.ts';
import type { Metadata } from './metadata.ts';
import type { Node } from './node.ts';
import type { Pod } from './pod.ts';
import type { Service } from './service.ts';
import type { DestinationRule, Gateway } from './traffic-objects.ts';
import type { VirtualService } from './virtual-service.ts';

/**
 * What was read of a cluster to judge the way of requests through one VirtualService. A collection that could not be read is
 * undefined: what depends on it is not judged.
 */
export type Evidence = {
  readonly istioNamespace: string;
  readonly nodes: readonly Node[] | undefined;
  /** Pods of Istio's namespace. */
  readonly istioPods: readonly Pod[] | undefined;
  /** Those that the VirtualService is bound to, and others beside them. */
  readonly gateways: readonly Gateway[] | undefined;
  /** Pods that the bound Gateways select, in any namespace that could be read. */
  readonly gatewayPods: readonly Pod[] | undefined;
  /** Services in the namespaces of the gateway's pods. */
  readonly gatewayServices: readonly Service[] | undefined;
  /** Services, Deployments and pods in the namespaces that destinations name; the pods are those of the Services named. */
  readonly services: readonly Service[] | undefined;
  readonly deployments: readonly Deployment[] | undefined;
  readonly pods: readonly Pod[] | undefined;
  readonly destinationRules: readonly DestinationRule[] | undefined;
  /** Hosts that ServiceEntries add to the mesh. */
  readonly serviceEntryHosts: readonly string[] | undefined;
  readonly virtualServices: readonly VirtualService[] | undefined;
  /** The namespaces of destinations, with their labels. */
  readonly namespaces: readonly Metadata[] | undefined;
  /** Empty where there are none, and where they could not be read: they only explain. */
  readonly warningEvents: readonly WarningEvent[];
};
