import type { Kind } from '../kinds/kind.ts';
import type { Problem } from '../kinds/problems.ts';
import type { Shape } from '../kinds/schema.ts';
import { badRequest, type Refusal } from './status-error.ts';
import { goTypeOf } from './unreadable-body.ts';

/** A body that the server cannot read as the kind that its path names. */
export function unreadable(kind: Kind, version: string, why: string): Refusal {
  return badRequest(`${kind.kind} in version "${version}" cannot be handled as a ${kind.kind}: ${why}`);
}

/** Go's types of members that are not named after them. */
const GO_TYPES: Readonly<Record<string, string>> = {
  metadata: 'ObjectMeta',
  template: 'PodTemplateSpec',
  containers: 'Container',
  initContainers: 'Container',
  env: 'EnvVar',
  envFrom: 'EnvFromSource',
  resources: 'ResourceRequirements',
  volumes: 'Volume',
  volumeMounts: 'VolumeMount',
  readinessProbe: 'Probe',
  livenessProbe: 'Probe',
  startupProbe: 'Probe',
  selector: 'LabelSelector',
  matchExpressions: 'LabelSelectorRequirement',
  strategy: 'DeploymentStrategy',
  rollingUpdate: 'RollingUpdateDeployment',
  ownerReferences: 'OwnerReference',
};

function capitalized(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

/** Go's type of the member `name` of a struct of type `parent`. */
function goTypeIn(parent: string, name: string): string {
  if (name === 'ports') return parent === 'Container' ? 'ContainerPort' : 'ServicePort';
  if (name === 'spec' && parent === 'PodTemplateSpec') return 'PodSpec';
  if (name === 'spec' || name === 'status') return `${parent}${capitalized(name)}`;
  return GO_TYPES[name] ?? capitalized(name);
}

function goTypeOfShape(shape: Shape, parent: string, name: string): string {
  switch (shape.type) {
    case 'boolean':
      return 'bool';
    case 'integer':
      return shape.format;
    case 'integerOrString':
      return 'int32';
    case 'number':
      return 'float64';
    case 'list':
      return `[]${goTypeOfShape(shape.item, parent, name)}`;
    case 'map':
      return `map[string]${goTypeOfShape(shape.item, parent, name)}`;
    case 'object':
      return `v1.${goTypeIn(parent, name)}`;
    default:
      return 'string';
  }
}

/** The struct that has the last member of a path, as Go knows it. */
function ownerOf(kind: Kind, members: readonly string[]): string {
  return members.slice(0, -1).reduce(goTypeIn, kind.kind);
}

type WrongType = NonNullable<Problem['wrongType']>;

/** An object that has a value of the wrong type, in the words of Go's decoder. */
export function malformedObject(kind: Kind, version: string, mistake: WrongType): Refusal {
  const { value, shape, isInMap = false } = mistake;
  const path = mistake.path.replaceAll(/\[\d+\]/g, '').split('.');
  const members = isInMap ? path.slice(0, -1) : path;
  const owner = ownerOf(kind, members);
  const number = typeof value === 'number' && shape.type === 'integer' ? `number ${value}` : goTypeOf(value);
  const expected = goTypeOfShape(shape, owner, members.at(-1) ?? '');
  const into = `Go struct field ${owner}.${members.join('.')} of type ${expected}`;
  return unreadable(kind, version, `json: cannot unmarshal ${number} into ${into}`);
}
