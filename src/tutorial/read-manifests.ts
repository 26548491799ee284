import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CORE_SCHEMA, loadAll } from 'js-yaml';
import type { Json } from '../kube/json.ts';
import { isKubeObject } from '../kube/metadata.ts';
import { type Manifests, type TutorialObject, tutorialObject } from './manifests.ts';

/** Reads the tutorial's objects. Rejects where a file is missing or says something else: they come with the program. */
export async function readManifests(folder: string): Promise<Manifests> {
  const [objects, anyArch] = await Promise.all([readFolder(folder), readFolder(join(folder, 'any-arch'))]);
  return { objects, anyArch };
}

async function readFolder(folder: string): Promise<readonly TutorialObject[]> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.yaml')).sort();
  const read = names.map(async name => {
    const file = join(folder, name);
    const documents = loadAll(await readFile(file, 'utf8'), { schema: CORE_SCHEMA }) as readonly Json[];
    return documents.filter(isKubeObject).map(object => tutorialObject(file, object));
  });
  return (await Promise.all(read)).flat();
}
