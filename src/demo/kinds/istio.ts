import { ageColumn, type Column, column, nameColumn } from './column.ts';
import { HTTP_ROUTE, TCP_ROUTE, TLS_ROUTE } from './http-route.ts';
import { defineKind, type KubeObject } from './kind.ts';
import {
  anything,
  boolean,
  type Held,
  listOf,
  mapOf,
  nullable,
  object,
  oneOf,
  string,
  uint32,
} from './schema.ts';
import { TRAFFIC_POLICY } from './traffic-policy.ts';

const VIRTUAL_SERVICE = object(
  {},
  {
    spec: object(
      {},
      {
        exportTo: listOf(string),
        gateways: listOf(string),
        hosts: listOf(string),
        http: listOf(HTTP_ROUTE),
        tcp: listOf(TCP_ROUTE),
        tls: listOf(TLS_ROUTE),
      },
    ),
    status: anything,
  },
);
export type VirtualService = KubeObject & Held<typeof VIRTUAL_SERVICE>;

const SUBSET = object({ name: string }, { labels: mapOf(string), trafficPolicy: TRAFFIC_POLICY });

const DESTINATION_RULE = object(
  {},
  {
    spec: object(
      { host: string },
      {
        exportTo: listOf(string),
        subsets: listOf(SUBSET),
        trafficPolicy: TRAFFIC_POLICY,
        workloadSelector: object({}, { matchLabels: mapOf(string) }),
      },
    ),
    status: anything,
  },
);
export type DestinationRule = KubeObject & Held<typeof DESTINATION_RULE>;

const CERTIFICATE_FILES = { caCertificates: string, privateKey: string, serverCertificate: string } as const;

const TLS_VERSION = oneOf('TLS_AUTO', 'TLSV1_0', 'TLSV1_1', 'TLSV1_2', 'TLSV1_3');

const SERVER_TLS = object(
  {},
  {
    ...CERTIFICATE_FILES,
    caCertCredentialName: string,
    caCrl: string,
    cipherSuites: listOf(string),
    credentialName: string,
    credentialNames: listOf(string),
    httpsRedirect: boolean,
    insecureSkipVerify: nullable(boolean),
    maxProtocolVersion: TLS_VERSION,
    minProtocolVersion: TLS_VERSION,
    mode: oneOf('PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'),
    subjectAltNames: listOf(string),
    tlsCertificates: listOf(object({}, CERTIFICATE_FILES)),
    verifyCertificateHash: listOf(string),
    verifyCertificateSpki: listOf(string),
  },
);

const SERVER = object(
  {
    port: object({ number: uint32, protocol: string, name: string }, { targetPort: uint32 }),
    hosts: listOf(string),
  },
  { bind: string, defaultEndpoint: string, name: string, tls: SERVER_TLS },
);

const GATEWAY = object(
  {},
  { spec: object({}, { selector: mapOf(string), servers: listOf(SERVER) }), status: anything },
);
export type Gateway = KubeObject & Held<typeof GATEWAY>;

const NETWORKING = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  categories: ['istio-io', 'networking-istio-io'],
  subresources: ['status'],
  isCustom: true,
  hasGeneration: true,
} as const;

/** A column of a CustomResourceDefinition shows a list as its JSON, and nothing for what is not there. */
function printed(values: readonly string[] | undefined): string | null {
  return values === undefined ? null : JSON.stringify(values);
}

const AGE: Column<KubeObject> = { ...ageColumn, type: 'date' };

export const VIRTUAL_SERVICES = defineKind<VirtualService>({
  ...NETWORKING,
  resource: 'virtualservices',
  kind: 'VirtualService',
  shortNames: ['vs'],
  schema: VIRTUAL_SERVICE,
  columns: [
    nameColumn,
    column('Gateways', ({ spec }) => printed(spec?.gateways), {
      jsonPath: '.spec.gateways',
      description: 'The names of gateways and sidecars that should apply these routes',
    }),
    column('Hosts', ({ spec }) => printed(spec?.hosts), {
      jsonPath: '.spec.hosts',
      description: 'The destination hosts to which traffic is being sent',
    }),
    AGE,
  ],
});

export const DESTINATION_RULES = defineKind<DestinationRule>({
  ...NETWORKING,
  resource: 'destinationrules',
  kind: 'DestinationRule',
  shortNames: ['dr'],
  schema: DESTINATION_RULE,
  columns: [
    nameColumn,
    column('Host', ({ spec }) => spec?.host ?? null, {
      jsonPath: '.spec.host',
      description: 'The name of a service from the service registry',
    }),
    AGE,
  ],
});

export const GATEWAYS = defineKind<Gateway>({
  ...NETWORKING,
  resource: 'gateways',
  kind: 'Gateway',
  shortNames: ['gw'],
  schema: GATEWAY,
  columns: [nameColumn, AGE],
});
