import type { ApiResponse } from './request.ts';
import { isRefusal, type Refusal } from './status-error.ts';

type Content = Extract<ApiResponse, { type: 'content' }>;

/** A JSON answer. */
export function json(body: unknown, code = 200): Content {
  return jsonText(JSON.stringify(body), code);
}

/** An answer that is JSON text already. */
export function jsonText(text: string, code = 200): Content {
  return { type: 'content', code, contentType: 'application/json', content: `${text}\n` };
}

export function refused({ refusal }: Refusal): ApiResponse {
  const seconds = refusal.details?.retryAfterSeconds;
  const retryAfter = seconds === undefined ? {} : { retryAfterSeconds: seconds };
  return { ...json(refusal, refusal.code), ...retryAfter };
}

/** The outcome of a request: what was asked for, or a Status that says why not. */
export function answer(outcome: object | Refusal, code = 200): ApiResponse {
  return isRefusal(outcome) ? refused(outcome) : json(outcome, code);
}
