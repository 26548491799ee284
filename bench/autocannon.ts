import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { EmptyPlace } from '../test/terminal/program.ts';
import { costOf } from './process-cost.ts';
import type { Comparator } from './result.ts';
import { run } from './run-command.ts';
import type { Batches } from './sample-meter.ts';

/** The version on npm. */
const VERSION = '8.0.0';
const RATE = 20;
const CONNECTIONS = 4;

/** autocannon held to 20 requests a second; none, with a sentence on stderr, where npm cannot get it. */
export async function measureAutocannon(
  place: EmptyPlace,
  gateway: string,
  batches: Batches,
): Promise<readonly Comparator[]> {
  const program = await installAutocannon(process.env);
  if (program === undefined) {
    process.stderr.write(`npm cannot install autocannon ${VERSION}: it is left out of the comparison.\n`);
    return [];
  }
  return [
    { name: `autocannon held to ${RATE}/s`, values: await costPerRequest(program, place, gateway, batches) },
  ];
}

/** Its program, kept in the cache folder from one run to the next. */
async function installAutocannon(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const cache = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(cache, 'weighbridge-bench', `autocannon-${VERSION}`);
  const marker = join(folder, 'installed');
  const program = join(folder, 'node_modules', 'autocannon', 'autocannon.js');
  if (existsSync(marker)) return program;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const flags = ['--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', '--silent'];
  try {
    await run('npm', ['install', ...flags, `autocannon@${VERSION}`], env);
  } catch {
    return undefined;
  }
  // Last, so that an interrupted installation is repeated.
  writeFileSync(marker, '');
  return program;
}

async function costPerRequest(
  program: string,
  { env }: EmptyPlace,
  gateway: string,
  { warmUpSamples, batches, batchSamples }: Batches,
): Promise<readonly number[]> {
  // It is told to run for longer than it is looked at, and is ended then.
  const seconds = Math.ceil((warmUpSamples + batches * batchSamples) / RATE) * 2;
  const load = ['-R', String(RATE), '-c', String(CONNECTIONS), '-d', String(seconds), '--no-progress'];
  const child = spawn(process.execPath, [program, ...load, gateway], { env, stdio: 'ignore' });
  const closed = once(child, 'close');
  const pid = child.pid ?? 0;
  try {
    await setTimeout((warmUpSamples / RATE) * 1000);
    const values: number[] = [];
    while (values.length < batches) {
      const { cpuMs } = costOf(pid);
      const startMs = performance.now();
      await setTimeout((batchSamples / RATE) * 1000);
      const requests = ((performance.now() - startMs) / 1000) * RATE;
      values.push((costOf(pid).cpuMs - cpuMs) / requests);
    }
    return values;
  } finally {
    child.kill('SIGTERM');
    await closed;
  }
}
