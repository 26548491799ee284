import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isRunning } from './running-process.ts';

/**
 * Writes a file in one step, so that whoever reads it meanwhile, and a crash in the middle, finds the old one or the new one.
 * Rejects where it cannot be written, and leaves nothing beside it; of a process that is killed in the middle `removeUnfinished`
 * takes away what it leaves.
 */
export async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const beside = `${file}~${thisHost()}~${process.pid}~${crypto.randomUUID().slice(0, 8)}`;
  try {
    // Never through a link that somebody else has put there.
    await writeFile(beside, text, { mode, flag: 'wx' });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** Of a file that is not yet in its place: the machine and the process that write it. */
const UNFINISHED = /~([^~]+)~(\d+)~[\da-f]{8}$/;

/** Takes away what processes of this machine were killed in the middle of writing into a folder. Never rejects. */
export async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const [, host, pid] = UNFINISHED.exec(name) ?? [];
    if (host !== thisHost() || isRunning(Number(pid))) continue;
    await rm(join(folder, name), { force: true }).catch(() => undefined);
  }
}

/** As it stands in names of files. */
function thisHost(): string {
  return hostname().replace(/[^\w.-]/g, '_');
}
