import { Pool } from 'undici';
import type { Clock } from '../clock.ts';
import { AnswerReader, type ReadOutcome } from './answer-reader.ts';
import { GatewayConnector } from './gateway-connector.ts';
import { explainFailure } from './gateway-failure.ts';
import type { Answer, SampleTarget, TransportFailure } from './sample.ts';

export interface AskOptions {
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** PEM certificates that are trusted in the place of the system's. */
  readonly ca: string | undefined;
}

/**
 * Asks an address once, on a connection of its own that is closed afterwards: the answer, or in a few words why there is none.
 * Never rejects.
 */
export async function askGateway(
  { url: wanted, method = 'GET', connect, headers }: SampleTarget,
  { deadlineMs, clock, ca }: AskOptions,
  signal: AbortSignal,
): Promise<Answer | { readonly failed: string }> {
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
      method,
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
  if (seen === undefined) return { failed: isSent ? 'no answer in time' : 'no connection in time' };
  return seen.kind === 'answered' ? seen.answer : { failed: failureWords(seen.failure) };
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
