import { column, nameColumn } from './column.ts';
import { defineKind, type KubeObject } from './kind.ts';
import type { Problem } from './problems.ts';
import { anything, boolean, type Held, listBy, listOf, object, oneOf, string, time } from './schema.ts';

const NAMES = object(
  { plural: string, kind: string },
  { singular: string, listKind: string, shortNames: listOf(string), categories: listOf(string) },
);

const VERSION = object(
  { name: string, served: boolean, storage: boolean },
  {
    schema: anything,
    subresources: anything,
    additionalPrinterColumns: listOf(
      object(
        { name: string, type: string, jsonPath: string },
        { description: string, format: string, priority: anything },
      ),
    ),
  },
);

const CONDITION = object(
  { type: string, status: string },
  { reason: string, message: string, lastTransitionTime: time },
);

const DEFINITION = object(
  {
    spec: object(
      { group: string, names: NAMES, scope: oneOf('Cluster', 'Namespaced'), versions: listOf(VERSION) },
      { conversion: object({ strategy: string }, { webhook: anything }) },
    ),
  },
  {
    status: object(
      {},
      { acceptedNames: NAMES, conditions: listBy(['type'], CONDITION), storedVersions: listOf(string) },
    ),
  },
);
export type CustomResourceDefinition = KubeObject & Held<typeof DEFINITION>;

/** Where the kinds stand that can be defined; a definition of any other would promise what this cluster cannot serve. */
const SERVED_GROUP = 'networking.istio.io';
const SERVED_KINDS: Readonly<Record<string, string>> = {
  destinationrules: 'DestinationRule',
  gateways: 'Gateway',
  virtualservices: 'VirtualService',
};

function validate({ metadata, spec }: Partial<CustomResourceDefinition>): readonly Problem[] {
  // What is required and absent has been found before.
  if (!spec?.names || !metadata) return [];
  const { group, names } = spec;
  if (group !== SERVED_GROUP || SERVED_KINDS[names.plural] !== names.kind) {
    const known = Object.keys(SERVED_KINDS).map(name => `"${name}.${SERVED_GROUP}"`);
    const message = `Unsupported value: "${names.plural}.${group}": supported values: ${known.join(', ')}`;
    return [{ reason: 'FieldValueNotSupported', field: 'spec.names.plural', message }];
  }
  if (metadata.name === `${names.plural}.${group}`) return [];
  const message = `Invalid value: "${metadata.name}": must be spec.names.plural+"."+spec.group`;
  return [{ reason: 'FieldValueInvalid', field: 'metadata.name', message }];
}

/**
 * The definitions of the custom kinds. Those that this cluster knows can be made where they are missing, as an installation of
 * Istio does; they cannot be changed or deleted.
 */
export const CUSTOM_RESOURCE_DEFINITIONS = defineKind<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  versions: ['v1'],
  resource: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  isNamespaced: false,
  verbs: ['create', 'get', 'list', 'watch'],
  hasGeneration: true,
  schema: DEFINITION,
  validate,
  columns: [
    nameColumn,
    column('Created At', ({ metadata }) => metadata.creationTimestamp ?? null, { type: 'date' }),
  ],
});

/** What is said of a definition whose names nobody else has, once its kind is served. */
export function establishedStatus(
  { names, versions }: CustomResourceDefinition['spec'],
  lastTransitionTime: string,
): NonNullable<CustomResourceDefinition['status']> {
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: 'True',
    reason,
    message,
    lastTransitionTime,
  });
  return {
    acceptedNames: names,
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    storedVersions: versions.filter(({ storage }) => storage).map(({ name }) => name),
  };
}
