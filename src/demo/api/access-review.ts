import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { Permissions } from './permissions.ts';
import { invalid, type Refusal } from './status-error.ts';

const GROUP_VERSION = 'authorization.k8s.io/v1';

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Answers a SelfSubjectAccessReview: may the one user of this cluster do that? */
export function reviewAccess(body: JsonObject, permissions: Permissions): object | Refusal {
  const spec = isJsonObject(body.spec) ? body.spec : {};
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (!isJsonObject(resourceAttributes) && !isJsonObject(nonResourceAttributes)) {
    const message =
      'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified';
    return invalid({ group: 'authorization.k8s.io', resource: '', kind: '' }, '', [
      { reason: 'FieldValueInvalid', field: 'spec.resourceAttributes', message },
    ]);
  }
  const asked = isJsonObject(resourceAttributes) ? resourceAttributes : {};
  const isAllowed = permissions.allows({
    verb: textOf(asked.verb),
    group: textOf(asked.group),
    resource: textOf(asked.resource),
    subresource: textOf(asked.subresource),
    namespace: textOf(asked.namespace),
  });
  const reason =
    'RBAC: allowed by ClusterRoleBinding "kubeadm:cluster-admins" of ClusterRole "cluster-admin" to Group "kubeadm:cluster-admins"';
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: GROUP_VERSION,
    metadata: { creationTimestamp: null },
    spec,
    status: isAllowed ? { allowed: true, reason } : { allowed: false },
  };
}
