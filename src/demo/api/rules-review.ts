import { isJsonObject, type JsonObject } from '../json.ts';
import { KINDS } from '../kinds/kinds.ts';
import type { Permissions } from './permissions.ts';

const HEALTH = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
const DISCOVERY = ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'];

type Rule = {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
};

/** What everybody may do: ask what they may do. */
const REVIEWS: Rule = {
  verbs: ['create'],
  apiGroups: ['authorization.k8s.io'],
  resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
};

const EVERYTHING: Rule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };

/** The verbs that are left of each kind. */
function remainingRules(permissions: Permissions, namespace: string): readonly Rule[] {
  return KINDS.flatMap(({ group, resource, verbs }) => {
    const left = verbs.filter(verb =>
      permissions.allows({ verb, group, resource, namespace, subresource: '' }),
    );
    return left.length === 0 ? [] : [{ verbs: left, apiGroups: [group], resources: [resource] }];
  });
}

/** Answers a SelfSubjectRulesReview: everything that the one user of this cluster may do in a namespace. */
export function reviewRules(body: JsonObject, permissions: Permissions): object {
  const spec = isJsonObject(body.spec) ? body.spec : {};
  const namespace = typeof spec.namespace === 'string' ? spec.namespace : '';
  const rules = permissions.isUnlimited ? [EVERYTHING] : remainingRules(permissions, namespace);
  return {
    kind: 'SelfSubjectRulesReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: {},
    status: {
      resourceRules: [REVIEWS, ...rules],
      nonResourceRules: [
        { verbs: ['get'], nonResourceURLs: [...DISCOVERY, ...HEALTH] },
        ...(permissions.isUnlimited ? [{ verbs: ['*'], nonResourceURLs: ['*'] }] : []),
      ],
      incomplete: false,
    },
  };
}
