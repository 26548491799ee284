import {
  boolean,
  duration,
  int32,
  int64,
  listOf,
  mapOf,
  nullable,
  number,
  object,
  oneOf,
  string,
  uint32,
} from './schema.ts';

const CONNECTION_POOL = object(
  {},
  {
    http: object(
      {},
      {
        h2UpgradePolicy: oneOf('DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE'),
        http1MaxPendingRequests: int32,
        http2KeepAlive: object({}, { interval: duration, timeout: duration }),
        http2MaxRequests: int32,
        idleTimeout: duration,
        maxConcurrentStreams: int32,
        maxRequestsPerConnection: int32,
        maxRetries: int32,
        useClientProtocol: boolean,
      },
    ),
    tcp: object(
      {},
      {
        connectTimeout: duration,
        idleTimeout: string,
        maxConnectionDuration: duration,
        maxConnections: int32,
        tcpKeepalive: object({}, { interval: duration, probes: uint32, time: duration }),
      },
    ),
  },
);

const CONSISTENT_HASH = object(
  {},
  {
    httpCookie: object(
      { name: string },
      { attributes: listOf(object({ name: string }, { value: string })), path: string, ttl: string },
    ),
    httpHeaderName: string,
    httpQueryParameterName: string,
    maglev: object({}, { tableSize: int64 }),
    minimumRingSize: int64,
    ringHash: object({}, { minimumRingSize: int64 }),
    useSourceIp: boolean,
  },
);

const FAILOVER = {
  enabled: nullable(boolean),
  failover: listOf(object({}, { from: string, to: string })),
  failoverPriority: listOf(string),
} as const;

const LOAD_BALANCER = {
  ...object(
    {},
    {
      consistentHash: CONSISTENT_HASH,
      localityLbSetting: object(
        {},
        { ...FAILOVER, distribute: listOf(object({}, { from: string, to: mapOf(uint32) })) },
      ),
      simple: oneOf('UNSPECIFIED', 'LEAST_CONN', 'RANDOM', 'PASSTHROUGH', 'ROUND_ROBIN', 'LEAST_REQUEST'),
      warmup: object({ duration }, { aggression: nullable(number), minimumPercent: nullable(number) }),
      warmupDurationSecs: duration,
      zoneAwareLbSetting: object({}, { ...FAILOVER, minClusterSize: nullable(uint32) }),
    },
  ),
  oneOf: ['simple', 'consistentHash'],
};

const OUTLIER_DETECTION = object(
  {},
  {
    baseEjectionTime: duration,
    consecutive5xxErrors: nullable(uint32),
    consecutiveErrors: int32,
    consecutiveGatewayErrors: nullable(uint32),
    consecutiveLocalOriginFailures: nullable(uint32),
    interval: duration,
    maxEjectionPercent: int32,
    minHealthPercent: int32,
    outlierDetectionHttpErrorCodes: listOf(uint32),
    splitExternalLocalOriginErrors: boolean,
  },
);

const CLIENT_TLS = object(
  {},
  {
    caCertificates: string,
    caCrl: string,
    clientCertificate: string,
    credentialName: string,
    insecureSkipVerify: nullable(boolean),
    mode: oneOf('DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'),
    privateKey: string,
    sni: string,
    subjectAltNames: listOf(string),
  },
);

const PORT_TRAFFIC_POLICY = {
  connectionPool: CONNECTION_POOL,
  loadBalancer: LOAD_BALANCER,
  outlierDetection: OUTLIER_DETECTION,
  tls: CLIENT_TLS,
} as const;

/** How a DestinationRule has connections to a host, or to one of its subsets, made. */
export const TRAFFIC_POLICY = object(
  {},
  {
    ...PORT_TRAFFIC_POLICY,
    portLevelSettings: listOf(object({}, { ...PORT_TRAFFIC_POLICY, port: object({}, { number: uint32 }) })),
    proxyProtocol: object({}, { version: oneOf('V1', 'V2') }),
    retryBudget: object(
      {},
      { budgetInterval: string, minRetryConcurrency: uint32, percent: nullable(number) },
    ),
    tunnel: object({ targetHost: string, targetPort: uint32 }, { protocol: string }),
  },
);
