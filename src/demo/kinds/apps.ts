import { isSameJson } from '../json.ts';
import { completePodSpec } from './complete-pod-spec.ts';
import { POD_SPEC } from './core.ts';
import { defineKind, type KubeObject } from './kind.ts';
import {
  boolean,
  type Held,
  int32,
  intOrString,
  listOf,
  mapOf,
  object,
  oneOf,
  type Problem,
  string,
} from './schema.ts';

const SELECTOR = object(
  {},
  {
    matchLabels: mapOf(string),
    matchExpressions: listOf(
      object(
        { key: string, operator: oneOf('In', 'NotIn', 'Exists', 'DoesNotExist') },
        { values: listOf(string) },
      ),
    ),
  },
);
/** A selector as objects carry it. One that names nothing selects everything. */
export type LabelSelector = Held<typeof SELECTOR>;

const POD_TEMPLATE = object(
  { spec: POD_SPEC },
  { metadata: object({}, { labels: mapOf(string), annotations: mapOf(string) }) },
);
export type PodTemplate = Held<typeof POD_TEMPLATE>;

const DEPLOYMENT_CONDITION = object(
  { type: string, status: string },
  { reason: string, message: string, lastUpdateTime: string, lastTransitionTime: string },
);
export type DeploymentCondition = Held<typeof DEPLOYMENT_CONDITION>;

const DEPLOYMENT_STATUS = object(
  {},
  {
    observedGeneration: int32,
    replicas: int32,
    updatedReplicas: int32,
    readyReplicas: int32,
    availableReplicas: int32,
    unavailableReplicas: int32,
    conditions: listOf(DEPLOYMENT_CONDITION),
  },
);
export type DeploymentStatus = Held<typeof DEPLOYMENT_STATUS>;

const DEPLOYMENT = object(
  {
    spec: object(
      { selector: SELECTOR, template: POD_TEMPLATE },
      {
        replicas: int32,
        paused: boolean,
        progressDeadlineSeconds: int32,
        revisionHistoryLimit: int32,
        strategy: object(
          {},
          {
            type: oneOf('Recreate', 'RollingUpdate'),
            rollingUpdate: object({}, { maxSurge: intOrString, maxUnavailable: intOrString }),
          },
        ),
      },
    ),
  },
  { status: DEPLOYMENT_STATUS },
);
export type Deployment = KubeObject & Held<typeof DEPLOYMENT>;

const REPLICA_SET = object(
  { spec: object({ selector: SELECTOR, template: POD_TEMPLATE }, { replicas: int32 }) },
  {
    status: object(
      {},
      {
        replicas: int32,
        readyReplicas: int32,
        availableReplicas: int32,
        fullyLabeledReplicas: int32,
        observedGeneration: int32,
      },
    ),
  },
);
export type ReplicaSet = KubeObject & Held<typeof REPLICA_SET>;

function completeTemplate(template: PodTemplate): PodTemplate {
  return { ...template, spec: completePodSpec(template.spec) };
}

/** A selector that does not match its own template would have pods made for ever, so the API refuses it. */
function validateSelector(
  owner: Deployment | ReplicaSet,
  previous: Deployment | ReplicaSet | undefined,
): readonly Problem[] {
  const { selector, template } = owner.spec;
  const problems: Problem[] = [];
  if (previous && !isSameJson(previous.spec.selector, selector)) {
    const message = `Invalid value: ${JSON.stringify(selector)}: field is immutable`;
    problems.push({ reason: 'FieldValueInvalid', field: 'spec.selector', message });
  }
  const labels = template.metadata?.labels ?? {};
  const wanted = Object.entries(selector.matchLabels ?? {});
  const hasNone = wanted.length === 0 && (selector.matchExpressions ?? []).length === 0;
  if (hasNone) {
    const message = 'Invalid value: {}: empty selector is invalid for deployment';
    problems.push({ reason: 'FieldValueInvalid', field: 'spec.selector', message });
  }
  if (wanted.some(([name, value]) => labels[name] !== value)) {
    const message = `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``;
    problems.push({ reason: 'FieldValueInvalid', field: 'spec.template.metadata.labels', message });
  }
  if ((owner.spec.replicas ?? 0) < 0) {
    const message = `Invalid value: ${owner.spec.replicas}: must be greater than or equal to 0`;
    problems.push({ reason: 'FieldValueInvalid', field: 'spec.replicas', message });
  }
  if (template.spec.containers.length === 0) {
    problems.push({
      reason: 'FieldValueRequired',
      field: 'spec.template.spec.containers',
      message: 'Required value',
    });
  }
  return problems;
}

export const DEPLOYMENTS = defineKind<Deployment>({
  group: 'apps',
  versions: ['v1'],
  resource: 'deployments',
  kind: 'Deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  subresources: ['status', 'scale'],
  hasGeneration: true,
  schema: DEPLOYMENT,
  complete: deployment => ({
    ...deployment,
    spec: {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      ...deployment.spec,
      template: completeTemplate(deployment.spec.template),
    },
  }),
  validate: validateSelector,
});

export const REPLICA_SETS = defineKind<ReplicaSet>({
  group: 'apps',
  versions: ['v1'],
  resource: 'replicasets',
  kind: 'ReplicaSet',
  shortNames: ['rs'],
  categories: ['all'],
  subresources: ['status', 'scale'],
  hasGeneration: true,
  schema: REPLICA_SET,
  complete: set => ({
    ...set,
    spec: { replicas: 1, ...set.spec, template: completeTemplate(set.spec.template) },
  }),
  validate: validateSelector,
});
