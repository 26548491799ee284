import type { Answer, GatewayFailureKind, SampleFailure, SampleFailureKind } from './sample.ts';

/**
 * Whether a gateway made this answer itself, or passed on an application's own 5xx. Undefined when an application answered below 500.
 *
 * Envoy's fixed texts come first: a sidecar in front of a dead application sends them too, through a gateway that then
 * counts the sidecar as upstream. After that `x-envoy-upstream-service-time` decides, which Envoy adds only to what came
 * from an upstream; `server: istio-envoy` is on everything. `not-envoy` is for the caller to try last: a proxy before
 * the gateway may hide both headers of an answer that is recognised all the same.
 */
export function gatewayFailure(answer: Answer): SampleFailure | undefined {
  const kind = ownTextKind(answer) ?? originKind(answer);
  return kind === undefined ? undefined : { kind, detail: `HTTP ${answer.status}` };
}

/** An application's own 5xx, in an answer that no gateway touched. */
export function applicationFailure({ status }: Answer): SampleFailure | undefined {
  return status >= 500 ? { kind: 'application-error', detail: `HTTP ${status}` } : undefined;
}

/** Whether nothing in the answer shows that an Envoy handled it. */
export function isNotEnvoy(answer: Answer): boolean {
  return !isFromEnvoy(answer);
}

function ownTextKind({ status, headers, body }: Answer): GatewayFailureKind | undefined {
  if (status !== 503 && status !== 504) return undefined;
  if (headers['x-envoy-overloaded'] !== undefined) return 'upstream-overload';
  if (body === 'no healthy upstream') return 'no-healthy-upstream';
  if (body === 'upstream request timeout') return 'upstream-timeout';
  if (!body.startsWith('upstream connect error or disconnect/reset before headers')) return undefined;
  return body.includes('reset reason: overflow') ? 'upstream-overload' : 'upstream-connection';
}

function originKind(answer: Answer): GatewayFailureKind | 'application-error' | undefined {
  const { status, headers, body } = answer;
  if (body === 'fault filter abort') return 'injected-fault';
  const fromUpstream = headers['x-envoy-upstream-service-time'] !== undefined;
  if (fromUpstream || !isFromEnvoy(answer)) return status >= 500 ? 'application-error' : undefined;
  if (status === 404 && body === '') return 'no-route';
  if (status === 503 && body === '') return 'no-subset';
  if (status === 504) return 'upstream-timeout';
  if (status === 429) return 'rate-limited';
  if (status === 401 || status === 403) return 'denied';
  if (status >= 300 && status < 400) return 'gateway-redirect';
  return status >= 400 ? 'gateway-other' : undefined;
}

function isFromEnvoy({ headers }: Answer): boolean {
  const server = headers.server?.toLowerCase() ?? '';
  return server.includes('envoy') || headers['x-envoy-upstream-service-time'] !== undefined;
}

/** A failure in words: what it is called, what happened, and what to check. */
export interface FailureExplanation {
  /** A few words for a row. */
  readonly label: string;
  /** Envoy's response flag, where the failure has one. */
  readonly flag: string | undefined;
  readonly meaning: string;
  readonly check: string;
}

/** What a kind of failure means, and what to check. */
export function explainFailure(kind: SampleFailureKind): FailureExplanation {
  return EXPLANATIONS[kind];
}

