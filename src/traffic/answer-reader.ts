import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { type Answer, MAX_BODY_BYTES, type TransportFailure } from './sample.ts';
import { transportFailure } from './transport-failure.ts';

/** How one request ended. */
export type ReadOutcome =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly failure: TransportFailure };

/**
 * Reads one response for undici and reports once: when the response is complete, when `MAX_BODY_BYTES` of its body
 * have come (the connection is then closed, as the rest is not wanted), or when it fails.
 */
export class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #report: (outcome: ReadOutcome) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #isDone = false;
  #status: number | undefined;
  #headers: Readonly<Record<string, string>> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(report: (outcome: ReadOutcome) => void) {
    this.#report = report;
  }

  /** Whether the request has left on a connection. */
  get isSent(): boolean {
    return this.#controller !== undefined;
  }

  /** Whether the response has begun. */
  get hasHeaders(): boolean {
    return this.#status !== undefined;
  }

  /** Ends the request without a report. */
  abandon(): void {
    this.#isDone = true;
    this.#chunks = [];
    this.#controller?.abort(new Error('abandoned'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Abandoned while it waited for a connection.
    if (this.#isDone) controller.abort(new Error('abandoned'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = flatHeaders(headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isDone) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < MAX_BODY_BYTES) return;
    this.#finish();
    controller.abort(new Error('the rest of the body is not wanted'));
  }

  onResponseEnd(): void {
    this.#finish();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#chunks = [];
    this.#report({ kind: 'failed', failure: transportFailure(error, this.hasHeaders) });
  }

  #finish(): void {
    if (this.#isDone || this.#status === undefined) return;
    this.#isDone = true;
    const body = Buffer.concat(this.#chunks).toString('utf8', 0, MAX_BODY_BYTES);
    this.#chunks = [];
    this.#report({ kind: 'answered', answer: { status: this.#status, headers: this.#headers, body } });
  }
}

function flatHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined)
      entries.push([name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]);
  }
  return Object.fromEntries(entries);
}
