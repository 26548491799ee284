import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DEAF = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';

/** Never goes on: deaf to SIGTERM, with a child that is as well. The ids of both are in the file `hanging` of the folder. */
export async function hang(folder: string): Promise<never> {
  process.on('SIGTERM', () => undefined);
  const child = spawn(process.execPath, ['-e', DEAF], { stdio: 'inherit' });
  writeFileSync(join(folder, 'hanging'), `${process.pid} ${child.pid}`);
  return new Promise(() => setInterval(() => undefined, 1_000));
}
