import { dirname, isAbsolute, join, sep } from 'node:path';
import type { Cluster, User } from '@kubernetes/client-node';
import { type Json, type JsonObject, listIn, objectIn, textIn } from './json.ts';

/** A user of a kubeconfig, with the fields that the client library does not read. */
export type KubeconfigUser = User & {
  /** Read before each request: what is in it changes. Wins over `token`. */
  readonly tokenFile?: string | undefined;
  /** Headers that ask to act as somebody else. */
  readonly impersonation?: Readonly<Record<string, readonly string[]>>;
};

/** A cluster of a kubeconfig, with what only a credential plugin reads. */
export type KubeconfigCluster = Cluster & { readonly pluginConfig?: Json };

/** A user with all that kubectl knows of one; relative paths are those of the kubeconfig `file`. */
export function completeUser(user: User, raw: JsonObject, file: string): KubeconfigUser {
  const tokenFile = textIn(raw.tokenFile);
  const exec = objectIn(raw.exec);
  const command = textIn(exec.command) ?? '';
  return {
    ...user,
    ...(tokenFile ? { tokenFile: beside(file, tokenFile) } : {}),
    // A command without a separator is looked up on the PATH.
    ...(command.includes(sep) ? { exec: { ...exec, command: beside(file, command) } } : {}),
    ...(user.certFile ? { certFile: beside(file, user.certFile) } : {}),
    ...(user.keyFile ? { keyFile: beside(file, user.keyFile) } : {}),
    impersonation: impersonationOf(raw),
  };
}

export function completeCluster(cluster: Cluster, raw: JsonObject, file: string): KubeconfigCluster {
  const extension = listIn(raw.extensions)
    .map(objectIn)
    .find(({ name }) => name === 'client.authentication.k8s.io/exec');
  return {
    ...cluster,
    ...(cluster.caFile ? { caFile: beside(file, cluster.caFile) } : {}),
    ...(extension?.extension === undefined ? {} : { pluginConfig: extension.extension }),
  };
}

function beside(file: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path);
}

function impersonationOf(raw: JsonObject): Readonly<Record<string, readonly string[]>> {
  const groups = listIn(raw['as-groups']).map(String);
  const extra = Object.entries(objectIn(raw['as-user-extra'])).map(
    ([key, values]) =>
      [`Impersonate-Extra-${encodeURIComponent(key.toLowerCase())}`, listIn(values).map(String)] as const,
  );
  const named = [
    ['Impersonate-User', [textIn(raw.as) ?? '']],
    ['Impersonate-Uid', [textIn(raw['as-uid']) ?? '']],
    ['Impersonate-Group', groups],
    ...extra,
  ] as const;
  return Object.fromEntries(named.filter(([, values]) => values.some(value => value !== '')));
}
