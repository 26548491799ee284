import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { type Json, type JsonObject, listIn, objectIn } from '../kube/json.ts';

/** Shorter values are words such as `true`: hiding them would hide half of a text. */
const SHORTEST_SECRET = 6;

/**
 * What a recording must not hold of these kubeconfigs: their paths, and every text of their clusters and users: credentials,
 * certificates, addresses, paths, and what credential plugins get in their environment. A file that cannot be read has none.
 */
export function kubeconfigSecrets(files: readonly string[]): readonly string[] {
  return files.flatMap(file => [file, ...textsOf(readConfig(file))]);
}

function readConfig(file: string): JsonObject {
  try {
    return objectIn(load(readFileSync(file, 'utf8')) as Json);
  } catch {
    return {};
  }
}

function textsOf({ clusters, users }: JsonObject): readonly string[] {
  const parts = [
    ...listIn(clusters).map(entry => objectIn(objectIn(entry).cluster)),
    ...listIn(users).flatMap(entry => {
      const { exec, ...user } = objectIn(objectIn(entry).user);
      // A plugin's arguments are names of clusters and regions, which messages are about.
      return [
        user,
        ...listIn(objectIn(exec).env).map(variable => ({ value: objectIn(variable).value ?? null })),
      ];
    }),
  ];
  return parts.flatMap(leaves).filter(text => text.length >= SHORTEST_SECRET);
}

function leaves(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [];
}
