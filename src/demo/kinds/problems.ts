import { isJsonArray, isJsonObject } from '../json.ts';
import type { ObjectShape, Shape } from './schema.ts';

/** One thing that is wrong with an object, in the words of the API server. */
export type Problem = {
  readonly reason:
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueTypeInvalid'
    | 'FieldValueForbidden'
    | 'FieldValueNotSupported'
    | 'FieldValueTooLong'
    | 'FieldValueDuplicate';
  /** `spec.http[0].route[1].weight`; empty for the object as a whole. */
  readonly field: string;
  readonly message: string;
  /** Present when the JSON type is wrong, which for kinds built into Kubernetes is a malformed body rather than an invalid object. */
  readonly wrongType?: {
    readonly path: string;
    readonly value: unknown;
    readonly shape: Shape;
    readonly isInMap?: boolean;
  };
};

/** What the API server calls the type of a value in a custom object. */
function foundType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function mistyped(value: unknown, shape: Shape, field: string, expected: string, found: string): Problem {
  const shown = found === 'null' ? 'null' : `"${found}"`;
  return {
    reason: 'FieldValueTypeInvalid',
    field,
    message: `Invalid value: ${shown}: ${field} in body must be of type ${expected}: ${shown}`,
    wrongType: { path: field, value, shape },
  };
}

function wrongType(value: unknown, shape: Shape, field: string, expected: string): Problem {
  return mistyped(value, shape, field, expected, foundType(value));
}

/** A problem of the value as a whole, which the API server does not tie to a field. */
function unplaced(why: string): Problem {
  return { reason: 'FieldValueInvalid', field: '<nil>', message: `Invalid value: "": ${why}` };
}

function notInt32(field: string): Problem {
  return unplaced(`Checked value must be of type integer with format int32 in ${field}`);
}

