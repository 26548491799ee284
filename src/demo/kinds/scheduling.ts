import { atomic, embedded, int32, int64, listOf, object, oneOf, string } from './schema.ts';
import { LABEL_SELECTOR } from './shared-types.ts';

const NODE_SELECTOR_REQUIREMENT = object(
  { key: string, operator: oneOf('DoesNotExist', 'Exists', 'Gt', 'In', 'Lt', 'NotIn') },
  { values: listOf(string) },
);
const NODE_SELECTOR_TERM = atomic(
  object(
    {},
    { matchExpressions: listOf(NODE_SELECTOR_REQUIREMENT), matchFields: listOf(NODE_SELECTOR_REQUIREMENT) },
  ),
);
const PREFERRED_SCHEDULING_TERM = object({ preference: embedded(NODE_SELECTOR_TERM), weight: int32 });
const NODE_SELECTOR = atomic(object({ nodeSelectorTerms: listOf(NODE_SELECTOR_TERM) }));
const NODE_AFFINITY = object(
  {},
  {
    preferredDuringSchedulingIgnoredDuringExecution: listOf(PREFERRED_SCHEDULING_TERM),
    requiredDuringSchedulingIgnoredDuringExecution: NODE_SELECTOR,
  },
);
const POD_AFFINITY_TERM = object(
  { topologyKey: string },
  {
    labelSelector: LABEL_SELECTOR,
    matchLabelKeys: listOf(string),
    mismatchLabelKeys: listOf(string),
    namespaceSelector: LABEL_SELECTOR,
    namespaces: listOf(string),
  },
);
const WEIGHTED_POD_AFFINITY_TERM = object({ podAffinityTerm: embedded(POD_AFFINITY_TERM), weight: int32 });
const POD_AFFINITY = object(
  {},
  {
    preferredDuringSchedulingIgnoredDuringExecution: listOf(WEIGHTED_POD_AFFINITY_TERM),
    requiredDuringSchedulingIgnoredDuringExecution: listOf(POD_AFFINITY_TERM),
  },
);
const POD_ANTI_AFFINITY = object(
  {},
  {
    preferredDuringSchedulingIgnoredDuringExecution: listOf(WEIGHTED_POD_AFFINITY_TERM),
    requiredDuringSchedulingIgnoredDuringExecution: listOf(POD_AFFINITY_TERM),
  },
);
export const AFFINITY = object(
  {},
  { nodeAffinity: NODE_AFFINITY, podAffinity: POD_AFFINITY, podAntiAffinity: POD_ANTI_AFFINITY },
);
export const TOLERATION = object(
  {},
  {
    effect: oneOf('NoExecute', 'NoSchedule', 'PreferNoSchedule'),
    key: string,
    operator: oneOf('Equal', 'Exists', 'Gt', 'Lt'),
    tolerationSeconds: int64,
    value: string,
  },
);
export const TOPOLOGY_SPREAD_CONSTRAINT = object(
  { maxSkew: int32, topologyKey: string, whenUnsatisfiable: oneOf('DoNotSchedule', 'ScheduleAnyway') },
  {
    labelSelector: LABEL_SELECTOR,
    matchLabelKeys: listOf(string),
    minDomains: int32,
    nodeAffinityPolicy: oneOf('Honor', 'Ignore'),
    nodeTaintsPolicy: oneOf('Honor', 'Ignore'),
  },
);
