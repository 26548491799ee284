import type { Connect } from './gateway-connector.ts';

/** Where samples go: `method` (GET where absent) of `url` with these headers. A `host` header replaces the host of the URL, as `curl -H Host:` does. */
export interface SampleTarget {
  readonly url: string;
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How connections are made where the URL's address does not lead there. Absent: TCP to the URL's host and port. */
  readonly connect?: Connect | undefined;
}

/** The most of a body that is ever read. What follows is not asked for. */
export const MAX_BODY_BYTES = 64 * 1024;

/**
 * An HTTP response as it arrived: header names in lower case, several values of one name joined by `, `, and at most
 * `MAX_BODY_BYTES` of body. Everything in it was written by an application, so nothing in it may be drawn as it is.
 */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Why no complete response arrived. */
export type TransportFailureKind =
  | 'refused'
  | 'unreachable'
  | 'dns'
  | 'tls'
  | 'connect-timeout'
  | 'timeout'
  | 'reset'
  | 'aborted-body'
  | 'not-http'
  /** A port-forward to the gateway could not be opened. */
  | 'no-tunnel'
  | 'other';

/** Why a complete response is not an answer of the application: Envoy's own responses, by the response flag of its access log. */
export type GatewayFailureKind =
  | 'no-route'
  | 'no-subset'
  | 'no-healthy-upstream'
  | 'upstream-connection'
  | 'upstream-overload'
  | 'upstream-timeout'
  | 'rate-limited'
  | 'denied'
  | 'gateway-redirect'
  | 'injected-fault'
  | 'gateway-other'
  | 'not-envoy';

/** `application-error` is the application's own 5xx: the gateway only passed it on. */
export type SampleFailureKind = TransportFailureKind | GatewayFailureKind | 'application-error';

export interface SampleFailure {
  readonly kind: SampleFailureKind;
  /** One plain line: the status, or the error code of the operating system. Empty when the kind says it all. */
  readonly detail: string;
}

/** A failure below HTTP, where no answer could be read. */
export interface TransportFailure extends SampleFailure {
  readonly kind: TransportFailureKind;
}

/** One request as the sampler saw it. Times are epoch milliseconds of its clock. */
export interface RawSample {
  /** When the schedule wanted the request sent. */
  readonly intendedAtMs: number;
  /** From the intended start, so that waiting in this process is not hidden. */
  readonly latencyMs: number;
  /**
   * Every sample intended before this time has been reported. Answers overtake one another, and a slow version's
   * arrive late together, so rules that look at an order wait for this.
   */
  readonly completeBeforeMs: number;
  readonly outcome:
    | { readonly kind: 'answered'; readonly answer: Answer }
    | { readonly kind: 'failed'; readonly failure: TransportFailure };
}

/** What one sample says about the traffic. */
export type SampleOutcome =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failed'; readonly failure: SampleFailure; readonly version?: string };

/** One sample as the observer counts it. */
export interface ObservedSample {
  /** The intended start. */
  readonly startedAtMs: number;
  readonly latencyMs: number;
  /** As in `RawSample`. */
  readonly completeBeforeMs: number;
  readonly outcome: SampleOutcome;
}
