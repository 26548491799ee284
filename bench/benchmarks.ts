import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { DemoProcess } from '../test/terminal/demo-process.ts';
import type { EmptyPlace } from '../test/terminal/program.ts';
import { measureConnections } from './connections.ts';
import { measureCrowd } from './crowd.ts';
import { measureDemoCluster } from './demo-cluster.ts';
import { measureDestinations } from './destinations.ts';
import { measureHour } from './hour.ts';
import { measureKeys } from './keys.ts';
import { measureOpening } from './opening.ts';
import { createPlaceWithCache } from './place.ts';
import { asJson, asTable } from './report.ts';
import type { Result } from './result.ts';
import { measureSampling } from './sampling.ts';
import { measureSteadyState } from './steady-state.ts';

type Part = (place: EmptyPlace, demo: DemoProcess) => Promise<readonly Result[]>;

const PARTS: Readonly<Record<string, Part>> = {
  opening: measureOpening,
  keys: measureKeys,
  connections: measureConnections,
  // Together: what the screen costs is what remains of a whole when sampling is taken away.
  running: async (place, demo) => {
    const { results, screenMsPerSample } = await measureSteadyState(place, demo);
    return [...results, ...(await measureSampling(place, demo, screenMsPerSample))];
  },
  crowd: measureCrowd,
  destinations: measureDestinations,
  hour: measureHour,
  demo: measureDemoCluster,
};

/**
 * Measures the named parts, or all, one thing after another, on one demo cluster in a process of its own, and prints the results:
 * as a table, or with `--json` as JSON. Yields the exit code.
 */
export async function runBenchmarks(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const names = positionals.length > 0 ? positionals : Object.keys(PARTS);
  const unknown = names.find(name => !(name in PARTS));
  if (unknown !== undefined) {
    process.stderr.write(`There is no part ${unknown}: ${Object.keys(PARTS).join(', ')}.\n`);
    return 1;
  }
  const place = createPlaceWithCache();
  const demo = await DemoProcess.start(place.env);
  try {
    const results: Result[] = [];
    for (const name of names) {
      // On stderr, so that stdout is the table or the JSON alone.
      process.stderr.write(`measuring: ${name}…\n`);
      results.push(...((await PARTS[name]?.(place, demo)) ?? []));
    }
    process.stdout.write((values.json ? asJson : asTable)(results, availableParallelism()));
    return 0;
  } finally {
    await demo.stop();
    place.remove();
  }
}
