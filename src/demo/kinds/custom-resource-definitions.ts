import { column, nameColumn } from './column.ts';
import { defineKind, type KubeObject } from './kind.ts';
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

/** The definitions of the custom kinds. They come with the cluster, and can be read and not changed. */
export const CUSTOM_RESOURCE_DEFINITIONS = defineKind<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  versions: ['v1'],
  resource: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  isNamespaced: false,
  verbs: ['get', 'list', 'watch'],
  hasGeneration: true,
  schema: DEFINITION,
  columns: [
    nameColumn,
    column('Created At', ({ metadata }) => metadata.creationTimestamp ?? null, { type: 'date' }),
  ],
});
