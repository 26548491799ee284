import {
  boolean,
  bytes,
  choiceOf,
  duration,
  type Held,
  int32,
  listOf,
  mapOf,
  nullable,
  number,
  object,
  oneOf,
  string,
  uint32,
} from './schema.ts';

const STRING_MATCH = choiceOf({ exact: string, prefix: string, regex: string });
export type StringMatch = Held<typeof STRING_MATCH>;

const HTTP_MATCH = object(
  {},
  {
    name: string,
    uri: STRING_MATCH,
    scheme: STRING_MATCH,
    method: STRING_MATCH,
    authority: STRING_MATCH,
    headers: mapOf(STRING_MATCH),
    withoutHeaders: mapOf(STRING_MATCH),
    queryParams: mapOf(STRING_MATCH),
    ignoreUriCase: boolean,
    gateways: listOf(string),
    port: uint32,
    sourceLabels: mapOf(string),
    sourceNamespace: string,
    statPrefix: string,
  },
);
export type HttpMatch = Held<typeof HTTP_MATCH>;

const DESTINATION = object({ host: string }, { subset: string, port: object({}, { number: uint32 }) });
export type Destination = Held<typeof DESTINATION>;

const HEADER_CHANGES = object({}, { set: mapOf(string), add: mapOf(string), remove: listOf(string) });
export type HeaderChanges = Held<typeof HEADER_CHANGES>;

const HEADERS = object({}, { request: HEADER_CHANGES, response: HEADER_CHANGES });

const ROUTE_DESTINATION = object({ destination: DESTINATION }, { weight: int32, headers: HEADERS });
export type RouteDestination = Held<typeof ROUTE_DESTINATION>;

const PERCENTAGE = object({}, { value: number });

const CORS_POLICY = object(
  {},
  {
    allowOrigin: listOf(string),
    allowOrigins: listOf(STRING_MATCH),
    allowMethods: listOf(string),
    allowHeaders: listOf(string),
    exposeHeaders: listOf(string),
    maxAge: duration,
    allowCredentials: nullable(boolean),
    unmatchedPreflights: oneOf('UNSPECIFIED', 'FORWARD', 'IGNORE'),
  },
);

const FAULT = object(
  {},
  {
    abort: {
      ...object({}, { httpStatus: int32, grpcStatus: string, http2Error: string, percentage: PERCENTAGE }),
      oneOf: ['httpStatus', 'grpcStatus', 'http2Error'],
    },
    delay: {
      ...object(
        {},
        { fixedDelay: duration, exponentialDelay: duration, percent: int32, percentage: PERCENTAGE },
      ),
      oneOf: ['fixedDelay', 'exponentialDelay'],
    },
  },
);

const REDIRECT = {
  ...object(
    {},
    {
      uri: string,
      authority: string,
      port: uint32,
      derivePort: oneOf('FROM_PROTOCOL_DEFAULT', 'FROM_REQUEST_PORT'),
      prefixRewrite: string,
      scheme: string,
      redirectCode: uint32,
    },
  ),
  oneOf: ['port', 'derivePort'],
};

/** One entry of a VirtualService's `spec.http`. */
export const HTTP_ROUTE = object(
  {},
  {
    name: string,
    match: listOf(HTTP_MATCH),
    route: listOf(ROUTE_DESTINATION),
    redirect: REDIRECT,
    directResponse: object({ status: uint32 }, { body: choiceOf({ string, bytes }) }),
    delegate: object({}, { name: string, namespace: string }),
    rewrite: object(
      {},
      {
        uri: string,
        authority: string,
        uriRegexRewrite: object({}, { match: string, rewrite: string }),
      },
    ),
    timeout: duration,
    retries: object(
      {},
      {
        attempts: int32,
        backoff: duration,
        perTryTimeout: duration,
        retryOn: string,
        retryIgnorePreviousHosts: nullable(boolean),
        retryRemoteLocalities: nullable(boolean),
      },
    ),
    fault: FAULT,
    mirror: DESTINATION,
    mirrors: listOf(object({ destination: DESTINATION }, { percentage: PERCENTAGE })),
    mirrorPercent: nullable(uint32),
    mirror_percent: nullable(uint32),
    mirrorPercentage: PERCENTAGE,
    corsPolicy: CORS_POLICY,
    headers: HEADERS,
  },
);
export type HttpRoute = Held<typeof HTTP_ROUTE>;

/** Where a route of connections leads, which knows no headers. */
const CONNECTION_DESTINATION = object({ destination: DESTINATION }, { weight: int32 });

const CONNECTION_MATCH = {
  destinationSubnets: listOf(string),
  gateways: listOf(string),
  port: uint32,
  sourceLabels: mapOf(string),
  sourceNamespace: string,
} as const;

/** One entry of `spec.tcp`. */
export const TCP_ROUTE = object(
  {},
  {
    match: listOf(object({}, { ...CONNECTION_MATCH, sourceSubnet: string })),
    route: listOf(CONNECTION_DESTINATION),
  },
);

/** One entry of `spec.tls`. */
export const TLS_ROUTE = object(
  { match: listOf(object({ sniHosts: listOf(string) }, CONNECTION_MATCH)) },
  { route: listOf(CONNECTION_DESTINATION) },
);
