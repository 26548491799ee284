import { type Json, labelsIn, listIn, numberIn, objectIn, textIn } from './json.ts';
import { type KubeObject, type Metadata, readMetadata } from './metadata.ts';

/** Subsets of a host, by name. */
export type DestinationRule = Metadata & {
  readonly host: string;
  readonly subsets: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[];
};

export function readDestinationRule(object: KubeObject): DestinationRule {
  const spec = objectIn(object.spec);
  return {
    ...readMetadata(object),
    host: textIn(spec.host) ?? '',
    subsets: listIn(spec.subsets)
      .map(objectIn)
      .map(subset => ({ name: textIn(subset.name) ?? '', labels: labelsIn(subset.labels) })),
  };
}

export type GatewayServer = {
  readonly port: number;
  readonly protocol: string;
  readonly hosts: readonly string[];
  readonly tlsMode: string | undefined;
  /** Plain HTTP that only sends clients on to https. */
  readonly redirectsToHttps: boolean;
};

/** An Istio Gateway: which pods listen, on which ports, for which hosts. */
export type Gateway = Metadata & {
  readonly selector: Readonly<Record<string, string>>;
  readonly servers: readonly GatewayServer[];
};

export function readGateway(object: KubeObject): Gateway {
  const spec = objectIn(object.spec);
  return {
    ...readMetadata(object),
    selector: labelsIn(spec.selector),
    servers: listIn(spec.servers).map(readServer),
  };
}

function readServer(item: Json): GatewayServer {
  const server = objectIn(item);
  const port = objectIn(server.port);
  const tls = objectIn(server.tls);
  return {
    port: numberIn(port.number) ?? 0,
    protocol: (textIn(port.protocol) ?? '').toUpperCase(),
    hosts: listIn(server.hosts).map(host => textIn(host) ?? ''),
    tlsMode: textIn(tls.mode),
    redirectsToHttps: tls.httpsRedirect === true,
  };
}
