import { defineKind, type KubeObject } from './kind.ts';
import {
  anything,
  boolean,
  type Held,
  int32,
  listOf,
  mapOf,
  number,
  object,
  oneOf,
  string,
} from './schema.ts';

const STRING_MATCH = object({}, { exact: string, prefix: string, regex: string });
export type StringMatch = Held<typeof STRING_MATCH>;

const HTTP_MATCH = object(
  {},
  {
    uri: STRING_MATCH,
    method: STRING_MATCH,
    authority: STRING_MATCH,
    headers: mapOf(STRING_MATCH),
    withoutHeaders: mapOf(STRING_MATCH),
    queryParams: mapOf(STRING_MATCH),
    ignoreUriCase: boolean,
    gateways: listOf(string),
    port: int32,
  },
);
export type HttpMatch = Held<typeof HTTP_MATCH>;

const DESTINATION = object({ host: string }, { subset: string, port: object({}, { number: int32 }) });
export type Destination = Held<typeof DESTINATION>;

const HEADER_CHANGES = object({}, { set: mapOf(string), add: mapOf(string), remove: listOf(string) });
export type HeaderChanges = Held<typeof HEADER_CHANGES>;

const HEADERS = object({}, { request: HEADER_CHANGES, response: HEADER_CHANGES });

const ROUTE_DESTINATION = object({ destination: DESTINATION }, { weight: int32, headers: HEADERS });
export type RouteDestination = Held<typeof ROUTE_DESTINATION>;

const PERCENTAGE = object({}, { value: number });

const HTTP_ROUTE = object(
  {},
  {
    name: string,
    match: listOf(HTTP_MATCH),
    route: listOf(ROUTE_DESTINATION),
    redirect: object({}, { uri: string, authority: string, redirectCode: int32 }),
    directResponse: object({ status: int32 }, { body: object({}, { string: string }) }),
    rewrite: object({}, { uri: string, authority: string }),
    timeout: string,
    retries: object({}, { attempts: int32, perTryTimeout: string, retryOn: string }),
    fault: object(
      {},
      {
        abort: object({}, { httpStatus: int32, percentage: PERCENTAGE }),
        delay: object({}, { fixedDelay: string, percentage: PERCENTAGE }),
      },
    ),
    headers: HEADERS,
  },
);
export type HttpRoute = Held<typeof HTTP_ROUTE>;

const VIRTUAL_SERVICE = object(
  {},
  {
    spec: object({}, { hosts: listOf(string), gateways: listOf(string), http: listOf(HTTP_ROUTE) }),
    status: anything,
  },
);
export type VirtualService = KubeObject & Held<typeof VIRTUAL_SERVICE>;

const DESTINATION_RULE = object(
  {},
  {
    spec: object({ host: string }, { subsets: listOf(object({ name: string }, { labels: mapOf(string) })) }),
    status: anything,
  },
);
export type DestinationRule = KubeObject & Held<typeof DESTINATION_RULE>;

const SERVER = object(
  {
    port: object({ number: int32, protocol: string, name: string }),
    hosts: listOf(string),
  },
  {
    tls: object(
      {},
      {
        mode: oneOf('PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'),
      },
    ),
  },
);

const GATEWAY = object(
  {},
  { spec: object({}, { selector: mapOf(string), servers: listOf(SERVER) }), status: anything },
);
export type Gateway = KubeObject & Held<typeof GATEWAY>;

const NETWORKING = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1'],
  categories: ['istio-io', 'networking-istio-io'],
  subresources: ['status'],
  isCustom: true,
  hasGeneration: true,
} as const;

export const VIRTUAL_SERVICES = defineKind<VirtualService>({
  ...NETWORKING,
  resource: 'virtualservices',
  kind: 'VirtualService',
  shortNames: ['vs'],
  schema: VIRTUAL_SERVICE,
});

export const DESTINATION_RULES = defineKind<DestinationRule>({
  ...NETWORKING,
  resource: 'destinationrules',
  kind: 'DestinationRule',
  shortNames: ['dr'],
  schema: DESTINATION_RULE,
});

export const GATEWAYS = defineKind<Gateway>({
  ...NETWORKING,
  resource: 'gateways',
  kind: 'Gateway',
  shortNames: ['gw'],
  schema: GATEWAY,
});
