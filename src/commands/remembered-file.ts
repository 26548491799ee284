import { join } from 'node:path';
import {
  type Remembered,
  type RememberedPlace,
  readRemembered,
  rememberedAsText,
  withChoice,
  withContext,
} from '../session/remembered.ts';
import { loadOwnFile, saveOwnFile } from './own-file.ts';
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
  const { content = new Map(), isSpoilt } = await loadOwnFile(file, MAX_BYTES, readRemembered);
  return { remembered: content, isSpoilt };
}

/** Adds a choice to the file. Rejects where it cannot be written. */
export async function saveChoice(file: string, context: string, choice: RememberedPlace): Promise<void> {
  // Read again: another weighbridge may have written since.
  const { remembered } = await loadRemembered(file);
  const places = withChoice(remembered.get(context) ?? [], choice);
  await saveOwnFile(file, rememberedAsText(withContext(remembered, context, places)));
}
