import { isJsonObject } from '../json.ts';
import type { LabelSelector } from '../kinds/apps.ts';
import type { KubeObject } from '../kinds/kind.ts';

/** Says whether something matches. */
export type Matches<T> = (candidate: T) => boolean;

type Labels = Readonly<Record<string, string>>;

/** A selector that cannot be read, with the server's complaint. */
export type UnreadableSelector = { readonly problem: string };

const NAME = `[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,251}[A-Za-z0-9])?`;
const KEY = `(?:${NAME}/)?${NAME}`;
const VALUE = `(?:${NAME})?`;
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);
const EQUALITY = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`);
const MEMBERSHIP = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(\\s*(${VALUE}(?:\\s*,\\s*${VALUE})*)\\s*\\)$`);

/** Cut at commas outside of parentheses. */
function requirementsOf(text: string): readonly string[] {
  return text.split(/,(?![^(]*\))/).map(part => part.trim());
}

function readRequirement(text: string): Matches<Labels> | undefined {
  const membership = MEMBERSHIP.exec(text);
  if (membership) {
    const [, key = '', operator, list = ''] = membership;
    const values = new Set(list.split(',').map(value => value.trim()));
    const isIn = (labels: Labels) => Object.hasOwn(labels, key) && values.has(labels[key] ?? '');
    return operator === 'in' ? isIn : labels => !isIn(labels);
  }
  const equality = EQUALITY.exec(text);
  if (equality) {
    const [, key = '', operator, value] = equality;
    const isEqual = (labels: Labels) => Object.hasOwn(labels, key) && labels[key] === value;
    return operator === '!=' ? labels => !isEqual(labels) : isEqual;
  }
  const exists = EXISTS.exec(text);
  if (!exists) return undefined;
  const [, not, key = ''] = exists;
  return not === '!' ? labels => !Object.hasOwn(labels, key) : labels => Object.hasOwn(labels, key);
}

/**
 * Reads a label selector as clients write it in a query: `app=myapp,version in (v1, v2),!old`.
 * An empty one matches everything.
 */
export function readLabelSelector(text: string): Matches<Labels> | UnreadableSelector {
  if (text.trim() === '') return () => true;
  const requirements: Matches<Labels>[] = [];
  for (const part of requirementsOf(text)) {
    const requirement = readRequirement(part);
    if (!requirement) return { problem: `unable to parse requirement: found '${part}'` };
    requirements.push(requirement);
  }
  return labels => requirements.every(matches => matches(labels));
}

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
