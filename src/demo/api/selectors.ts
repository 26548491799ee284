import { isJsonObject } from '../json.ts';
import type { KubeObject } from '../kinds/kind.ts';
import type { LabelSelector } from '../kinds/shared-types.ts';
import type { UnreadableSelector } from './label-selector.ts';

/** Says whether something matches. */
export type Matches<T> = (candidate: T) => boolean;

type Labels = Readonly<Record<string, string>>;

/** Whether every label of `wanted` is in `labels`. */
export function hasLabels(labels: Labels | undefined, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels?.[name] === value);
}

/** Whether a selector of the kind that Deployments carry matches. */
export function matchesLabelSelector(selector: LabelSelector, labels: Labels = {}): boolean {
  if (!hasLabels(labels, selector.matchLabels ?? {})) return false;
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const isPresent = Object.hasOwn(labels, key);
    if (operator === 'Exists') return isPresent;
    if (operator === 'DoesNotExist') return !isPresent;
    const isIn = isPresent && values.includes(labels[key] ?? '');
    return operator === 'In' ? isIn : !isIn;
  });
}

/** The fields by which every kind can be selected, and those that some kinds add. */
const COMMON_FIELDS = ['metadata.name', 'metadata.namespace'];
const FIELDS_OF: Readonly<Record<string, readonly string[]>> = {
  pods: ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'status.phase', 'status.podIP'],
  events: ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'fieldPath']
    .map(field => `involvedObject.${field}`)
    .concat('reason', 'type', 'reportingComponent', 'source'),
  namespaces: ['status.phase'],
  nodes: ['spec.unschedulable'],
  replicasets: ['status.replicas'],
  services: ['spec.clusterIP', 'spec.type'],
};

function fieldOf(object: unknown, path: string): string {
  let value = object;
  for (const name of path.split('.')) value = isJsonObject(value) ? value[name] : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

/** Reads a field selector such as `metadata.name=myapp,status.phase!=Running` for objects of `resource`. */
export function readFieldSelector(text: string, resource: string): Matches<KubeObject> | UnreadableSelector {
  const requirements: Matches<KubeObject>[] = [];
  for (const part of text.split(',').filter(term => term.trim() !== '')) {
    const [, field = '', operator, value] = /^([^=!]+)(==|=|!=)(.*)$/.exec(part.trim()) ?? [];
    if (operator === undefined) return { problem: `invalid selector: '${part}'; can't understand '${part}'` };
    if (![...COMMON_FIELDS, ...(FIELDS_OF[resource] ?? [])].includes(field)) {
      return { problem: `field label not supported: ${field}` };
    }
    requirements.push(object => (fieldOf(object, field) === value) === (operator !== '!='));
  }
  return object => requirements.every(matches => matches(object));
}
