import { plainText } from '../plain-text.ts';
import { sentence } from '../sentence.ts';
import { explainCertificate } from './certificate-problem.ts';
import { ConnectionFailure } from './connection-failure.ts';
import { type Json, listIn, numberIn, objectIn, textIn } from './json.ts';

export type ClusterErrorKind =
  | 'unreachable'
  /** A watch heard nothing for too long: it may be half open. */
  | 'silent'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'invalid'
  | 'gone'
  | 'busy'
  | 'server'
  | 'not-kubernetes'
  | 'configuration'
  | 'read-only'
  | 'aborted';

/** An expected failure of a cluster: what is so, in the present tense, and one next step. All text is safe to draw. */
export type ClusterError = {
  readonly kind: ClusterErrorKind;
  readonly headline: string;
  readonly nextStep: string;
  /** The cause alone, as a sentence, where what was tried does not matter: no request gets through. */
  readonly reason?: string;
  /** How long the server asked to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
};

export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: ClusterError };

export function failure(error: ClusterError): { readonly ok: false; readonly error: ClusterError } {
  return { ok: false, error };
}

/** An answer of the API server that is no success. */
export type RefusedAnswer = {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
};

/**
 * Explains a refused request. `doing` completes "Can't …", for instance `patch VirtualService myapp`.
 *
 * The server's own words are kept for rejections, because a webhook's message says what to change.
 */
export function explainAnswer(doing: string, answer: RefusedAnswer): ClusterError {
  const { message, isStatus, retryAfterSeconds } = readStatus(answer.body);
  const cannot = `Can't ${doing}`;
  const retryAfterMs = seconds(answer.retryAfter) ?? seconds(retryAfterSeconds);
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  switch (answer.status) {
    case 401:
      return {
        kind: 'unauthorized',
        headline: `${cannot}: the API server does not accept your credentials.`,
        nextStep: 'Log in to the cluster again (kubectl get pods shows the same).',
      };
    case 403:
      return { kind: 'forbidden', headline: `${cannot}: forbidden.`, nextStep: askFor(message) };
    case 404:
      return {
        kind: 'not-found',
        headline: `${cannot}: ${message || 'not found'}.`,
        nextStep: 'Check the name and the namespace.',
      };
    case 409:
      return {
        kind: 'conflict',
        headline: `${cannot}: ${message || 'conflict'}.`,
        nextStep: 'Read it again.',
      };
    case 410:
      return {
        kind: 'gone',
        headline: `${cannot}: the version asked for is too old.`,
        nextStep: 'List again.',
      };
    case 429:
      return {
        kind: 'busy',
        headline: `${cannot}: the API server asks for fewer requests.`,
        nextStep: 'Waiting before the next try.',
        ...wait,
      };
    default:
      return otherAnswer(cannot, answer.status, message, isStatus, wait);
  }
}

function otherAnswer(
  cannot: string,
  status: number,
  message: string,
  isStatus: boolean,
  wait: { readonly retryAfterMs?: number },
): ClusterError {
  if (!isStatus) {
    return {
      kind: 'not-kubernetes',
      headline: `${cannot}: HTTP ${status} from something that is not a Kubernetes API server.`,
      nextStep: 'Check the server address in the kubeconfig, and proxies on the way.',
      ...wait,
    };
  }
  if (status >= 400 && status < 500) {
    return {
      kind: 'invalid',
      headline: `${cannot}: ${message}`,
      nextStep: 'The server refused it as it is.',
    };
  }
  return {
    kind: 'server',
    headline: `${cannot}: the API server failed (${status}${message ? `: ${message}` : ''}).`,
    nextStep: 'Trying again.',
    ...wait,
  };
}

/** `User "x" cannot patch resource "virtualservices" in API group "networking.istio.io" in the namespace "default"`: the RBAC authorizer's words. */
const RBAC = /cannot (\S+) resource "([^"]+)" in API group "[^"]*"(?: in the namespace "([^"]+)")?/;

function askFor(message: string): string {
  const [, verb, resource, namespace] = RBAC.exec(message) ?? [];
  if (!verb || !resource) return message || 'Ask for the permission.';
  return `Ask for \`${verb}\` on ${resource} ${namespace ? `in namespace ${namespace}` : 'in the cluster'}.`;
}

