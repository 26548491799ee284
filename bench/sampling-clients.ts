import { join } from 'node:path';
import { type EmptyPlace, PROJECT } from '../test/terminal/program.ts';
import { measureAutocannon } from './autocannon.ts';
import type { Comparator } from './result.ts';
import { isInstalled, run } from './run-command.ts';
import type { Batches } from './sample-meter.ts';

const CURL_RUNS = 4;
const CURL_SAMPLES = 50;

/** Each asks at about 20 a second, and says at its end what processor time the shell and its children took. */
const CURLS: readonly (readonly [name: string, script: string])[] = [
  [
    "the tutorial's loop (curl, grep, sleep)",
    `i=0; while sleep 0.03 && ((i++ < ${CURL_SAMPLES})); do curl -s "$1" | grep '<h1' >/dev/null; done; times`,
  ],
  // It waits with a builtin, so that only curl and the shell are counted.
  [
    'curl loop',
    `for ((i = 0; i < ${CURL_SAMPLES}; i++)); do curl -s -o /dev/null "$1"; read -rt 0.035; done; times`,
  ],
  ['curl, one kept connection', `curl -s -o /dev/null --rate 20/s "$1/?[1-${CURL_SAMPLES}]"; times`],
];

/** It asks in a burst each second, so a batch is one of whole seconds. */
const AUTOCANNON_SAMPLES = 100;

/** Processor time per request, in milliseconds, of what could sample in the sampler's place. */
export async function measureClients(
  place: EmptyPlace,
  gateway: string,
  batches: Batches,
): Promise<readonly Comparator[]> {
  return [
    ...(await measureCurls(place, gateway)),
    ...(await measureAutocannon(place, gateway, { ...batches, batchSamples: AUTOCANNON_SAMPLES })),
    {
      name: 'a bare socket in Node, the floor',
      values: await costOfProcess('bare-socket.ts', place, gateway, batches),
    },
  ];
}

/** What a program of this folder says that a sample costs it. */
export async function costOfProcess(
  program: string,
  { env }: EmptyPlace,
  gateway: string,
  batches: Batches,
): Promise<readonly number[]> {
  const args = [join(PROJECT, 'bench', program), gateway, JSON.stringify(batches)];
  return JSON.parse(await run(process.execPath, args, env)) as readonly number[];
}

async function measureCurls({ env }: EmptyPlace, gateway: string): Promise<readonly Comparator[]> {
  if (!(await isInstalled('curl'))) return [];
  const comparators: Comparator[] = [];
  for (const [name, script] of CURLS) {
    const values: number[] = [];
    while (values.length < CURL_RUNS) {
      const times = await run('bash', ['-c', script, 'bash', gateway], env);
      values.push(milliseconds(times) / CURL_SAMPLES);
    }
    comparators.push({ name, values });
  }
  return comparators;
}

/** The sum of what bash's `times` says: user and system time of the shell and of its children, as `0m0.123s`. */
function milliseconds(times: string): number {
  return [...times.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
}
