import type { Kind, Verb } from '../../kinds/kind.ts';
import { KINDS } from '../../kinds/kinds.ts';
import { patchTypes } from '../patch-object.ts';

/** One thing that can be done at one path, apart from how either version of OpenAPI puts it. */
export type Operation = {
  readonly path: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As `x-kubernetes-action` says it. */
  readonly action: string;
  readonly kind: Kind;
  readonly version: string;
  /** Parts of the path that a request fills in. */
  readonly pathParameters: readonly string[];
  readonly queryParameters: readonly string[];
  /** Media types of the body; none when there is none. */
  readonly bodyTypes: readonly string[];
};

const WRITING = ['dryRun', 'fieldManager', 'fieldValidation'];
const LISTING = [
  'labelSelector',
  'fieldSelector',
  'limit',
  'continue',
  'resourceVersion',
  'watch',
  'timeoutSeconds',
];
const BODIES = ['application/json', 'application/yaml'];

type Row = Pick<Operation, 'method' | 'action' | 'queryParameters' | 'bodyTypes'> & { readonly verb: Verb };

const ON_COLLECTION: readonly Row[] = [
  { verb: 'list', method: 'get', action: 'list', queryParameters: LISTING, bodyTypes: [] },
  { verb: 'create', method: 'post', action: 'post', queryParameters: WRITING, bodyTypes: BODIES },
  {
    verb: 'deletecollection',
    method: 'delete',
    action: 'deletecollection',
    queryParameters: LISTING,
    bodyTypes: [],
  },
];

function onObject(kind: Kind): readonly Row[] {
  return [
    { verb: 'get', method: 'get', action: 'get', queryParameters: [], bodyTypes: [] },
    { verb: 'update', method: 'put', action: 'put', queryParameters: WRITING, bodyTypes: BODIES },
    {
      verb: 'patch',
      method: 'patch',
      action: 'patch',
      queryParameters: [...WRITING, 'force'],
      bodyTypes: patchTypes(kind),
    },
    { verb: 'delete', method: 'delete', action: 'delete', queryParameters: ['dryRun'], bodyTypes: BODIES },
  ];
}

/** `/api/v1` or `/apis/GROUP/VERSION`. */
export function rootOf(group: string, version: string): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

function operationsOf(kind: Kind, version: string): readonly Operation[] {
  const inNamespace = kind.isNamespaced ? '/namespaces/{namespace}' : '';
  const collection = `${rootOf(kind.group, version)}${inNamespace}/${kind.resource}`;
  const around = kind.isNamespaced ? ['namespace'] : [];
  const at = (path: string, pathParameters: readonly string[], rows: readonly Row[]) =>
    rows
      .filter(({ verb }) => kind.verbs.includes(verb))
      .map(({ verb: _, ...row }) => ({ ...row, path, kind, version, pathParameters }));
  return [
    ...at(collection, around, ON_COLLECTION),
    ...at(`${collection}/{name}`, [...around, 'name'], onObject(kind)),
  ];
}

/** Everything that can be done with the kinds of one group and version. */
export function operationsIn(group: string, version: string): readonly Operation[] {
  const kinds = KINDS.filter(kind => kind.group === group && kind.versions.includes(version));
  return kinds.flatMap(kind => operationsOf(kind, version));
}

/** `io.k8s.api.apps.v1.Deployment`: the name under which a kind's schema is published. */
export function schemaName(kind: Kind, version: string): string {
  const group = kind.group === '' ? 'core' : (kind.group.split('.')[0] ?? '');
  if (!kind.isCustom) return `io.k8s.api.${group}.${version}.${kind.kind}`;
  return `${kind.group.split('.').reverse().join('.')}.${version}.${kind.kind}`;
}

/** What ties a schema or an operation to a kind. */
export function groupVersionKind(kind: Kind, version: string) {
  return { group: kind.group, version, kind: kind.kind };
}

const TYPES: Readonly<Record<string, string>> = {
  force: 'boolean',
  watch: 'boolean',
  limit: 'integer',
  timeoutSeconds: 'integer',
};

/** The type of a parameter of the query. */
export function parameterType(name: string): string {
  return TYPES[name] ?? 'string';
}
