import { isJsonObject, type JsonObject } from '../json.ts';
import { DEPLOYMENTS, type Deployment, REPLICA_SETS, type ReplicaSet } from '../kinds/apps.ts';
import type { KubeObject } from '../kinds/kind.ts';
import type { Storage } from '../storage.ts';
import type { ResourcePath } from './resource-path.ts';
import { badRequest, invalid, type Refusal } from './status-error.ts';
import { goTypeOf } from './unreadable-body.ts';

/** The Deployment or ReplicaSet that the path names. */
export function readScalable(storage: Storage, path: ResourcePath): Deployment | ReplicaSet | undefined {
  const kind = path.kind === DEPLOYMENTS ? DEPLOYMENTS : REPLICA_SETS;
  return storage.get<Deployment | ReplicaSet>(kind, path.namespace, path.name ?? '');
}

function selectorText(labels: Readonly<Record<string, string>> = {}): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

/** The object's `scale` subresource. */
export function scaleOf(object: Deployment | ReplicaSet): KubeObject & JsonObject {
  const { name, namespace = '', uid = '', resourceVersion = '', creationTimestamp = '' } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    // Go leaves out a number that is nothing here, and not in the status.
    spec: object.spec.replicas === 0 ? {} : { replicas: object.spec.replicas ?? 1 },
    status: {
      replicas: object.status?.replicas ?? 0,
      selector: selectorText(object.spec.selector.matchLabels),
    },
  };
}

/** The object with the replicas that `scale` asks for. */
export function scaledTo(object: Deployment | ReplicaSet, scale: JsonObject): JsonObject {
  const spec = isJsonObject(scale.spec) ? scale.spec : {};
  const metadata = isJsonObject(scale.metadata) ? scale.metadata : {};
  const { resourceVersion: _, ...kept } = object.metadata;
  const checked =
    metadata.resourceVersion === undefined ? kept : { ...kept, resourceVersion: metadata.resourceVersion };
  // What is stored is JSON; its type only says more about it.
  const json = { ...object, metadata: checked } as unknown as JsonObject;
  const before = isJsonObject(json.spec) ? json.spec : {};
  return { ...json, spec: { ...before, replicas: spec.replicas ?? 0 } };
}

const SCALE = { group: 'autoscaling', resource: 'scales', kind: 'Scale' };

/** Why `scale` cannot be what somebody wants of `object`. */
export function checkScale({ metadata }: KubeObject, scale: JsonObject): Refusal | undefined {
  const spec = isJsonObject(scale.spec) ? scale.spec : {};
  const { replicas = 0 } = spec;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) {
    const number = typeof replicas === 'number' ? `number ${replicas}` : goTypeOf(replicas);
    const why = `json: cannot unmarshal ${number} into Go struct field ScaleSpec.spec.replicas of type int32`;
    return badRequest(`Scale in version "v1" cannot be handled as a Scale: ${why}`);
  }
  if (replicas >= 0) return undefined;
  const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
  return invalid(SCALE, metadata.name, [{ reason: 'FieldValueInvalid', field: 'spec.replicas', message }]);
}
