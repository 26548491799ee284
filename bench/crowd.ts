import { setTimeout } from 'node:timers/promises';
import { DemoProcess } from '../test/terminal/demo-process.ts';
import type { EmptyPlace } from '../test/terminal/program.ts';
import { isLive } from '../test/terminal/read-screen.ts';
import { costOf } from './process-cost.ts';
import { type Result, spreadOf, type Unit } from './result.ts';
import { openScreen, quit } from './weighbridge-screen.ts';

const PODS = 10_000;
const ROUNDS = 5;
/** What starting costs, compilation above all, is over by then. */
const SETTLE_MS = 4_000;
const SLICE_MS = 4_000;
/** A crowd may cost a fifth more than no crowd. */
const SLACK = 1.2;

type Cost = {
  readonly frameMs: number;
  readonly liveMs: number;
  readonly cpuPercent: number;
  readonly residentMb: number;
};

/**
 * What the screen costs in a namespace with 10,000 pods, and 1,000 elsewhere, beside a namespace with none but its own. The
 * clusters are processes of their own, and are looked at in turn.
 */
export async function measureCrowd(place: EmptyPlace, small: DemoProcess): Promise<readonly Result[]> {
  const crowded = await DemoProcess.start(place.env, ['--scenario', 'crowded', '--pods', String(PODS)]);
  try {
    await look(place, crowded);
    const inCrowd: Cost[] = [];
    const alone: Cost[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      inCrowd.push(await look(place, crowded));
      alone.push(await look(place, small));
    }
    const compared = (what: string, unit: Unit, cost: keyof Cost): Result => {
      const comparator = { name: 'the same without a crowd', values: alone.map(one => one[cost]) };
      return {
        what: `${what}, among ${PODS} pods`,
        unit,
        values: inCrowd.map(one => one[cost]),
        budget: Number((spreadOf(comparator.values).median * SLACK).toPrecision(3)),
        comparators: [comparator],
      };
    };
    return [
      compared('start to first frame', 'ms', 'frameMs'),
      compared('start to live panes and observed shares', 'ms', 'liveMs'),
      compared('CPU, 20 samples/s and chart', '% of a core', 'cpuPercent'),
      compared('memory, 20 samples/s and chart', 'MB', 'residentMb'),
    ];
  } finally {
    await crowded.stop();
  }
}

async function look(place: EmptyPlace, { served }: DemoProcess): Promise<Cost> {
  const startMs = performance.now();
  const screen = openScreen(['--kubeconfig', served.kubeconfig], place);
  const frameMs = (await screen.waitFor('the first frame', text => text.includes('1 Health'))) - startMs;
  const liveMs = (await screen.waitFor('the live screen', isLive)) - startMs;
  await setTimeout(SETTLE_MS);
  const before = costOf(screen.pid);
  const sliceMs = performance.now();
  await setTimeout(SLICE_MS);
  const { cpuMs, residentMb } = costOf(screen.pid);
  const cpuPercent = ((cpuMs - before.cpuMs) / (performance.now() - sliceMs)) * 100;
  await quit(screen);
  return { frameMs, liveMs, cpuPercent, residentMb };
}
