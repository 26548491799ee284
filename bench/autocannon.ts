import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { EmptyPlace } from '../test/terminal/program.ts';
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
    {
      name: `autocannon at ${RATE}/s, a burst a second`,
      values: await costPerRequest(program, place, gateway, batches),
    },
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
  batches: Batches,
): Promise<readonly number[]> {
  // It is told to run for longer than it is metered, and ends then.
  const seconds = Math.ceil((batches.warmUpSamples + batches.batches * batches.batchSamples) / RATE) * 2;
  const load = ['-R', String(RATE), '-c', String(CONNECTIONS), '-d', String(seconds), '--no-progress'];
  const meter = ['--import', new URL('request-meter.ts', import.meta.url).href];
  const metered = { ...env, BATCHES: JSON.stringify(batches), REQUESTS_A_SECOND: String(RATE) };
  const output = await run(process.execPath, [...meter, program, ...load, gateway], metered);
  return JSON.parse(output) as readonly number[];
}
