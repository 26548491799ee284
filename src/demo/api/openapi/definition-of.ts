import type { Json } from '../../json.ts';
import { type CustomResourceDefinition, establishedStatus } from '../../kinds/custom-resource-definitions.ts';
import type { Kind } from '../../kinds/kind.ts';
import { fieldSchema } from './field-schema.ts';

function namesOf({ kind, resource, singular, shortNames, categories }: Kind) {
  return { categories, kind, listKind: `${kind}List`, plural: resource, shortNames, singular };
}

/** The columns that a definition names, besides the name and the age that every kind has without a word. */
function printerColumns({ columns }: Kind) {
  const own = columns.filter(({ jsonPath }) => jsonPath !== '');
  if (own.length === 1) return {};
  const additionalPrinterColumns = own.map(({ name, type, jsonPath, description }) => ({
    name,
    type,
    jsonPath,
    description,
  }));
  return { additionalPrinterColumns };
}

function schemaOf(kind: Kind): Json {
  const { metadata: _, apiVersion: _apiVersion, kind: _kind, ...members } = kind.shape.members;
  return {
    openAPIV3Schema: fieldSchema({ ...kind.shape, members, required: kind.schema.required }, 'custom'),
  };
}

/** The CustomResourceDefinition that makes an API server serve `kind`, without its metadata. */
export function definitionOf(
  kind: Kind,
  establishedAt: string,
): Pick<CustomResourceDefinition, 'spec' | 'status'> {
  const spec: CustomResourceDefinition['spec'] = {
    conversion: { strategy: 'None' },
    group: kind.group,
    names: namesOf(kind),
    scope: 'Namespaced',
    versions: kind.versions.map((name, index) => ({
      ...printerColumns(kind),
      name,
      schema: schemaOf(kind),
      served: true,
      storage: index === 0,
      subresources: { status: {} },
    })),
  };
  return { spec, status: establishedStatus(spec, establishedAt) };
}
