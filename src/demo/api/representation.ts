import type { Json } from '../json.ts';
import type { Kind, KubeObject } from '../kinds/kind.ts';
import { groupVersion } from '../kinds/kind.ts';
import { emptyObject } from './decode-object.ts';
import { objectText, presented } from './presented-object.ts';
import { PROTOBUF } from './protobuf-object.ts';
import { type ApiRequest, headerOf } from './request.ts';
import { badRequest, notAcceptable, type Refusal } from './status-error.ts';

/** The form in which a client wants to read objects. */
export type Representation = {
  readonly form: 'object' | 'metadata' | 'table';
  /** Of the form itself: `v1`, or the `v1beta1` of old clients. */
  readonly version: string;
  readonly mediaType: 'application/json' | 'application/yaml';
  /** What of its object each row of a table carries. */
  readonly rowObject: 'None' | 'Metadata' | 'Object';
};

const META = 'meta.k8s.io';
const SPOKEN = ['application/json', 'application/yaml'] as const;
const FORMS = {
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadata',
} as const;

type Accepted = Pick<Representation, 'form' | 'version' | 'mediaType'>;

/** What one media type of an `Accept` header asks for; `undefined` when it is not spoken here. */
function readAccepted(text: string): Accepted | undefined {
  const [type = '', ...parameters] = text.split(';').map(part => part.trim());
  const isAny = type === '*/*' || type === 'application/*' || type === '';
  const mediaType = isAny ? 'application/json' : SPOKEN.find(spoken => spoken === type);
  if (!mediaType) return undefined;
  const {
    as,
    g,
    v = 'v1',
  } = Object.fromEntries(parameters.map(parameter => parameter.split('='))) as {
    readonly [name: string]: string | undefined;
  };
  if (as === undefined) return { form: 'object', version: '', mediaType };
  const form = Object.hasOwn(FORMS, as) ? FORMS[as as keyof typeof FORMS] : undefined;
  return form && g === META && (v === 'v1' || v === 'v1beta1') ? { form, version: v, mediaType } : undefined;
}

/** The first form that the client accepts and the API speaks. */
export function readRepresentation(request: ApiRequest): Representation | Refusal {
  const accepted = headerOf(request, 'accept').split(',').map(readAccepted);
  const chosen = accepted.find(found => found !== undefined);
  if (!chosen) return notAcceptable([...SPOKEN, PROTOBUF]);
  const include = request.query.get('includeObject') || 'Metadata';
  if (chosen.form !== 'table') return { ...chosen, rowObject: 'Metadata' };
  if (include === 'None' || include === 'Metadata' || include === 'Object')
    return { ...chosen, rowObject: include };
  return badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: "${include}": must be 'Metadata', 'Object', 'None', or empty`,
  );
}

/** Only what is known of any object. */
export function metadataOf(object: KubeObject, version: string) {
  return { kind: 'PartialObjectMetadata', apiVersion: `${META}/${version}`, metadata: object.metadata };
}

function columnDefinitions(kind: Kind) {
  return kind.columns.map(({ name, type, format, description, priority }) => ({
    name,
    type,
    format,
    description,
    priority,
  }));
}

function rowOf(kind: Kind, version: string, object: KubeObject, how: Representation, nowMs: number) {
  const cells = kind.columns.map(column => column.cellOf(object, nowMs));
  switch (how.rowObject) {
    case 'None':
      return { cells, object: null };
    case 'Metadata':
      return { cells, object: metadataOf(object, how.version) };
    case 'Object':
      return { cells, object: presented(kind, version, object) };
  }
}

/** Objects as the table that `kubectl get` prints. */
export function tableOf(
  kind: Kind,
  version: string,
  objects: readonly KubeObject[],
  metadata: object,
  how: Representation,
  nowMs: number,
  withColumns = true,
) {
  return {
    kind: 'Table',
    apiVersion: `${META}/${how.version}`,
    metadata,
    columnDefinitions: withColumns ? columnDefinitions(kind) : null,
    rows: objects.map(object => rowOf(kind, version, object, how, nowMs)),
  };
}

/** One object in the form that the client wants, as JSON text. */
export function representOne(
  kind: Kind,
  version: string,
  object: KubeObject,
  how: Representation,
  nowMs: number,
  withColumns = true,
): string {
  switch (how.form) {
    case 'object':
      return objectText(kind, version, object);
    case 'metadata':
      return JSON.stringify(metadataOf(object, how.version));
    case 'table': {
      const { resourceVersion } = object.metadata;
      const metadata = resourceVersion === undefined ? {} : { resourceVersion };
      return JSON.stringify(tableOf(kind, version, [object], metadata, how, nowMs, withColumns));
    }
  }
}

/** An object of which nothing is known but `metadata`, as a watch's bookmarks are. */
export function bookmarkOf(
  kind: Kind,
  version: string,
  metadata: { readonly [name: string]: Json },
): KubeObject {
  // Columns are made of whole objects; this one has every part that an object always has, each empty.
  return {
    ...emptyObject(kind.shape),
    kind: kind.kind,
    apiVersion: groupVersion(kind.group, version),
    metadata,
  } as unknown as KubeObject;
}
