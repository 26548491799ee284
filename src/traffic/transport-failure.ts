import { plainText } from '../plain-text.ts';
import type { TransportFailure, TransportFailureKind } from './sample.ts';

/** The code of an error that says why no tunnel to the gateway could be opened. */
export const NO_TUNNEL_CODE = 'WEIGHBRIDGE_NO_TUNNEL';

/** Error codes of Node, OpenSSL and undici, by what they mean to somebody who samples a gateway. */
const KINDS: Readonly<Record<string, TransportFailureKind>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  ETIMEDOUT: 'connect-timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  [NO_TUNNEL_CODE]: 'no-tunnel',
  EPROTO: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  UNABLE_TO_GET_ISSUER_CERT: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'aborted-body',
  UND_ERR_HEADERS_OVERFLOW: 'not-http',
};

const PREFIXES: readonly (readonly [string, TransportFailureKind])[] = [
  ['HPE_', 'not-http'],
  ['ERR_TLS_', 'tls'],
  ['ERR_SSL_', 'tls'],
  ['CERT_', 'tls'],
];

const MAX_DETAIL_CHARACTERS = 80;

/**
 * What an error of a connection means. `headersArrived` says that the response had begun, so that a connection lost
 * now cut a body short. The detail is the error's code, or its message where it has none.
 */
export function transportFailure(error: unknown, headersArrived: boolean): TransportFailure {
  const code = errorCode(error);
  const kind = kindOf(code);
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: kind === 'reset' && headersArrived ? 'aborted-body' : kind,
    detail: plainText(code === '' || code === NO_TUNNEL_CODE ? message : code, MAX_DETAIL_CHARACTERS),
  };
}

/** Whether nothing listens there, as far as a connection can tell: reason to ask less often. */
export function isUnreachable(kind: TransportFailureKind): boolean {
  return UNREACHABLE.has(kind);
}

const UNREACHABLE: ReadonlySet<TransportFailureKind> = new Set([
  'refused',
  'unreachable',
  'dns',
  'tls',
  'connect-timeout',
  'no-tunnel',
]);

function kindOf(code: string): TransportFailureKind {
  const known = KINDS[code];
  if (known !== undefined) return known;
  const prefixed = PREFIXES.find(([prefix]) => code.startsWith(prefix));
  return prefixed === undefined ? 'other' : prefixed[1];
}

/** The code of an error; of the first attempt where several addresses of one name were tried. */
function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // undici's parser does not always fill in its code.
  if (error.name === 'HTTPParserError') return 'HPE_INVALID';
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  return '';
}
