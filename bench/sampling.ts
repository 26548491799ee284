import { join } from 'node:path';
import type { DemoProcess } from '../test/terminal/demo-process.ts';
import { type EmptyPlace, PROJECT } from '../test/terminal/program.ts';
import type { Comparator, Result } from './result.ts';
import { isInstalled, run } from './run-command.ts';
import type { SamplerRate } from './sampler-rate.ts';

const BATCHES = 4;
/** At 20 a second, the batches together take ten seconds. */
const BATCH_SAMPLES = 50;

/** A curl loop at about 20 a second. It waits with a builtin, so that only curl and the shell are counted. */
const CURL_LOOP = `for ((i = 0; i < ${BATCH_SAMPLES}; i++)); do curl -s -o /dev/null "$1"; read -rt 0.035; done; times`;

/** One curl that keeps its connection, at 20 a second. */
const KEEP_ALIVE_CURL = `curl -s -o /dev/null --rate 20/s "$1/?[1-${BATCH_SAMPLES}]"; times`;

/** Rates that the sampler is to keep, and for how many samples each is looked at. */
const RATES: readonly (readonly [ratePerSecond: number, samples: number])[] = [
  [20, 200],
  [100, 1_000],
  [1_000, 10_000],
];

/**
 * Processor time per sample: of the sampler alone, and of the whole screen, beside a curl loop and a client that keeps its
 * connection at the same rate. And how exactly the sampler keeps its rate.
 */
export async function measureSampling(
  place: EmptyPlace,
  { served }: DemoProcess,
  screenMsPerSample: readonly number[],
): Promise<readonly Result[]> {
  const curl = [
    ...(await curls('curl loop', CURL_LOOP, place, served.gateway)),
    ...(await curls('curl, one kept connection', KEEP_ALIVE_CURL, place, served.gateway)),
  ];
  const program = join(PROJECT, 'bench', 'sampler-alone.ts');
  const args = [program, served.gateway, String(BATCHES), String(BATCH_SAMPLES)];
  const samplerMsPerSample = JSON.parse(await run(process.execPath, args, place.env)) as readonly number[];
  return [
    ...(await measureRates(place, served.gateway)),
    {
      what: 'CPU per sample, the sampler alone at 20/s',
      unit: 'ms',
      values: samplerMsPerSample,
      comparators: curl,
    },
    {
      what: 'CPU per sample, the whole screen at 20/s',
      unit: 'ms',
      values: screenMsPerSample,
      comparators: curl,
    },
  ];
}

/** How much later than its schedule each sample was started, at several rates; missed starts are told with the rate. */
async function measureRates({ env }: EmptyPlace, gateway: string): Promise<readonly Result[]> {
  const program = join(PROJECT, 'bench', 'sampler-rate.ts');
  const results: Result[] = [];
  for (const [ratePerSecond, samples] of RATES) {
    const args = [program, gateway, String(ratePerSecond), String(samples)];
    const { lateMs, missed, keptRate } = JSON.parse(await run(process.execPath, args, env)) as SamplerRate;
    const what = `start of a sample behind its schedule at ${ratePerSecond}/s (kept ${keptRate.toFixed(1)}/s, ${missed} missed)`;
    results.push({ what, unit: 'ms', values: lateMs, comparators: [] });
  }
  return results;
}

async function curls(
  name: string,
  script: string,
  { env }: EmptyPlace,
  gateway: string,
): Promise<readonly Comparator[]> {
  if (!(await isInstalled('curl', ['--version']))) return [];
  const values: number[] = [];
  while (values.length < BATCHES) {
    const times = await run('bash', ['-c', script, 'bash', gateway], env);
    values.push(milliseconds(times) / BATCH_SAMPLES);
  }
  return [{ name, values }];
}

/** The sum of what bash's `times` says: user and system time of the shell and of its children, as `0m0.123s`. */
function milliseconds(times: string): number {
  return [...times.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
}
