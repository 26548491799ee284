import type { Collection } from '../kube/cluster-api.ts';
import { objectIn, textIn } from '../kube/json.ts';
import type { KubeObject } from '../kube/metadata.ts';
import { ISTIO_GROUP } from '../kube/virtual-service.ts';

/** One object of the tutorial, as its file says it: without a namespace, so that any will do. */
export type TutorialObject = {
  /** Path of its file. */
  readonly file: string;
  readonly kind: TutorialKind;
  readonly name: string;
  readonly object: KubeObject;
};

export type TutorialKind = keyof typeof PLURALS;

/** The objects that the tutorial applies, in the order of their files, which is the one that is safe. */
export type Manifests = {
  readonly objects: readonly TutorialObject[];
  /** Deployments of the same names with what they need, for nodes that cannot run or pull the images of the others. */
  readonly anyArch: readonly TutorialObject[];
};

/** The two versions of the application, the one that runs first first. */
export const VERSIONS = ['v1', 'v2'] as const;

export type VersionName = (typeof VERSIONS)[number];

const PLURALS = {
  ConfigMap: 'configmaps',
  Deployment: 'deployments',
  Service: 'services',
  DestinationRule: 'destinationrules',
  Gateway: 'gateways',
  VirtualService: 'virtualservices',
} as const;

function isTutorialKind(kind: string): kind is TutorialKind {
  return kind in PLURALS;
}

/** What a file of the manifests holds; throws for anything that the tutorial does not know, as the files are part of the program. */
export function tutorialObject(file: string, object: KubeObject): TutorialObject {
  const kind = textIn(object.kind) ?? '';
  const name = textIn(object.metadata.name);
  if (!isTutorialKind(kind) || name === undefined) throw new Error(`${file} holds no object of the tutorial`);
  return { file, kind, name, object };
}

/** `Deployment myapp-v1` */
export function objectWords({ kind, name }: Pick<TutorialObject, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** The collection that an object goes into; Istio's kinds in the version that the server has. */
export function collectionFor(
  { kind, object }: Pick<TutorialObject, 'kind' | 'object'>,
  namespace: string,
  istioVersion: string | undefined,
): Collection {
  const [version = '', group = ''] = (textIn(object.apiVersion) ?? '').split('/').toReversed();
  return {
    group,
    version: group === ISTIO_GROUP ? (istioVersion ?? version) : version,
    plural: PLURALS[kind],
    namespace,
  };
}

/** The object as it is sent to that collection. */
export function objectFor(object: KubeObject, { group, version, namespace }: Collection): KubeObject {
  return {
    ...object,
    apiVersion: group === '' ? version : `${group}/${version}`,
    metadata: { ...object.metadata, ...(namespace === undefined ? {} : { namespace }) },
  };
}

/** The label that says which version an object belongs to; undefined for one of both. */
export function versionOf({ object }: TutorialObject): VersionName | undefined {
  const { version } = objectIn(object.metadata.labels);
  return VERSIONS.find(name => name === version);
}

/** The object of that kind, and of that version where one is named. */
export function findObject(
  objects: readonly TutorialObject[],
  kind: TutorialKind,
  version?: VersionName,
): TutorialObject | undefined {
  return objects.find(one => one.kind === kind && (version === undefined || versionOf(one) === version));
}
