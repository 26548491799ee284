import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMissing } from './file-error.ts';
import { removeUnfinished, replaceFile } from './replace-file.ts';

/** What a file that weighbridge itself wrote holds. */
export type OwnFile<Content> = {
  /** Absent where there is no such file, or where it is spoilt. */
  readonly content: Content | undefined;
  /** Whether there is a file that cannot be read or is none of ours. */
  readonly isSpoilt: boolean;
};

/**
 * Reads a file of our own. `parse` yields undefined, or throws, for what is none of ours; what is no file, or above `maxBytes`, is
 * none, and is not read. Never rejects.
 */
export async function loadOwnFile<Content>(
  file: string,
  maxBytes: number,
  parse: (text: string) => Content | undefined,
): Promise<OwnFile<Content>> {
  try {
    const found = await stat(file);
    // What is no file, as a pipe, may have no end.
    const isReadable = found.isFile() && found.size <= maxBytes;
    const content = isReadable ? parse(await readFile(file, 'utf8')) : undefined;
    return { content, isSpoilt: content === undefined };
  } catch (error) {
    return { content: undefined, isSpoilt: !isMissing(error) };
  }
}

/**
 * Writes a file that this user alone can read, in a folder that is theirs alone. It is replaced in one step, so that whoever reads it
 * meanwhile, and a crash in the middle, finds the old one or the new one. What others were killed in the middle of writing into that
 * folder goes. Rejects where it cannot be written.
 */
export async function saveOwnFile(file: string, text: string): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await replaceFile(file, text, 0o600);
  await removeUnfinished(folder);
}
