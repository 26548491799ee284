import { join } from 'node:path';
import type { DemoProcess } from '../test/terminal/demo-process.ts';
import { type EmptyPlace, PROJECT } from '../test/terminal/program.ts';
import { percentileOf, type Result } from './result.ts';
import { run } from './run-command.ts';
import type { SamplerRate, Start } from './sampler-rate.ts';

/** Runs of one sampler, without a pause between them and after one that is not counted. */
const RUNS = 4;

/** Rates that the sampler is to keep, and how many samples are a run: some seconds, and enough for a p99. */
const RATES: readonly (readonly [ratePerSecond: number, samples: number])[] = [
  [20, 100],
  [100, 300],
  [1_000, 3_000],
];

/** How exactly the sampler keeps its rates: what comes of them, and how much later than its schedule it starts samples. */
export async function measureRates({ env }: EmptyPlace, { served }: DemoProcess): Promise<readonly Result[]> {
  const program = join(PROJECT, 'bench', 'sampler-rate.ts');
  const results: Result[] = [];
  for (const [ratePerSecond, samples] of RATES) {
    const args = [program, served.gateway, String(ratePerSecond), String(samples), String(samples * RUNS)];
    const { starts, missed } = JSON.parse(await run(process.execPath, args, env)) as SamplerRate;
    const runs = accuracyOf(starts, samples);
    results.push(
      {
        what: `achieved rate, of ${ratePerSecond}/s (${missed} starts missed)`,
        unit: 'samples/s',
        values: runs.map(({ achievedRate }) => achievedRate),
        comparators: [],
      },
      {
        what: `start behind its schedule, median at ${ratePerSecond}/s`,
        unit: 'ms',
        values: runs.map(({ medianMs }) => medianMs),
        comparators: [],
      },
      {
        what: `start behind its schedule, p99 at ${ratePerSecond}/s`,
        unit: 'ms',
        values: runs.map(({ p99Ms }) => p99Ms),
        comparators: [],
      },
    );
  }
  return results;
}

type Accuracy = { readonly achievedRate: number; readonly medianMs: number; readonly p99Ms: number };

/** How accurate each run of so many samples was; what is left at the end is no run. */
export function accuracyOf(starts: readonly Start[], samples: number): readonly Accuracy[] {
  const runs = Array.from({ length: Math.floor(starts.length / samples) }, (_, run) =>
    starts.slice(run * samples, (run + 1) * samples),
  );
  return runs.map(run => {
    const lateMs = run.map(({ intendedAtMs, startedAtMs }) => Math.max(0, startedAtMs - intendedAtMs));
    const spanMs = (run.at(-1)?.startedAtMs ?? 0) - (run[0]?.startedAtMs ?? 0);
    return {
      achievedRate: ((run.length - 1) * 1000) / spanMs,
      medianMs: percentileOf(lateMs, 0.5),
      p99Ms: percentileOf(lateMs, 0.99),
    };
  });
}
