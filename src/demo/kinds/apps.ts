import { isSameJson } from '../json.ts';
import { ageColumn, type Column, column, joined, nameColumn, wideColumn } from './column.ts';
import { completePodSpec } from './complete-pod-spec.ts';
import { defineKind, type KubeObject, TEMPLATE_METADATA } from './kind.ts';
import { POD_SPEC } from './pod-spec.ts';
import type { Problem } from './problems.ts';
import {
  boolean,
  embedded,
  type Held,
  int32,
  int64,
  intOrString,
  listBy,
  object,
  oneOf,
  retainKeys,
  string,
  time,
} from './schema.ts';
import { LABEL_SELECTOR, type LabelSelector } from './shared-types.ts';

const POD_TEMPLATE = object({ spec: embedded(POD_SPEC) }, { metadata: embedded(TEMPLATE_METADATA) });
export type PodTemplate = Held<typeof POD_TEMPLATE>;

const DEPLOYMENT_CONDITION = object(
  { type: string, status: string },
  { reason: string, message: string, lastUpdateTime: time, lastTransitionTime: time },
);
export type DeploymentCondition = Held<typeof DEPLOYMENT_CONDITION>;

const DEPLOYMENT_STATUS = object(
  {},
  {
    observedGeneration: int64,
    replicas: int32,
    updatedReplicas: int32,
    readyReplicas: int32,
    availableReplicas: int32,
    unavailableReplicas: int32,
    terminatingReplicas: int32,
    collisionCount: int32,
    conditions: listBy(['type'], DEPLOYMENT_CONDITION),
  },
);
export type DeploymentStatus = Held<typeof DEPLOYMENT_STATUS>;

const STRATEGY = object(
  {},
  {
    type: oneOf('Recreate', 'RollingUpdate'),
    rollingUpdate: object({}, { maxSurge: intOrString, maxUnavailable: intOrString }),
  },
);

const DEPLOYMENT = object(
  {
    spec: embedded(
      object(
        { selector: LABEL_SELECTOR, template: embedded(POD_TEMPLATE) },
        {
          replicas: int32,
          minReadySeconds: int32,
          paused: boolean,
          progressDeadlineSeconds: int32,
          revisionHistoryLimit: int32,
          strategy: retainKeys(embedded(STRATEGY)),
        },
      ),
    ),
  },
  { status: embedded(DEPLOYMENT_STATUS) },
);
export type Deployment = KubeObject & Held<typeof DEPLOYMENT>;

const REPLICA_SET_CONDITION = object(
  { type: string, status: string },
  { reason: string, message: string, lastTransitionTime: time },
);

const REPLICA_SET = object(
  {
    spec: embedded(
      object(
        { selector: LABEL_SELECTOR, template: embedded(POD_TEMPLATE) },
        { replicas: int32, minReadySeconds: int32 },
      ),
    ),
  },
  {
    status: embedded(
      object(
        {},
        {
          replicas: int32,
          readyReplicas: int32,
          availableReplicas: int32,
          fullyLabeledReplicas: int32,
          terminatingReplicas: int32,
          observedGeneration: int64,
          conditions: listBy(['type'], REPLICA_SET_CONDITION),
        },
      ),
    ),
  },
);
export type ReplicaSet = KubeObject & Held<typeof REPLICA_SET>;

function completeTemplate(template: PodTemplate): PodTemplate {
  return { ...template, spec: completePodSpec(template.spec) };
}

type Strategy = NonNullable<Deployment['spec']['strategy']>;

function completeStrategy({ type = 'RollingUpdate', rollingUpdate }: Strategy = {}): Strategy {
  if (type === 'Recreate') return rollingUpdate ? { type, rollingUpdate } : { type };
  return { type, rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%', ...rollingUpdate } };
}

/** What a workload lacks that has no selector: nothing can match its pods then. */
function problemsWithoutSelector({ spec }: Deployment | ReplicaSet): readonly Problem[] {
  const labels = spec.template?.metadata?.labels;
  const mismatch = `Invalid value: ${JSON.stringify(labels ?? null)}: \`selector\` does not match template \`labels\``;
  return [
    { reason: 'FieldValueRequired', field: 'spec.selector', message: 'Required value' },
    { reason: 'FieldValueInvalid', field: 'spec.template.metadata.labels', message: mismatch },
    ...((spec.template?.spec?.containers ?? []).length === 0 ? [NO_CONTAINERS] : []),
  ];
}

const NO_CONTAINERS: Problem = {
  reason: 'FieldValueRequired',
  field: 'spec.template.spec.containers',
  message: 'Required value',
};

/** A selector that does not match its own template would have pods made for ever, so the API refuses it. */
function validateSelector(
  owner: Deployment | ReplicaSet,
  previous: Deployment | ReplicaSet | undefined,
): readonly Problem[] {
  const { selector, template } = owner.spec;
  const problems: Problem[] = [];
  if (!selector) return problemsWithoutSelector(owner);
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
  if ((template.spec.containers ?? []).length === 0) problems.push(NO_CONTAINERS);
  return problems;
}

/** `app=myapp`, or `app in (a,b)`: a selector as one types it. */
function selectorText({ matchLabels, matchExpressions = [] }: LabelSelector): string {
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${[...values].sort().join(',')})`;
  });
  const labels = Object.entries(matchLabels ?? {}).map(([name, value]) => `${name}=${value}`);
  return joined([...labels, ...expressions].sort());
}

/** The columns that say what a workload's pods are made of. */
const POD_COLUMNS: readonly Column<Deployment | ReplicaSet>[] = [
  wideColumn('Containers', ({ spec }) =>
    joined((spec.template?.spec.containers ?? []).map(({ name }) => name)),
  ),
  wideColumn('Images', ({ spec }) =>
    joined((spec.template?.spec.containers ?? []).map(({ image }) => image)),
  ),
  wideColumn('Selector', ({ spec }) => selectorText(spec.selector ?? {})),
];

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
  columns: [
    nameColumn,
    column('Ready', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`, {
      description: 'Number of the pod with ready state',
    }),
    column('Up-to-date', ({ status }) => status?.updatedReplicas ?? 0),
    column('Available', ({ status }) => status?.availableReplicas ?? 0),
    ageColumn,
    ...POD_COLUMNS,
  ],
  complete: deployment => ({
    ...deployment,
    spec: {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...deployment.spec,
      strategy: completeStrategy(deployment.spec.strategy),
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
  columns: [
    nameColumn,
    column('Desired', ({ spec }) => spec.replicas ?? 0, { type: 'integer' }),
    column('Current', ({ status }) => status?.replicas ?? 0, { type: 'integer' }),
    column('Ready', ({ status }) => status?.readyReplicas ?? 0, { type: 'integer' }),
    ageColumn,
    ...POD_COLUMNS,
  ],
  complete: set => ({
    ...set,
    spec: { replicas: 1, ...set.spec, template: completeTemplate(set.spec.template) },
  }),
  validate: validateSelector,
});
