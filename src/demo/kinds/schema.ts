import { isJsonArray, isJsonObject } from '../json.ts';

/** One thing that is wrong with an object, in the words of the API server. */
export type Problem = {
  readonly reason:
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueTypeInvalid'
    | 'FieldValueForbidden'
    | 'FieldValueNotSupported';
  /** `spec.http[0].route[1].weight`; empty for the object as a whole. */
  readonly field: string;
  readonly message: string;
  /** Present when the JSON type is wrong, which for kinds built into Kubernetes is a malformed body rather than an invalid object. */
  readonly wrongType?: { readonly found: string; readonly expected: string };
};

/**
 * What a field may hold. The type that TypeScript sees and the check at run time are one thing, so code behind a
 * check can rely on the type whatever a client sent. Members that a schema does not name pass unchecked.
 */
export type Schema<T> = {
  readonly collect: (value: unknown, field: string, problems: Problem[]) => void;
  /** Carries `T` for the compiler; never present. */
  readonly holds?: T;
};

export type Held<S> = S extends Schema<infer T> ? T : never;

function foundType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function wrongType(value: unknown, field: string, expected: string): Problem {
  const found = foundType(value);
  const shown = found === 'null' ? 'null' : `"${found}"`;
  return {
    reason: 'FieldValueTypeInvalid',
    field,
    message: `Invalid value: ${shown}: ${field} in body must be of type ${expected}: ${shown}`,
    wrongType: { found, expected },
  };
}

function scalar<T>(expected: string, isOne: (value: unknown) => boolean): Schema<T> {
  return {
    collect: (value, field, problems) => {
      if (!isOne(value)) problems.push(wrongType(value, field, expected));
    },
  };
}

export const string: Schema<string> = scalar('string', value => typeof value === 'string');
export const boolean: Schema<boolean> = scalar('boolean', value => typeof value === 'boolean');
export const number: Schema<number> = scalar('number', Number.isFinite);
/** Checked to be there, and nothing more. */
export const anything: Schema<unknown> = { collect: () => {} };

/** An integer that fits 32 bits with its sign. */
export const int32: Schema<number> = {
  collect: (value, field, problems) => {
    if (!Number.isInteger(value)) problems.push(wrongType(value, field, 'integer'));
    else if (value !== Number(value) << 0) {
      const message = `Checked value must be of type integer with format int32 in ${field}`;
      problems.push({ reason: 'FieldValueInvalid', field, message: `Invalid value: ${value}: ${message}` });
    }
  },
};

/** A number or a text, such as a port or its name. */
export const intOrString: Schema<number | string> = scalar(
  'integer,string',
  value => typeof value === 'string' || Number.isInteger(value),
);

/** One of `options`. */
export function oneOf<const T extends string>(...options: readonly T[]): Schema<T> {
  return {
    collect: (value, field, problems) => {
      if (typeof value !== 'string') problems.push(wrongType(value, field, 'string'));
      else if (!options.some(option => option === value)) {
        const supported = options.map(option => `"${option}"`).join(', ');
        const message = `Unsupported value: "${value}": supported values: ${supported}`;
        problems.push({ reason: 'FieldValueNotSupported', field, message });
      }
    },
  };
}

export function listOf<T>(item: Schema<T>): Schema<readonly T[]> {
  return {
    collect: (value, field, problems) => {
      if (!isJsonArray(value)) problems.push(wrongType(value, field, 'array'));
      else for (const [index, one] of value.entries()) item.collect(one, `${field}[${index}]`, problems);
    },
  };
}

export function mapOf<T>(item: Schema<T>): Schema<Readonly<Record<string, T>>> {
  return {
    collect: (value, field, problems) => {
      if (!isJsonObject(value)) problems.push(wrongType(value, field, 'object'));
      else for (const [name, one] of Object.entries(value)) item.collect(one, `${field}.${name}`, problems);
    },
  };
}

type Members = Readonly<Record<string, Schema<unknown>>>;
type ObjectOf<R extends Members, O extends Members> = { readonly [K in keyof R]: Held<R[K]> } & {
  readonly [K in keyof O]?: Held<O[K]>;
};

/** An object that has every member of `required` and may have those of `optional`. */
export function object<const R extends Members, const O extends Members = Record<never, never>>(
  required: R,
  optional?: O,
): Schema<ObjectOf<R, O>> {
  const requiredMembers = Object.entries(required);
  const optionalMembers = Object.entries(optional ?? {});
  return {
    collect: (value, field, problems) => {
      if (!isJsonObject(value)) {
        problems.push(wrongType(value, field, 'object'));
        return;
      }
      const at = (name: string) => (field === '' ? name : `${field}.${name}`);
      for (const [name, member] of requiredMembers) {
        if (Object.hasOwn(value, name)) member.collect(value[name], at(name), problems);
        else problems.push({ reason: 'FieldValueRequired', field: at(name), message: 'Required value' });
      }
      for (const [name, member] of optionalMembers) {
        if (Object.hasOwn(value, name)) member.collect(value[name], at(name), problems);
      }
    },
  };
}

/** Everything that is wrong with `value`; empty when it is a `T`. */
export function problemsOf<T>(schema: Schema<T>, value: unknown): readonly Problem[] {
  const problems: Problem[] = [];
  schema.collect(value, '', problems);
  return problems;
}
