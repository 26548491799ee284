import type { ServerResponse } from 'node:http';

/** What Envoy answers itself, when no application did. */
export type EnvoyAnswer = {
  readonly code: number;
  readonly body: string;
  /** Envoy's short words for what went wrong, for its access log. */
  readonly flags: string;
  /** Envoy's name of what happened, for its access log. */
  readonly details: string;
};

/** No virtual host or no route for the request. */
export const NO_ROUTE: EnvoyAnswer = { code: 404, body: '', flags: 'NR', details: 'route_not_found' };

/** The route leads to a cluster that does not exist: an unknown Service, or a subset that no DestinationRule names. */
export const NO_CLUSTER: EnvoyAnswer = { code: 503, body: '', flags: 'NC', details: 'cluster_not_found' };

/** The cluster has no ready endpoint. */
export const NO_HEALTHY_UPSTREAM: EnvoyAnswer = {
  code: 503,
  body: 'no healthy upstream',
  flags: 'UH',
  details: 'no_healthy_upstream',
};

export const UPSTREAM_TIMEOUT: EnvoyAnswer = {
  code: 504,
  body: 'upstream request timeout',
  flags: 'UT',
  details: 'response_timeout',
};

/** One attempt took too long, and no other is left. */
export const UPSTREAM_TRY_TIMEOUT: EnvoyAnswer = { ...UPSTREAM_TIMEOUT, details: 'upstream_per_try_timeout' };

/** A fault that a VirtualService asks for. */
export function faultAbort(code: number): EnvoyAnswer {
  return { code, body: 'fault filter abort', flags: 'FI', details: 'fault_filter_abort' };
}

/** What a route says without asking any application. */
export function directResponse(code: number, body: string): EnvoyAnswer {
  return { code, body, flags: '', details: 'direct_response' };
}

/** How the last attempt failed. */
export type UpstreamFailure = 'connect' | 'reset';

/** Why a connection to a pod came to nothing, when it did. */
export const TRANSPORT_FAILURES: Readonly<Record<UpstreamFailure, string | undefined>> = {
  connect: 'delayed connect error: Connection refused',
  reset: undefined,
};

const REASONS: Readonly<Record<UpstreamFailure, string>> = {
  connect: 'remote connection failure',
  reset: 'connection termination',
};

const FLAGS: Readonly<Record<UpstreamFailure, string>> = { connect: 'UF', reset: 'UC' };

/** As Envoy writes a text with blanks into its access log. */
export function inLog(text: string): string {
  return text.replaceAll(' ', '_');
}

/** The application could not be reached, or hung up before it answered. */
export function upstreamFailed(failure: UpstreamFailure, wasRetried: boolean): EnvoyAnswer {
  const which = wasRetried ? 'retried and the latest reset reason' : 'reset reason';
  const transport = TRANSPORT_FAILURES[failure];
  const why = transport === undefined ? '' : `, transport failure reason: ${transport}`;
  const reason = transport === undefined ? REASONS[failure] : `${REASONS[failure]}|${transport}`;
  return {
    code: 503,
    body: `upstream connect error or disconnect/reset before headers. ${which}: ${REASONS[failure]}${why}`,
    flags: wasRetried ? `${FLAGS[failure]},URX` : FLAGS[failure],
    details: `upstream_reset_before_response_started{${inLog(reason)}}`,
  };
}

/** Sends it as Envoy does: lower-case names, and a type only where there is a body. */
export function sendEnvoyAnswer(
  response: ServerResponse,
  { code, body }: EnvoyAnswer,
  more: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  response.removeHeader('connection');
  const type = body === '' ? {} : { 'content-type': 'text/plain' };
  response.writeHead(code, {
    'content-length': Buffer.byteLength(body),
    ...type,
    ...more,
    date: new Date().toUTCString(),
    server: 'istio-envoy',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
