import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Client } from 'undici';
import { type Clock, systemClock } from '../clock.ts';
import { plainText } from '../plain-text.ts';
import { AnswerReader, type ReadOutcome } from './answer-reader.ts';
import { explainFailure } from './gateway-failure.ts';
import type { Answer, TransportFailure } from './sample.ts';

/** What to ask a version for: what a sample asks for, after the route's rewrite. */
export interface VersionRequest {
  /** GET where absent. */
  readonly method?: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * One HTTP request over a stream that `connect` opens, such as a port-forward to a pod. Closes the stream in every case.
 *
 * Resolves with the answer, or with the reason why there is none, within `deadlineMs` of the call. Never rejects.
 */
export async function readThrough(
  connect: () => Promise<Duplex>,
  request: VersionRequest,
  deadlineMs: number,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<Answer | { readonly failed: string }> {
  const { promise: deadline, resolve: giveUp } = Promise.withResolvers<undefined>();
  const stop = () => giveUp(undefined);
  const cancelDeadline = clock.after(deadlineMs, stop);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    const stream = await openBefore(deadline, connect);
    if (stream === undefined) return { failed: `no connection within ${deadlineMs} ms` };
    const outcome = await readBefore(deadline, stream, request);
    if (outcome === undefined) return { failed: `no answer within ${deadlineMs} ms` };
    return outcome.kind === 'answered' ? outcome.answer : { failed: failureText(outcome.failure) };
  } catch (error) {
    return { failed: plainText(error instanceof Error ? error.message : String(error)) };
  } finally {
    cancelDeadline();
    signal.removeEventListener('abort', stop);
  }
}

/** The stream, or undefined at the deadline; a stream that opens after it is closed unread. */
async function openBefore(
  deadline: Promise<undefined>,
  connect: () => Promise<Duplex>,
): Promise<Duplex | undefined> {
  const opening = connect();
  const stream = await Promise.race([opening, deadline]);
  if (stream === undefined) opening.then(late => late.on('error', ignore).destroy(), ignore);
  return stream;
}

async function readBefore(
  deadline: Promise<undefined>,
  stream: Duplex,
  { method = 'GET', path, headers }: VersionRequest,
): Promise<ReadOutcome | undefined> {
  stream.on('error', ignore);
  const client = new Client('http://version.invalid', {
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (_, callback) => {
      // There is one stream: undici connects again where it closed before the request was written.
      if (stream.destroyed) return callback(Object.assign(new Error('closed'), { code: 'ECONNRESET' }), null);
      // Of a socket, undici's HTTP/1.1 needs what every Duplex has; the rest (TCP options, ref) it uses where present.
      // Not at once: undici passes over a connection that is made while it looks whether it needs one.
      queueMicrotask(() => callback(null, stream as Socket));
    },
  });
  const { promise: read, resolve } = Promise.withResolvers<ReadOutcome>();
  const reader = new AnswerReader(resolve);
  client.dispatch({ method, path, headers: { 'accept-encoding': 'identity', ...headers } }, reader);
  const outcome = await Promise.race([read, deadline]);
  reader.abandon();
  stream.destroy();
  await Promise.race([client.destroy(), deadline]);
  return outcome;
}

function failureText({ kind, detail }: TransportFailure): string {
  const { label } = explainFailure(kind);
  return detail === '' ? label : `${label} (${detail})`;
}

function ignore(): void {}