function invalidValue(field: string, value: unknown, why: string): Problem {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${why}` };
}

const LARGEST_UINT32 = 4_294_967_295;

function checkInteger(
  shape: Extract<Shape, { type: 'integer' }>,
  value: unknown,
  field: string,
  problems: Problem[],
): void {
  const hasFormat = shape.format === 'int32';
  const expected = hasFormat ? 'int32' : 'integer';
  if (typeof value === 'boolean') problems.push(mistyped(value, shape, field, expected, ''));
  else if (typeof value !== 'number') problems.push(wrongType(value, shape, field, 'integer'));
  else if (!Number.isInteger(value)) {
    problems.push(mistyped(value, shape, field, expected, 'float64'));
    if (hasFormat) problems.push(notInt32(field));
  } else if (hasFormat && value !== value << 0)
    problems.push({ ...notInt32(field), wrongType: { path: field, value, shape } });
  else if (shape.format === 'uint32' && Number(value) < 0) {
    problems.push(invalidValue(field, value, `${field} in body should be greater than or equal to 0`));
  } else if (shape.format === 'uint32' && Number(value) > LARGEST_UINT32) {
    const why = `${field} in body should be less than or equal to ${LARGEST_UINT32}`;
    problems.push(invalidValue(field, value, why));
  }
}

const DURATION = /^\+?((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/;

/** What is wrong with `text` as a Go duration of a millisecond or more. */
function durationProblems(text: string, field: string): readonly Problem[] {
  const rule = 'must be a valid duration greater than 1ms';
  if (!DURATION.test(text)) {
    const why = `type conversion error from 'string' to 'google.protobuf.Duration' evaluating rule: ${rule}`;
    return [invalidValue(field, 'string', why)];
  }
  const nanoseconds = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 };
  const parts = [...text.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g)];
  const total = parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * nanoseconds[unit as keyof typeof nanoseconds],
    0,
  );
  return total >= 1e6 ? [] : [invalidValue(field, text, rule)];
}

function checkString(
  shape: Extract<Shape, { type: 'string' }>,
  value: unknown,
  field: string,
  problems: Problem[],
): void {
  if (typeof value !== 'string') problems.push(wrongType(value, shape, field, 'string'));
  else if (shape.options && !shape.options.includes(value)) {
    const supported = shape.options.map(option => `"${option}"`).join(', ');
    const message = `Unsupported value: "${value}": supported values: ${supported}`;
    problems.push({ reason: 'FieldValueNotSupported', field, message });
  } else if (shape.format === 'duration') problems.push(...durationProblems(value, field));
}

function checkObject(shape: ObjectShape, value: unknown, field: string, problems: Problem[]): void {
  if (!isJsonObject(value)) {
    problems.push(wrongType(value, shape, field, 'object'));
    return;
  }
  const at = (name: string) => (field === '' ? name : `${field}.${name}`);
  for (const name of shape.required) {
    if (Object.hasOwn(value, name)) continue;
    problems.push({ reason: 'FieldValueRequired', field: at(name), message: 'Required value' });
  }
  for (const [name, member] of Object.entries(shape.members)) {
    if (Object.hasOwn(value, name)) collect(member, value[name], at(name), problems);
  }
  const chosen = shape.oneOf?.filter(name => Object.hasOwn(value, name)) ?? [];
  if (chosen.length > 1) {
    const found = `Found ${chosen.length} valid alternatives`;
    problems.push(unplaced(`"${field}" must validate one and only one schema (oneOf). ${found}`));
  }
}

function checkList(
  shape: Extract<Shape, { type: 'list' }>,
  value: unknown,
  field: string,
  problems: Problem[],
): void {
  if (!isJsonArray(value)) problems.push(wrongType(value, shape, field, 'array'));
  else for (const [index, one] of value.entries()) collect(shape.item, one, `${field}[${index}]`, problems);
}

function checkMap(
  shape: Extract<Shape, { type: 'map' }>,
  value: unknown,
  field: string,
  problems: Problem[],
): void {
  if (!isJsonObject(value)) {
    problems.push(wrongType(value, shape, field, 'object'));
    return;
  }
  const ofItems: Problem[] = [];
  for (const [name, one] of Object.entries(value)) collect(shape.item, one, `${field}.${name}`, ofItems);
  for (const problem of ofItems) {
    const mistake = problem.wrongType;
    problems.push(mistake ? { ...problem, wrongType: { ...mistake, isInMap: true } } : problem);
  }
}

/** Scalars of which nothing but the type matters, with what the API server calls it. */
const SCALARS = {
  boolean: { named: 'boolean', holds: (value: unknown) => typeof value === 'boolean' },
  number: { named: 'number', holds: Number.isFinite },
  integerOrString: {
    named: 'integer,string',
    holds: (value: unknown) => typeof value === 'string' || Number.isInteger(value),
  },
  quantity: {
    named: 'string',
    holds: (value: unknown) => typeof value === 'string' || Number.isFinite(value),
  },
  anything: { named: 'object', holds: () => true },
} as const;

function collect(shape: Shape, value: unknown, field: string, problems: Problem[]): void {
  if (value === null && shape.isNullable) return;
  switch (shape.type) {
    case 'string':
      checkString(shape, value, field, problems);
      return;
    case 'integer':
      checkInteger(shape, value, field, problems);
      return;
    case 'list':
      checkList(shape, value, field, problems);
      return;
    case 'map':
      checkMap(shape, value, field, problems);
      return;
    case 'object':
      checkObject(shape, value, field, problems);
      return;
    default: {
      const { named, holds } = SCALARS[shape.type];
      if (!holds(value)) problems.push(wrongType(value, shape, field, named));
    }
  }
}

/** Everything that is wrong with `value`; empty when it is what `shape` says. */
export function problemsOf(shape: Shape, value: unknown): readonly Problem[] {
  const problems: Problem[] = [];
  collect(shape, value, '', problems);
  return problems;
}
