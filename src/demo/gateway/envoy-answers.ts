import type { ServerResponse } from 'node:http';

/** What Envoy answers itself, when no application did. */
export type EnvoyAnswer = { readonly code: number; readonly body: string };

/** No virtual host or no route for the request. */
export const NO_ROUTE: EnvoyAnswer = { code: 404, body: '' };

/** The route leads to a cluster that does not exist: an unknown Service, or a subset that no DestinationRule names. */
export const NO_CLUSTER: EnvoyAnswer = { code: 503, body: '' };

/** The cluster has no ready endpoint. */
export const NO_HEALTHY_UPSTREAM: EnvoyAnswer = { code: 503, body: 'no healthy upstream' };

export const UPSTREAM_TIMEOUT: EnvoyAnswer = { code: 504, body: 'upstream request timeout' };

export const FAULT_ABORT_BODY = 'fault filter abort';

/** How the last attempt failed. */
export type UpstreamFailure = 'connect' | 'reset';

const REASONS: Readonly<Record<UpstreamFailure, string>> = {
  connect: 'remote connection failure, transport failure reason: delayed connect error: Connection refused',
  reset: 'connection termination',
};

/** The application could not be reached, or hung up before it answered. */
export function upstreamFailed(failure: UpstreamFailure, wasRetried: boolean): EnvoyAnswer {
  const which = wasRetried ? 'retried and the latest reset reason' : 'reset reason';
  return {
    code: 503,
    body: `upstream connect error or disconnect/reset before headers. ${which}: ${REASONS[failure]}`,
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
