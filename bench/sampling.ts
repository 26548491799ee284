import { join } from 'node:path';
import type { DemoProcess } from '../test/terminal/demo-process.ts';
import { type EmptyPlace, PROJECT } from '../test/terminal/program.ts';
import type { Comparator, Result } from './result.ts';
import { isInstalled, run } from './run-command.ts';

const BATCHES = 4;
/** At 20 a second, the batches together take ten seconds. */
const BATCH_SAMPLES = 50;

/** A curl loop at about 20 a second. It waits with a builtin, so that only curl and the shell are counted. */
const CURL_LOOP = `for ((i = 0; i < ${BATCH_SAMPLES}; i++)); do curl -s -o /dev/null "$1"; read -rt 0.035; done; times`;

/** Processor time per sample: of the sampler alone, and of the whole screen, beside a curl loop at the same rate. */
export async function measureSampling(
  place: EmptyPlace,
  { served }: DemoProcess,
  screenMsPerSample: readonly number[],
): Promise<readonly Result[]> {
  const curl = await curlLoop(place, served.gateway);
  const program = join(PROJECT, 'bench', 'sampler-alone.ts');
  const args = [program, served.gateway, String(BATCHES), String(BATCH_SAMPLES)];
  const samplerMsPerSample = JSON.parse(await run(process.execPath, args, place.env)) as readonly number[];
  return [
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

async function curlLoop({ env }: EmptyPlace, gateway: string): Promise<readonly Comparator[]> {
  if (!(await isInstalled('curl', ['--version']))) return [];
  const values: number[] = [];
  while (values.length < BATCHES) {
    const times = await run('bash', ['-c', CURL_LOOP, 'bash', gateway], env);
    values.push(milliseconds(times) / BATCH_SAMPLES);
  }
  return [{ name: 'curl loop', values }];
}

/** The sum of what bash's `times` says: user and system time of the shell and of its children, as `0m0.123s`. */
function milliseconds(times: string): number {
  return [...times.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
}