const EXPLANATIONS: Readonly<Record<SampleFailureKind, FailureExplanation>> = {
  refused: {
    label: 'connection refused',
    flag: undefined,
    meaning: 'Nothing listens at the gateway address.',
    check: 'Check that the gateway pod is ready, and that the Gateway opens this port.',
  },
  unreachable: {
    label: 'unreachable',
    flag: undefined,
    meaning: 'There is no network path to the gateway address.',
    check:
      'Check the address and the node. With the docker driver on macOS or Windows, use a port-forward or `minikube tunnel`.',
  },
  dns: {
    label: 'name not found',
    flag: undefined,
    meaning: 'The name in the gateway URL has no address.',
    check: 'Check the name in the gateway URL. Send the host that the route expects with `--host`.',
  },
  tls: {
    label: 'TLS failed',
    flag: undefined,
    meaning: 'The gateway and this computer did not agree on TLS.',
    check:
      "Check http or https in the gateway URL, the Gateway's credentialName, and that the certificate names the host.",
  },
  'connect-timeout': {
    label: 'no connection in time',
    flag: undefined,
    meaning: 'The gateway address did not accept a connection within the deadline.',
    check: 'Check the address, the firewall, and that the LoadBalancer or NodePort is reachable from here.',
  },
  timeout: {
    label: 'timeout',
    flag: undefined,
    meaning: 'The request was sent, and the answer was not complete within the deadline.',
    check: "Check the application's logs and CPU, and timeout and retries in the HTTP route.",
  },
  reset: {
    label: 'connection reset',
    flag: undefined,
    meaning: 'The connection was closed before an answer came.',
    check: 'Check whether the gateway pod is restarting.',
  },
  'aborted-body': {
    label: 'answer cut short',
    flag: undefined,
    meaning: 'The connection was closed in the middle of an answer.',
    check: 'Check whether pods of the version are stopping. A preStop sleep of 2 seconds lets them drain.',
  },
  'not-http': {
    label: 'not HTTP',
    flag: undefined,
    meaning: 'What came back is not HTTP.',
    check: "Check the port and http or https in the gateway URL, and the protocol of the Gateway's port.",
  },
  'no-tunnel': {
    label: 'no port-forward',
    flag: undefined,
    meaning: 'No port-forward to a pod of the gateway could be opened.',
    check:
      'Check that the API server answers, that a gateway pod is ready, and `create` on pods/portforward.',
  },
  other: {
    label: 'could not be sent',
    flag: undefined,
    meaning: 'The request could not be made.',
    check: 'Check the gateway URL and headers, and the detail beside the failure.',
  },
  'no-route': {
    label: 'no route',
    flag: 'NR',
    meaning: 'The gateway has no route for this host and path.',
    check:
      'Check that the VirtualService names the Gateway, that its hosts match the Host header, and that a match covers the path.',
  },
  'no-subset': {
    label: 'no subset',
    flag: 'NC',
    meaning: 'The route names a destination that the gateway does not know.',
    check:
      'Check that the DestinationRule defines the subset and that the host in the route is the name of the Service.',
  },
  'no-healthy-upstream': {
    label: 'no healthy upstream',
    flag: 'UH',
    meaning: 'A version that has weight has no ready pod.',
    check: "Check that its pods are ready and that the subset's labels match them.",
  },
  'upstream-connection': {
    label: 'upstream connect error',
    flag: 'UF/UC',
    meaning: 'The gateway could not connect to a pod, or lost the connection, after its retries.',
    check:
      "Check that the Service's targetPort is the one that the application listens on, and whether pods are stopping without a preStop sleep.",
  },
  'upstream-overload': {
    label: 'overloaded',
    flag: 'UO',
    meaning: 'The gateway sheds requests because a limit is reached.',
    check: 'Check connectionPool and outlierDetection in the DestinationRule.',
  },
  'upstream-timeout': {
    label: 'upstream timeout',
    flag: 'UT',
    meaning: 'The application did not answer within the timeout of the route.',
    check: "Check timeout in the HTTP route, and the application's logs and CPU.",
  },
  'rate-limited': {
    label: 'rate limited',
    flag: 'RL',
    meaning: 'The gateway refused the request because of a rate limit.',
    check: 'Sample more slowly, or check the rate limit in EnvoyFilters.',
  },
  denied: {
    label: 'denied',
    flag: 'UAEX',
    meaning: 'The gateway refused the request because of a policy.',
    check:
      'Check AuthorizationPolicies and RequestAuthentications of the gateway, or send the header that they ask for.',
  },
  'gateway-redirect': {
    label: 'redirected',
    flag: undefined,
    meaning: 'The gateway redirects, and redirects are not followed.',
    check: 'Sample the URL that it points to: with httpsRedirect in the Gateway, the https one.',
  },
  'injected-fault': {
    label: 'injected fault',
    flag: 'FI',
    meaning: 'The gateway failed the request because the HTTP route tells it to.',
    check: 'Check fault in the HTTP route of the VirtualService.',
  },
  'gateway-other': {
    label: 'gateway error',
    flag: undefined,
    meaning: 'The gateway answered with an error of its own.',
    check: "Check the gateway pod's log for this request's response flags.",
  },
  'not-envoy': {
    label: 'not the gateway',
    flag: undefined,
    meaning: 'Something that is not an Envoy answered.',
    check: "Check that the gateway URL is the ingress gateway's, not another server's on the same address.",
  },
  'application-error': {
    label: 'application error',
    flag: undefined,
    meaning: 'The application itself answered with a 5xx status.',
    check: "Check the application's logs.",
  },
};
