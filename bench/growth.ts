import { setTimeout } from 'node:timers/promises';
import type { DemoProcess } from '../test/terminal/demo-process.ts';
import type { EmptyPlace } from '../test/terminal/program.ts';
import type { ScreenSize } from '../test/terminal/screen-in-pty.ts';
import { costOf } from './process-cost.ts';
import { type Result, spreadOf, type Unit } from './result.ts';
import { openScreen, quit } from './weighbridge-screen.ts';

const ROUNDS = 3;
/** What starting costs, compilation above all, is over by then. */
const SETTLE_MS = 3_000;
const SLICE_MS = 3_000;

/** What opening the screen costs, and leaving it open. */
export type Cost = {
  readonly frameMs: number;
  readonly liveMs: number;
  readonly cpuPercent: number;
  readonly residentMb: number;
};

const WHAT: readonly (readonly [cost: keyof Cost, what: string, unit: Unit])[] = [
  ['frameMs', 'start to first frame', 'ms'],
  ['liveMs', 'start to observed shares', 'ms'],
  ['cpuPercent', 'CPU, 20 samples/s and chart', '% of a core'],
  ['residentMb', 'memory, 20 samples/s and chart', 'MB'],
];

/** A cluster of a certain size; its name goes on from "the same": `among 10 pods`. */
export type Stage = { readonly name: string; readonly demo: DemoProcess };

export type Grown = { readonly name: string; readonly costs: readonly Cost[] };

/**
 * What the screen costs on each cluster. The clusters are looked at in turn, so that what else the machine does meanwhile meets
 * all of them.
 */
export async function lookInTurn(
  place: EmptyPlace,
  stages: readonly Stage[],
  size: ScreenSize,
): Promise<readonly Grown[]> {
  const grown = stages.map(({ name, demo }) => ({ name, demo, costs: [] as Cost[] }));
  // The first start fills the compile cache.
  for (const { demo } of stages.slice(0, 1)) await look(place, demo, size);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const { demo, costs } of grown) costs.push(await look(place, demo, size));
  return grown;
}

/**
 * The costs on each cluster, beside those on the first one.
 *
 * @param slack how many times the first one's cost the others may cost; absent where nothing is promised.
 */
export function growthResults([first, ...others]: readonly Grown[], slack?: number): readonly Result[] {
  if (first === undefined) return [];
  return WHAT.flatMap(([cost, what, unit]): readonly Result[] => {
    const comparator = { name: `the same ${first.name}`, values: first.costs.map(one => one[cost]) };
    const most = slack === undefined ? undefined : spreadOf(comparator.values).median * slack;
    return [
      { what: `${what}, ${first.name}`, unit, values: comparator.values, comparators: [] },
      ...others.map(({ name, costs }) => ({
        what: `${what}, ${name}`,
        unit,
        values: costs.map(one => one[cost]),
        ...(most === undefined ? {} : { budget: Number(most.toPrecision(3)) }),
        comparators: [comparator],
      })),
    ];
  });
}

/** Whichever version's row there is room for. */
function showsShares(text: string): boolean {
  return text.includes('✓ live') && /^│[▸ ] v\d+ +\d+ +\d+ +[\d.]+ % /m.test(text);
}

async function look(place: EmptyPlace, { served }: DemoProcess, size: ScreenSize): Promise<Cost> {
  const startMs = performance.now();
  const screen = openScreen(['--kubeconfig', served.kubeconfig], place, size);
  const frameMs = (await screen.waitFor('the first frame', text => text.includes('1 Health'))) - startMs;
  const liveMs = (await screen.waitFor('observed shares', showsShares)) - startMs;
  await setTimeout(SETTLE_MS);
  const before = costOf(screen.pid);
  const sliceMs = performance.now();
  await setTimeout(SLICE_MS);
  const { cpuMs, residentMb } = costOf(screen.pid);
  const cpuPercent = ((cpuMs - before.cpuMs) / (performance.now() - sliceMs)) * 100;
  await quit(screen);
  return { frameMs, liveMs, cpuPercent, residentMb };
}
