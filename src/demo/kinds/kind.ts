import type { Column } from './column.ts';
import type { Problem } from './problems.ts';
import {
  anything,
  atomic,
  boolean,
  embedded,
  type Held,
  int64,
  listBy,
  listOf,
  mapOf,
  type ObjectShape,
  object,
  type Schema,
  setOf,
  string,
  time,
} from './schema.ts';

const OWNER_REFERENCE = atomic(
  object(
    { apiVersion: string, kind: string, name: string, uid: string },
    { controller: boolean, blockOwnerDeletion: boolean },
  ),
);
export type OwnerReference = Held<typeof OWNER_REFERENCE>;

const MANAGED_FIELDS_ENTRY = object(
  {},
  {
    manager: string,
    operation: string,
    apiVersion: string,
    time,
    fieldsType: string,
    fieldsV1: anything,
    subresource: string,
  },
);
/** Who wrote which fields last, or applies them. */
export type ManagedFieldsEntry = Held<typeof MANAGED_FIELDS_ENTRY>;

const METADATA_MEMBERS = {
  name: string,
  namespace: string,
  generateName: string,
  uid: string,
  resourceVersion: string,
  creationTimestamp: time,
  generation: int64,
  labels: mapOf(string),
  annotations: mapOf(string),
  ownerReferences: listBy(['uid'], OWNER_REFERENCE),
  finalizers: setOf(string),
  deletionTimestamp: time,
  deletionGracePeriodSeconds: int64,
  managedFields: listOf(MANAGED_FIELDS_ENTRY),
  selfLink: string,
} as const;

/** What may be said about an object that has no name of its own, such as a Deployment's pods. */
export const TEMPLATE_METADATA = object({}, METADATA_MEMBERS);

/** What may be said about any object. The server fills in most of it. */
export const METADATA = object({ name: string }, METADATA_MEMBERS);

export type Metadata = Held<typeof METADATA>;

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
  readonly schema: Schema<unknown> & ObjectShape;
  /** The whole object: the schema, the metadata, and what every object has. */
  readonly shape: ObjectShape;
  /** What `kubectl get` prints. */
  readonly columns: readonly Column<T>[];
  /** Carries `T` for the compiler; never present. */
  readonly stores?: T;
  /** Says what the client left open. Gets an object that satisfies the schema. What is filled in counts as written by the client. */
  complete?(object: T): T;
  /** Gives what only the cluster can: addresses, ports, a first status. Belongs to no field manager. */
  allocate?(object: T, surroundings: Surroundings, previous: T | undefined): T;
  /**
   * Rules beyond types. Gets an object whose members are what the schema says, some of those that are required perhaps
   * absent; `previous` when it replaces one.
   */
  validate?(object: T, previous: T | undefined): readonly Problem[];
};

/** A row, with what most kinds have in common filled in. */
export function defineKind<T extends KubeObject>(
  row: Pick<Kind<T>, 'group' | 'versions' | 'resource' | 'kind' | 'schema' | 'columns'> &
    Partial<Omit<Kind<T>, 'shape'>>,
): Kind<T> {
  const { members, required } = row.schema;
  return {
    shape: {
      type: 'object',
      members: { apiVersion: string, kind: string, metadata: embedded(METADATA), ...members },
      required: ['metadata', ...required],
    },
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
