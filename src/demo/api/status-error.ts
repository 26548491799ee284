import type { Problem } from '../kinds/problems.ts';

/** Names a kind as error messages do: `virtualservices.networking.istio.io`, or just `pods` in the core group. */
export type ResourceName = { readonly group: string; readonly resource: string; readonly kind: string };

type Cause = { readonly reason?: string; readonly message: string; readonly field?: string };

/** The object with which the Kubernetes API says why it did not do what was asked. */
export type FailureStatus = {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, never>;
  readonly status: 'Failure';
  readonly message: string;
  readonly reason?: string;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly causes?: readonly Cause[];
    readonly retryAfterSeconds?: number;
  };
  /** The HTTP status. */
  readonly code: number;
};

/** An expected failure of a request, as a value. */
export type Refusal = { readonly refusal: FailureStatus };

export function isRefusal(value: object): value is Refusal {
  return 'refusal' in value;
}

function refuse(code: number, reason: string, message: string, details?: FailureStatus['details']): Refusal {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
  } as const;
  return { refusal: details === undefined ? { ...status, code } : { ...status, details, code } };
}

function qualified(name: ResourceName): string {
  return name.group === '' ? name.resource : `${name.resource}.${name.group}`;
}

function detailsOf(of: ResourceName, name: string) {
  return {
    ...(name === '' ? {} : { name }),
    ...(of.group === '' ? {} : { group: of.group }),
    kind: of.resource,
  };
}

export const unauthorized = (): Refusal => refuse(401, 'Unauthorized', 'Unauthorized');

export const badRequest = (message: string): Refusal => refuse(400, 'BadRequest', message);

export const notFound = (of: ResourceName, name: string): Refusal =>
  refuse(404, 'NotFound', `${qualified(of)} "${name}" not found`, detailsOf(of, name));

/** The path names nothing that is served. */
export const noSuchResource = (): Refusal =>
  refuse(404, 'NotFound', 'the server could not find the requested resource', {});

export const methodNotAllowed = (): Refusal =>
  refuse(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

/** The server has more to do than it can; the client is to come back later. */
export const tooManyRequests = (retryAfterSeconds: number): Refusal =>
  refuse(429, 'TooManyRequests', 'Too many requests, please try again later.', { retryAfterSeconds });

/** A webhook could not be asked. */
export function webhookFailed(webhook: string, why: string): Refusal {
  const message = `failed calling webhook "${webhook}": failed to call webhook: ${why}`;
  return refuse(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** A validating webhook said no, and gave no reason but its text. */
export function deniedByWebhook(webhook: string, why: string): Refusal {
  const message = `admission webhook "${webhook}" denied the request: ${why}`;
  return {
    refusal: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 400 },
  };
}

export const notAcceptable = (accepted: readonly string[]): Refusal =>
  refuse(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);

export const alreadyExists = (of: ResourceName, name: string): Refusal =>
  refuse(409, 'AlreadyExists', `${qualified(of)} "${name}" already exists`, detailsOf(of, name));

/** Optimistic locking: somebody else wrote the object since the caller read it. */
export const conflict = (of: ResourceName, name: string, why = MODIFIED): Refusal =>
  refuse(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(of)} "${name}": ${why}`,
    detailsOf(of, name),
  );

const MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again';

/** The revision that was asked for is no longer kept: read again from the start. */
export const expired = (message: string): Refusal => refuse(410, 'Expired', message);

export const tooLarge = (limitBytes: number): Refusal =>
  refuse(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limitBytes}`);

export const unsupportedMediaType = (accepted: readonly string[]): Refusal =>
  refuse(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );

/** A JSON patch that is well formed and cannot be applied, a failed `test` among them. */
export const patchRefused = (): Refusal =>
  refuse(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

export function forbidden(of: ResourceName, name: string, why: string): Refusal {
  const what = name === '' ? qualified(of) : `${qualified(of)} "${name}"`;
  return refuse(403, 'Forbidden', `${what} is forbidden: ${why}`, detailsOf(of, name));
}

/** Somebody may not do that at a path which names no object. */
export const forbiddenPath = (user: string, verb: string, path: string): Refusal =>
  refuse(403, 'Forbidden', `forbidden: User "${user}" cannot ${verb} path "${path}"`, {});

/** The object breaks rules of its kind. `problems` must not be empty. */
export function invalid(of: ResourceName, name: string, problems: readonly Problem[]): Refusal {
  const causes = problems.map(({ reason, message, field }) => ({ reason, message, field }));
  const said = problems.map(problem => `${problem.field}: ${problem.message}`);
  const list = said.length === 1 ? said.join('') : `[${said.join(', ')}]`;
  const kind = of.group === '' ? of.kind : `${of.kind}.${of.group}`;
  return refuse(422, 'Invalid', `${kind} "${name}" is invalid: ${list}`, {
    ...(name === '' ? {} : { name }),
    ...(of.group === '' ? {} : { group: of.group }),
    ...(of.kind === '' ? {} : { kind: of.kind }),
    causes,
  });
}

/** A list at a revision that the server has not reached. */
export const revisionTooLarge = (asked: number, current: number): Refusal =>
  refuse(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });

/** A configuration cannot be applied without changing what others own. */
export const applyConflict = (message: string, causes: readonly Cause[]): Refusal =>
  refuse(409, 'Conflict', message, { causes });

/** What a real API server did not foresee. It names no reason. */
export function internalError(message: string): Refusal {
  const { reason: _, ...status } = refuse(500, '', message).refusal;
  return { refusal: status };
}