function readStatus(body: string): {
  readonly message: string;
  readonly isStatus: boolean;
  readonly retryAfterSeconds: string | undefined;
} {
  let json: Json;
  try {
    json = JSON.parse(body) as Json;
  } catch {
    return { message: '', isStatus: false, retryAfterSeconds: undefined };
  }
  const status = objectIn(json);
  const details = objectIn(status.details);
  const causes = listIn(details.causes).map(cause => textIn(objectIn(cause).message) ?? '');
  const message = textIn(status.message) || causes.join('; ');
  return {
    message: plainText(message, 400),
    isStatus: status.kind === 'Status',
    retryAfterSeconds: numberIn(details.retryAfterSeconds)?.toString(),
  };
}

function seconds(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || !Number.isFinite(value) || value < 0 ? undefined : value * 1000;
}

const NETWORK_WORDS: Readonly<Record<string, readonly [headline: string, nextStep: string]>> = {
  ECONNREFUSED: ['nothing listens at', 'Start the cluster (minikube start), or choose another context.'],
  ENOTFOUND: ['no address is known for', 'Check the server name in the kubeconfig and the VPN.'],
  EAI_AGAIN: ['the name cannot be looked up now:', 'Check the network and the VPN.'],
  ECONNRESET: ['the connection was reset by', 'Trying again.'],
  UND_ERR_SOCKET: ['the connection was closed by', 'Trying again.'],
  ETIMEDOUT: ['no answer in time from', 'Check the network and the VPN.'],
  UND_ERR_CONNECT_TIMEOUT: ['no answer in time from', 'Check the network and the VPN.'],
  UND_ERR_HEADERS_TIMEOUT: ['no answer in time from', 'Trying again.'],
  EHOSTUNREACH: ['there is no way to', 'Check the network and the VPN.'],
  ENETUNREACH: ['there is no way to', 'Check the network and the VPN.'],
};

/** Explains an exception on the way to the API server at `server`. */
export function explainException(doing: string, server: string, exception: unknown): ClusterError {
  const cannot = `Can't ${doing}`;
  const blocked = connectionFailure(exception);
  if (blocked) {
    const { kind, message, nextStep } = blocked;
    return { kind, headline: `${cannot}: ${message}.`, reason: sentence(message), nextStep };
  }
  const code = errorCode(exception);
  const where = plainText(server, 200);
  if (code === 'AbortError') {
    return { kind: 'aborted', headline: `${cannot}: stopped.`, nextStep: '' };
  }
  const unreachable = (cause: string, nextStep: string): ClusterError => ({
    kind: 'unreachable',
    headline: `${cannot}: ${cause}.`,
    reason: sentence(cause),
    nextStep,
  });
  if (code === SILENT)
    return { ...unreachable(`nothing is heard from ${where}`, 'Trying again.'), kind: 'silent' };
  if (code === 'TimeoutError')
    return unreachable(`no answer in time from ${where}`, 'Check the network and the VPN.');
  const known = NETWORK_WORDS[code];
  if (known) return unreachable(`${known[0]} ${where}`, known[1]);
  const certificate = explainCertificate(code, where, exception);
  if (certificate) return unreachable(certificate.cause, certificate.nextStep);
  const message = plainText(exception instanceof Error ? exception.message : String(exception), 300);
  return unreachable(message || code, 'kubectl get pods shows whether it is the cluster.');
}

function connectionFailure(exception: unknown): ConnectionFailure | undefined {
  if (exception instanceof ConnectionFailure) return exception;
  return exception instanceof Error ? connectionFailure(exception.cause) : undefined;
}

const SILENT = 'UND_ERR_BODY_TIMEOUT';

/** Whether an exception says that nobody answered, as opposed to a refusal: a half-open connection looks like that. */
export function isTimeout(exception: unknown): boolean {
  return ['TimeoutError', 'UND_ERR_HEADERS_TIMEOUT', 'ETIMEDOUT'].includes(errorCode(exception));
}

/** The most telling code of an exception: undici and fetch hide it in `cause`, connection attempts in `errors`. */
function errorCode(exception: unknown): string {
  if (!(exception instanceof Error)) return '';
  const { code, cause, errors } = exception as Error & { code?: unknown; cause?: unknown; errors?: unknown };
  if (exception.name === 'AbortError' || exception.name === 'TimeoutError') return exception.name;
  const inner = [cause, ...(Array.isArray(errors) ? errors : [])].map(errorCode).find(text => text !== '');
  return inner || (typeof code === 'string' || typeof code === 'number' ? String(code) : '');
}
