import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file in one step, so that whoever reads it meanwhile, and a crash in the middle, finds the old one or the new one.
 * Rejects where it cannot be written, and leaves nothing beside it.
 */
export async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const beside = `${file}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    // Never through a link that somebody else has put there.
    await writeFile(beside, text, { mode, flag: 'wx' });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
