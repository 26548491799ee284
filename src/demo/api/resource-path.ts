import type { Kind } from '../kinds/kind.ts';
import { KINDS, versionsOf } from '../kinds/kinds.ts';

/** What the path of a request names, under one group and version. */
export type ResourcePath = {
  readonly kind: Kind;
  readonly version: string;
  /** Absent for kinds without namespaces, and for all namespaces together. */
  readonly namespace: string | undefined;
  /** Absent for the whole collection. */
  readonly name: string | undefined;
  readonly subresource: string | undefined;
};

export type GroupVersionPath = {
  readonly group: string;
  readonly version: string;
  readonly rest: readonly string[];
};

/** Splits `/api/v1/…` and `/apis/GROUP/VERSION/…`; `undefined` when the path is neither, or the version is not served. */
export function readGroupVersion(path: string): GroupVersionPath | undefined {
  const [, root, ...parts] = path.replace(/\/$/, '').split('/').map(decodePart);
  const isCore = root === 'api';
  if (!isCore && root !== 'apis') return undefined;
  const [group = '', version, ...rest] = isCore ? ['', ...parts] : parts;
  return version !== undefined && versionsOf(group).includes(version) ? { group, version, rest } : undefined;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The kind, namespace and name behind a group and version; `undefined` when no such kind is served there. */
export function readResourcePath({ group, version, rest }: GroupVersionPath): ResourcePath | undefined {
  const find = (resource: string | undefined, isNamespaced: boolean) =>
    KINDS.find(
      kind => kind.group === group && kind.resource === resource && kind.isNamespaced === isNamespaced,
    );
  const [first, second, third, fourth, fifth, ...more] = rest;
  if (more.length > 0) return undefined;
  const namespaced = first === 'namespaces' ? find(third, true) : undefined;
  if (namespaced) return { kind: namespaced, version, namespace: second, name: fourth, subresource: fifth };
  if (fourth !== undefined) return undefined;
  const clusterWide = find(first, false);
  if (clusterWide)
    return { kind: clusterWide, version, namespace: undefined, name: second, subresource: third };
  const everywhere = find(first, true);
  if (!everywhere || second !== undefined) return undefined;
  return { kind: everywhere, version, namespace: undefined, name: undefined, subresource: undefined };
}
