import {
  atomic,
  type Held,
  int32,
  int64,
  listBy,
  listOf,
  mapOf,
  object,
  oneOf,
  quantity,
  string,
  time,
} from './schema.ts';

export const OBJECT_FIELD_SELECTOR = atomic(object({ fieldPath: string }, { apiVersion: string }));
export const RESOURCE_FIELD_SELECTOR = atomic(
  object({ resource: string }, { containerName: string, divisor: quantity }),
);
export const LOCAL_OBJECT_REFERENCE = atomic(object({}, { name: string }));
export const OBJECT_REFERENCE = atomic(
  object(
    {},
    {
      apiVersion: string,
      fieldPath: string,
      kind: string,
      name: string,
      namespace: string,
      resourceVersion: string,
      uid: string,
    },
  ),
);
const LABEL_SELECTOR_REQUIREMENT = object(
  { key: string, operator: oneOf('In', 'NotIn', 'Exists', 'DoesNotExist') },
  { values: listOf(string) },
);
export const LABEL_SELECTOR = atomic(
  object({}, { matchExpressions: listOf(LABEL_SELECTOR_REQUIREMENT), matchLabels: mapOf(string) }),
);
/** A selector as objects carry it. One that names nothing selects everything. */
export type LabelSelector = Held<typeof LABEL_SELECTOR>;
const RESOURCE_CLAIM = object({ name: string }, { request: string });
export const RESOURCE_REQUIREMENTS = object(
  {},
  { claims: listBy(['name'], RESOURCE_CLAIM), limits: mapOf(quantity), requests: mapOf(quantity) },
);
export const APP_ARMOR_PROFILE = object(
  { type: oneOf('Localhost', 'RuntimeDefault', 'Unconfined') },
  { localhostProfile: string },
);
export const SE_LINUX_OPTIONS = object({}, { level: string, role: string, type: string, user: string });
export const SECCOMP_PROFILE = object(
  { type: oneOf('Localhost', 'RuntimeDefault', 'Unconfined') },
  { localhostProfile: string },
);
export const CONDITION = object(
  { lastTransitionTime: time, message: string, reason: string, status: string, type: string },
  { observedGeneration: int64 },
);
export type Condition = Held<typeof CONDITION>;
export const PORT_STATUS = object({ port: int32, protocol: oneOf('SCTP', 'TCP', 'UDP') }, { error: string });
