import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AccessEntry } from './access-log.ts';
import type { EnvoyAnswer } from './envoy-answers.ts';

/** The gateway's containers listen here, behind port 80 of its Service. */
export const GATEWAY_CONTAINER_PORT = 8080;

/** What becomes of one request, filled in on its way, for the access log. */
export class RequestRecord {
  /** Tells the request from all others; the client's own when it sent one. */
  readonly requestId: string;
  readonly forwardedFor: string;
  cluster: string | undefined;
  upstreamHost: string | undefined;
  upstreamLocal: string | undefined;
  transportFailure: string | undefined;
  serviceTimeMs: number | undefined;
  bytesReceived = 0;
  bytesSent = 0;
  routeName: string | undefined;
  #code = 0;
  #flags = 'DC';
  #details = 'downstream_remote_disconnect';
  readonly #startMs = Date.now();
  readonly #started = performance.now();
  readonly #request: IncomingMessage;
  readonly #remote: string;

  constructor(request: IncomingMessage) {
    const { 'x-request-id': id, 'x-forwarded-for': before } = request.headers;
    const { remoteAddress = '', remotePort = 0 } = request.socket;
    this.#request = request;
    this.#remote = `${remoteAddress}:${remotePort}`;
    this.requestId = typeof id === 'string' ? id : randomUUID();
    this.forwardedFor = before === undefined ? remoteAddress : `${String(before)},${remoteAddress}`;
  }

  /** Envoy answered itself. */
  answeredByEnvoy({ code, body, flags, details }: EnvoyAnswer): void {
    this.#code = code;
    this.#flags = flags;
    this.#details = details;
    this.bytesSent = this.#request.method === 'HEAD' ? 0 : Buffer.byteLength(body);
  }

  /** An application answered, after its last retry or without any. */
  answeredByUpstream(code: number, flags: string, serviceTimeMs: number): void {
    this.#code = code;
    this.#flags = flags;
    this.#details = 'via_upstream';
    this.serviceTimeMs = serviceTimeMs;
  }

  /** The request is over; `podIP` is the gateway's. */
  entry(podIP: string): AccessEntry {
    const { method = 'GET', url = '/', httpVersion, headers } = this.#request;
    return {
      startMs: this.#startMs,
      method,
      path: url,
      httpVersion,
      code: this.#code,
      flags: this.#flags,
      details: this.#details,
      transportFailure: this.transportFailure,
      bytesReceived: this.bytesReceived,
      bytesSent: this.bytesSent,
      durationMs: performance.now() - this.#started,
      serviceTimeMs: this.serviceTimeMs,
      forwardedFor: this.forwardedFor,
      userAgent: headers['user-agent'],
      requestId: this.requestId,
      authority: headers.host ?? '-',
      upstreamHost: this.upstreamHost,
      upstreamLocal: this.upstreamLocal,
      cluster: this.cluster,
      downstreamLocal: `${podIP}:${GATEWAY_CONTAINER_PORT}`,
      downstreamRemote: this.#remote,
      routeName: this.routeName,
    };
  }
}
