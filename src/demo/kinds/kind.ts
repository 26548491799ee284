import {
  boolean,
  type Held,
  int32,
  listOf,
  mapOf,
  object,
  type Problem,
  type Schema,
  string,
} from './schema.ts';

const LABELS = mapOf(string);

export const OWNER_REFERENCE = object(
  { apiVersion: string, kind: string, name: string, uid: string },
  { controller: boolean, blockOwnerDeletion: boolean },
);
export type OwnerReference = Held<typeof OWNER_REFERENCE>;

/** What a client may say about any object. The server fills in the rest. */
export const METADATA = object(
  { name: string },
  {
    namespace: string,
    generateName: string,
    uid: string,
    resourceVersion: string,
    creationTimestamp: string,
    generation: int32,
    labels: LABELS,
    annotations: LABELS,
    ownerReferences: listOf(OWNER_REFERENCE),
    finalizers: listOf(string),
    deletionTimestamp: string,
    deletionGracePeriodSeconds: int32,
  },
);

/** Who wrote which fields last. */
export type ManagedFieldsEntry = {
  readonly manager: string;
  readonly operation: 'Update';
  readonly apiVersion: string;
  readonly time: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: unknown;
  readonly subresource?: string;
};

export type Metadata = Held<typeof METADATA> & {
  readonly managedFields?: readonly ManagedFieldsEntry[];
};

/** Any object of the cluster. `apiVersion` is that of the kind's first version. */
export type KubeObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly status?: unknown;
};

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

export const ALL_VERBS: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

/** What a rule of a kind may look up before it accepts or completes an object. */
export type Surroundings = {
  /** All objects of `kind`, in every namespace. */
  list<T extends KubeObject>(kind: Kind<T>): readonly T[];
};

/** One row of the API: everything that the verbs need to know to serve a kind they have never heard of. */
export type Kind<T extends KubeObject = KubeObject> = {
  /** Empty for the core group. */
  readonly group: string;
  /** Preferred first. All are served from one storage. */
  readonly versions: readonly [string, ...string[]];
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly isNamespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly subresources: readonly ('status' | 'scale')[];
  /** Defined by a CustomResourceDefinition: types are part of validation, and there is no strategic merge patch. */
  readonly isCustom: boolean;
  /** `metadata.generation` counts changes of the spec. */
  readonly hasGeneration: boolean;
  /** What a `T` holds besides its metadata. */
  readonly schema: Schema<unknown>;
  /** Carries `T` for the compiler; never present. */
  readonly stores?: T;
  /** Fills in what the API server fills in. Gets an object that satisfies the schema. */
  complete?(object: T, surroundings: Surroundings): T;
  /** Rules beyond types. Gets an object that satisfies the schema; `previous` when it replaces one. */
  validate?(object: T, previous: T | undefined): readonly Problem[];
};

/** A row, with what most kinds have in common filled in. */
export function defineKind<T extends KubeObject>(
  row: Pick<Kind<T>, 'group' | 'versions' | 'resource' | 'kind' | 'schema'> & Partial<Kind<T>>,
): Kind<T> {
  return {
    singular: row.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    isNamespaced: true,
    verbs: ALL_VERBS,
    subresources: [],
    isCustom: false,
    hasGeneration: false,
    ...row,
  };
}

/** `apps/v1`, or `v1` in the core group. */
export function groupVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The `apiVersion` under which objects of `kind` are stored. */
export function storedApiVersion(kind: Kind): string {
  return groupVersion(kind.group, kind.versions[0]);
}
