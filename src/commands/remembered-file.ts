import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type Remembered,
  type RememberedPlace,
  readRemembered,
  rememberedAsText,
  withChoice,
  withContext,
} from '../session/remembered.ts';
import { replaceFile } from './replace-file.ts';
import { stateFolder } from './state-folder.ts';

/** Far above what the bounds on contexts and namespaces allow. */
const MAX_BYTES = 2_000_000;

/** Where choices are remembered, under the XDG state folder. */
export function rememberedFile(env: NodeJS.ProcessEnv): string {
  return join(stateFolder(env), 'places.json');
}

/** What the file holds; nothing where there is no file, and nothing with `isSpoilt` where it is none of ours. */
export async function loadRemembered(
  file: string,
): Promise<{ readonly remembered: Remembered; readonly isSpoilt: boolean }> {
  try {
    const isTooLong = (await stat(file)).size > MAX_BYTES;
    const remembered = isTooLong ? undefined : readRemembered(await readFile(file, 'utf8'));
    return { remembered: remembered ?? new Map(), isSpoilt: remembered === undefined };
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { remembered: new Map(), isSpoilt: !isMissing };
  }
}

/**
 * Adds a choice to the file, which this user alone can read. It is replaced in one step, so that whoever reads it meanwhile,
 * and a crash in the middle, finds the old one or the new one. Rejects where it cannot be written.
 */
export async function saveChoice(file: string, context: string, choice: RememberedPlace): Promise<void> {
  // Read again: another weighbridge may have written since.
  const { remembered } = await loadRemembered(file);
  const places = withChoice(remembered.get(context) ?? [], choice);
  const text = rememberedAsText(withContext(remembered, context, places));
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await replaceFile(file, text, 0o600);
}
