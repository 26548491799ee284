import type { Json } from '../json.ts';

type Members = { readonly [name: string]: Schema<unknown> };

/** What else is known of a field, besides its type. */
type FieldFacts = {
  /** The field is owned and replaced as a whole, whatever is inside it. */
  readonly isAtomic?: boolean;
  /** A part that is always there: what a client leaves out reads as empty. */
  readonly isEmbedded?: boolean;
  /** In a strategic merge patch, members that the patch does not name go. */
  readonly retainsKeys?: boolean;
  /** `null` is a value of its own, where it elsewhere is none. */
  readonly isNullable?: boolean;
  readonly default?: Json;
};

export type IntegerFormat = 'int32' | 'int64' | 'uint32';

/** How the items of a list are told apart: not at all (it is replaced as a whole), by value, or by these members. */
export type ListIdentity = 'none' | 'value' | readonly [string, ...string[]];

/** The structure of a field, as data: what checks, merges, ownership and the published API description follow. */
export type Shape = FieldFacts &
  (
    | {
        readonly type: 'string';
        readonly format?: 'date-time' | 'byte' | 'duration';
        readonly options?: readonly string[];
      }
    | { readonly type: 'boolean' }
    | { readonly type: 'number' }
    | { readonly type: 'integer'; readonly format: IntegerFormat }
    /** A number or a text, such as a port or its name. */
    | { readonly type: 'integerOrString' }
    /** An amount of a resource such as `100m`, which reads as text. */
    | { readonly type: 'quantity' }
    | { readonly type: 'anything' }
    | { readonly type: 'list'; readonly item: Shape; readonly identity: ListIdentity }
    | { readonly type: 'map'; readonly item: Shape }
    | {
        readonly type: 'object';
        readonly members: { readonly [name: string]: Shape };
        readonly required: readonly string[];
        /** Of these members an object has one at most. */
        readonly oneOf?: readonly string[];
      }
  );

export type ObjectShape = Extract<Shape, { type: 'object' }>;

/**
 * What a field may hold. The type that TypeScript sees and the structure at run time are one thing, so code behind a
 * check can rely on the type whatever a client sent.
 */
export type Schema<T> = Shape & {
  /** Carries `T` for the compiler; never present. */
  readonly holds?: T;
};

export type Held<S> = S extends { readonly holds?: infer T } ? T : never;

export const string: Schema<string> = { type: 'string' };
export const boolean: Schema<boolean> = { type: 'boolean' };
export const number: Schema<number> = { type: 'number' };
export const int32: Schema<number> = { type: 'integer', format: 'int32' };
export const int64: Schema<number> = { type: 'integer', format: 'int64' };
export const uint32: Schema<number> = { type: 'integer', format: 'uint32' };
export const intOrString: Schema<number | string> = { type: 'integerOrString' };
export const quantity: Schema<number | string> = { type: 'quantity' };
export const time: Schema<string> = { type: 'string', format: 'date-time' };
export const bytes: Schema<string> = { type: 'string', format: 'byte' };
/** A Go duration of at least a millisecond, such as `1.5s`. */
export const duration: Schema<string> = { type: 'string', format: 'duration' };
/** Kept as it comes, and not looked into. */
export const anything: Schema<unknown> = { type: 'anything' };

/** One of `options`. */
export function oneOf<const T extends string>(...options: readonly T[]): Schema<T> {
  return { type: 'string', options };
}

/** A list that is replaced as a whole. */
export function listOf<T>(item: Schema<T>): Schema<readonly T[]> {
  return { type: 'list', item, identity: 'none' };
}

/** A list of values each of which is in it once. */
export function setOf<T>(item: Schema<T>): Schema<readonly T[]> {
  return { type: 'list', item, identity: 'value' };
}

/** A list whose items are told apart by the members `keys`. */
export function listBy<T>(keys: readonly [string, ...string[]], item: Schema<T>): Schema<readonly T[]> {
  return { type: 'list', item, identity: keys };
}

export function mapOf<T>(item: Schema<T>): Schema<Readonly<Record<string, T>>> {
  return { type: 'map', item };
}

type ObjectOf<R extends Members, O extends Members> = { readonly [K in keyof R]: Held<R[K]> } & {
  readonly [K in keyof O]?: Held<O[K]>;
};

/** An object that has every member of `required` and may have those of `optional`. */
export function object<const R extends Members, const O extends Members = Record<never, never>>(
  required: R,
  optional?: O,
): Schema<ObjectOf<R, O>> & ObjectShape {
  return { type: 'object', members: { ...required, ...optional }, required: Object.keys(required) };
}

/** An object that has at most one of `members`. */
export function choiceOf<const O extends Members>(members: O): Schema<ObjectOf<Record<never, never>, O>> {
  return { ...object({}, members), oneOf: Object.keys(members) };
}

export function atomic<T>(schema: Schema<T>): Schema<T> {
  return { ...schema, isAtomic: true };
}

export function embedded<T>(schema: Schema<T>): Schema<T> {
  return { ...schema, isEmbedded: true };
}

export function retainKeys<T>(schema: Schema<T>): Schema<T> {
  return { ...schema, retainsKeys: true };
}

export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  return { ...schema, isNullable: true };
}

export function withDefault<T extends Json>(schema: Schema<T>, value: T): Schema<T> {
  return { ...schema, default: value };
}
