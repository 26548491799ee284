import { Pool } from 'undici';
import type { Clock } from '../clock.ts';
import { plainText } from '../plain-text.ts';
import { AnswerReader, type ReadOutcome } from './answer-reader.ts';
import { GatewayConnector } from './gateway-connector.ts';
import { explainFailure, isNotEnvoy } from './gateway-failure.ts';
import type { Answer, SampleTarget, TransportFailure } from './sample.ts';

/** What answered at an address that may be the gateway's. */
export type Probe =
  /** Envoy did, whatever it said: a 404 shows that somebody is there. */
  | { readonly kind: 'envoy' }
  /** Something answered, and nothing shows that it is an Envoy: another server may sit on that address. `what` names it. */
  | { readonly kind: 'other'; readonly what: string }
  | { readonly kind: 'silent'; readonly reason: string };

export interface ProbeOptions {
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** PEM certificates that are trusted in the place of the system's. */
  readonly ca: string | undefined;
}

/** Asks an address once, with a GET on a connection of its own that is closed afterwards. Never rejects. */
export async function probeGateway(
  { url: wanted, connect, headers }: SampleTarget,
  { deadlineMs, clock, ca }: ProbeOptions,
  signal: AbortSignal,
): Promise<Probe> {
  const url = new URL(wanted);
  const connector = new GatewayConnector({ connectTimeoutMs: deadlineMs, clock, connect, ca });
  const pool = new Pool(url.origin, {
    connections: 1,
    pipelining: 1,
    allowH2: false,
    connect: (options, callback) => connector.connect(options, callback),
  });
  const { promise: outcome, resolve } = Promise.withResolvers<ReadOutcome | undefined>();
  const reader = new AnswerReader(resolve);
  const giveUp = () => resolve(undefined);
  const cancelDeadline = clock.after(deadlineMs, giveUp);
  signal.addEventListener('abort', giveUp);
  if (signal.aborted) giveUp();
  pool.dispatch(
    {
      method: 'GET',
      path: url.pathname + url.search,
      headers: { 'accept-encoding': 'identity', ...headers },
    },
    reader,
  );
  const seen = await outcome;
  cancelDeadline();
  signal.removeEventListener('abort', giveUp);
  const isSent = reader.isSent;
  reader.abandon();
  await Promise.all([pool.destroy().catch(() => undefined), connector.close()]);
  if (seen === undefined)
    return { kind: 'silent', reason: isSent ? 'no answer in time' : 'no connection in time' };
  return seen.kind === 'answered'
    ? judge(seen.answer)
    : { kind: 'silent', reason: failureWords(seen.failure) };
}

function judge(answer: Answer): Probe {
  if (!isNotEnvoy(answer)) return { kind: 'envoy' };
  const server = plainText(answer.headers.server ?? '', 40);
  return {
    kind: 'other',
    what: `${server === '' ? 'a server without a name' : server}, HTTP ${answer.status}`,
  };
}

/** Codes of OpenSSL for a certificate that nobody whom this computer trusts has signed. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

function failureWords({ kind, detail }: TransportFailure): string {
  if (UNTRUSTED.has(detail)) return 'its certificate is not trusted: name its CA with --gateway-ca FILE';
  if (detail === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'its certificate is for another host: name one with --host';
  const { label } = explainFailure(kind);
  return kind === 'tls' || kind === 'no-tunnel' || kind === 'other' ? `${label} (${detail})` : label;
}
