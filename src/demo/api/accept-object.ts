import { isJsonObject, type JsonObject } from '../json.ts';
import { groupVersion, type Kind, type KubeObject, storedApiVersion } from '../kinds/kind.ts';
import { KINDS } from '../kinds/kinds.ts';
import { type Problem, problemsOf } from '../kinds/problems.ts';
import { decodeObject } from './decode-object.ts';
import { malformedObject } from './malformed-object.ts';
import { metadataProblems } from './metadata-problems.ts';
import { badRequest, invalid, type Refusal } from './status-error.ts';
import { unrecognized } from './unreadable-body.ts';

/** What becomes of a body whose fields the kind does not all have. */
export type FieldValidation = {
  readonly mode: 'Ignore' | 'Warn' | 'Strict';
  /** Takes a warning for the client. */
  readonly warn: (warning: string) => void;
  /** How a write with unknown fields is refused in strict mode. */
  readonly refuse: (kind: Kind, version: string, error: string) => Refusal;
};

const STOPPING = new Set(['FieldValueTypeInvalid', 'FieldValueRequired', 'FieldValueNotSupported']);

/** Problems of a custom kind: some of them keep its own rules from being looked at, which is said as well. */
function withUncheckedRules(problems: readonly Problem[]): readonly Problem[] {
  if (!problems.some(problem => STOPPING.has(problem.reason))) return problems;
  const message =
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
  return [...problems, { reason: 'FieldValueInvalid', field: '<nil>', message }];
}

function checkUnknown(
  kind: Kind,
  version: string,
  unknownFields: readonly string[],
  validation: FieldValidation | undefined,
): Refusal | undefined {
  if (!validation || validation.mode === 'Ignore' || unknownFields.length === 0) return undefined;
  const errors = (kind.isCustom ? unknownFields.toSorted() : unknownFields).map(
    field => `unknown field "${field}"`,
  );
  if (validation.mode === 'Strict')
    return validation.refuse(kind, version, `strict decoding error: ${errors.join(', ')}`);
  for (const error of errors) validation.warn(error);
  return undefined;
}

/**
 * The object as the types say it is, with what its author left open filled in; or everything that is wrong with it.
 * Unknown fields are dropped, and reported as `validation` says: not at all without one.
 */
export function acceptObject(
  kind: Kind,
  version: string,
  body: JsonObject,
  previous: KubeObject | undefined,
  validation?: FieldValidation,
): KubeObject | Refusal {
  const { value, unknownFields } = decodeObject(kind, body);
  const refused = checkUnknown(kind, version, unknownFields, validation);
  if (refused) return refused;
  const name =
    isJsonObject(value.metadata) && typeof value.metadata.name === 'string' ? value.metadata.name : '';
  const problems = problemsOf(kind.shape, value).map(withNameRule);
  const misread = problems.find(
    ({ wrongType }) => wrongType && (!kind.isCustom || wrongType.path.startsWith('metadata.')),
  )?.wrongType;
  if (misread) return malformedObject(kind, version, misread);
  if (kind.isCustom && problems.length > 0) return invalid(kind, name, withUncheckedRules(problems));
  // The shape of the kind and of its metadata has just been checked: this is where data enters.
  const typed = { ...value, apiVersion: storedApiVersion(kind), kind: kind.kind } as unknown as KubeObject;
  const found = [
    ...(name === '' ? [] : metadataProblems(typed)),
    ...(kind.validate?.(typed, previous) ?? []),
  ];
  const isFound = ({ field }: Problem) => found.some(other => other.field === field);
  const all = [...problems.filter(problem => !isFound(problem)), ...found];
  return all.length > 0 ? invalid(kind, name, all) : (kind.complete?.(typed) ?? typed);
}

const META_NAME = 'metadata.name';

/** A name may be made by the server, which the complaint about a missing one says. */
function withNameRule(problem: Problem): Problem {
  if (problem.field !== META_NAME || problem.reason !== 'FieldValueRequired') return problem;
  return { ...problem, message: 'Required value: name or generateName is required' };
}

/** Why a custom object does not say what it is, or says that it is something else. */
function checkCustomType(kind: Kind, expected: string, body: JsonObject): Refusal | undefined {
  const { apiVersion = '' } = body;
  if (body.kind === undefined) {
    const text = JSON.stringify(body);
    return unrecognized(kind.kind, `Object 'Kind' is missing in '${text}'`, text);
  }
  if (apiVersion !== expected) {
    return badRequest(
      `the API version in the data (${String(apiVersion)}) does not match the expected API version (${expected})`,
    );
  }
  if (body.kind === kind.kind) return undefined;
  const named = String(body.kind);
  const metadata = isJsonObject(body.metadata) ? body.metadata : {};
  const message = `Invalid value: "${named}": must be ${kind.kind}`;
  return invalid({ ...kind, kind: named }, String(metadata.name ?? ''), [
    { reason: 'FieldValueInvalid', field: 'kind', message },
  ]);
}

/** Why a built-in object says that it is something else. One that says nothing is what its path says. */
function checkType(kind: Kind, version: string, expected: string, body: JsonObject): Refusal | undefined {
  const { apiVersion = expected, kind: named = kind.kind } = body;
  if (apiVersion === expected && named === kind.kind) return undefined;
  const isKnown = KINDS.some(
    other =>
      other.kind === named && other.versions.some(known => groupVersion(other.group, known) === apiVersion),
  );
  const its = String(apiVersion).split('/').at(-1) ?? version;
  const into = kind.group === '' ? 'core' : (kind.group.split('.')[0] ?? '');
  const why = isKnown
    ? `converting (${its}.${String(named)}) to (${into}.${kind.kind}): unknown conversion`
    : `no kind "${String(named)}" is registered for version "${String(apiVersion)}" in scheme "pkg/runtime/scheme.go:111"`;
  return badRequest(`${String(named)} in version "${its}" cannot be handled as a ${kind.kind}: ${why}`);
}

/** Why `body` cannot be meant for `kind` in `version` in `namespace`; `undefined` when it can. */
export function checkAddress(
  kind: Kind,
  version: string,
  namespace: string | undefined,
  body: JsonObject,
): Refusal | undefined {
  const expected = groupVersion(kind.group, version);
  const mistaken = kind.isCustom
    ? checkCustomType(kind, expected, body)
    : checkType(kind, version, expected, body);
  if (mistaken) return mistaken;
  const metadata = isJsonObject(body.metadata) ? body.metadata : {};
  if (kind.isNamespaced && (metadata.namespace ?? namespace) !== namespace) {
    return badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  return undefined;
}
