import type { Fault } from '../support/fault-proxy.ts';

/** What the client has to cope with. `npm test` keeps the first row of each. */
export type FaultKind = 'cut off' | 'garbled' | 'silent' | 'refused' | 'not trusted' | 'endless';

/** One fault of the table. */
export type FaultRow = {
  readonly name: string;
  readonly kind: FaultKind;
  readonly fault: Fault;
  /** What happens to the cluster or the machine meanwhile. */
  readonly meanwhile?: 'compact' | 'sleep';
  /** How soon the screen has to be well; 15 s where absent. */
  readonly recoversWithinMs?: number;
};

const status = (
  code: number,
  reason: string,
  more: Partial<Extract<Fault, { kind: 'status' }>> = {},
): Fault => ({ kind: 'status', code, reason, of: 'everything', ...more });

export const FAULT_ROWS: readonly FaultRow[] = [
  { name: 'connections killed', kind: 'cut off', fault: { kind: 'kill' } },
  { name: 'connections refused', kind: 'cut off', fault: { kind: 'refuse' } },
  {
    name: 'server away, and its history with it',
    kind: 'cut off',
    fault: { kind: 'refuse' },
    meanwhile: 'compact',
  },
  { name: 'reset in the middle of a line', kind: 'garbled', fault: { kind: 'reset-mid-line' } },
  { name: 'JSON that ends too early', kind: 'garbled', fault: { kind: 'truncate' } },
  { name: 'HTML, 502', kind: 'garbled', fault: { kind: 'html', code: 502 } },
  { name: 'HTML, 200', kind: 'garbled', fault: { kind: 'html', code: 200 } },
  { name: 'headers that do not come', kind: 'silent', fault: { kind: 'slow-headers' } },
  { name: 'half-open connections', kind: 'silent', fault: { kind: 'half-open' } },
  { name: 'dead connections, noticed by silence', kind: 'silent', fault: { kind: 'lost-connections' } },
  {
    name: 'a laptop that slept, its connections dead',
    kind: 'silent',
    fault: { kind: 'lost-connections' },
    meanwhile: 'sleep',
    // Long before silence would tell.
    recoversWithinMs: 3_000,
  },
  { name: '401 Unauthorized', kind: 'refused', fault: status(401, 'Unauthorized') },
  { name: '403 Forbidden', kind: 'refused', fault: status(403, 'Forbidden') },
  { name: '409 Conflict', kind: 'refused', fault: status(409, 'Conflict', { of: 'writes' }) },
  {
    name: '410 Gone',
    kind: 'refused',
    fault: status(410, 'Expired', { of: 'watches' }),
    meanwhile: 'compact',
  },
  { name: '422 Invalid', kind: 'refused', fault: status(422, 'Invalid', { of: 'writes' }) },
  {
    name: '429 with Retry-After',
    kind: 'refused',
    fault: status(429, 'TooManyRequests', { retryAfterSeconds: 1 }),
  },
  { name: '500 Internal Server Error', kind: 'refused', fault: status(500, 'InternalError') },
  { name: '503 Service Unavailable', kind: 'refused', fault: status(503, 'ServiceUnavailable') },
  { name: 'a certificate that expired', kind: 'not trusted', fault: { kind: 'expired-certificate' } },
  { name: 'a list with ever more pages', kind: 'endless', fault: { kind: 'endless-pages' } },
  { name: 'an answer that never ends', kind: 'endless', fault: { kind: 'endless-body' } },
];
