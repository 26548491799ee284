import { type Json, labelsIn, listIn, numberIn, objectIn, textIn } from './json.ts';
import { type KubeObject, type Metadata, readMetadata } from './metadata.ts';

export type ServicePort = {
  readonly name: string;
  readonly port: number;
  readonly targetPort: number | string;
  readonly nodePort: number | undefined;
  /** The protocol as `spec.ports[].appProtocol` declares it. */
  readonly appProtocol: string | undefined;
};

export type Service = Metadata & {
  readonly type: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly ServicePort[];
  /** Addresses or host names of the load balancer, as its controller wrote them. */
  readonly loadBalancerAddresses: readonly string[];
};

export function readService(object: KubeObject): Service {
  const spec = objectIn(object.spec);
  return {
    ...readMetadata(object),
    type: textIn(spec.type) ?? 'ClusterIP',
    selector: labelsIn(spec.selector),
    ports: listIn(spec.ports).map(readPort),
    loadBalancerAddresses: listIn(objectIn(objectIn(object.status).loadBalancer).ingress)
      .map(objectIn)
      .map(entry => textIn(entry.ip) ?? textIn(entry.hostname))
      .filter(address => address !== undefined),
  };
}

function readPort(item: Json): ServicePort {
  const port = objectIn(item);
  const number = numberIn(port.port) ?? 0;
  return {
    name: textIn(port.name) ?? '',
    port: number,
    targetPort: numberIn(port.targetPort) ?? textIn(port.targetPort) ?? number,
    nodePort: numberIn(port.nodePort),
    appProtocol: textIn(port.appProtocol),
  };
}
