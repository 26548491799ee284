import { setTimeout } from 'node:timers/promises';
import type { DemoProcess } from '../test/terminal/demo-process.ts';
import type { EmptyPlace } from '../test/terminal/program.ts';
import { isLive } from '../test/terminal/read-screen.ts';
import { LARGE, type ScreenInPty, type ScreenSize, SMALL } from '../test/terminal/screen-in-pty.ts';
import { costOf } from './process-cost.ts';
import type { Result, Unit } from './result.ts';
import { openScreen, quit } from './weighbridge-screen.ts';

const SLICES = 4;
const SLICE_MS = 3_000;
/** What starting costs, compilation above all, is over by then. */
const SETTLE_MS = 5_000;

/** Each frame is one synchronized update. */
const FRAME_START = '\x1b[?2026h';

const HUGE: ScreenSize = { columns: 200, rows: 60 };

type Budget = { readonly cpuPercent?: number; readonly residentMb?: number };

/** What the design promises, by size, idle and at 20 samples a second. */
const SIZES: readonly { readonly size: ScreenSize; readonly idle?: Budget; readonly at20?: Budget }[] = [
  { size: SMALL, idle: { cpuPercent: 2 }, at20: { residentMb: 120 } },
  { size: LARGE, idle: { cpuPercent: 2 }, at20: { cpuPercent: 10, residentMb: 160 } },
  { size: HUGE },
];

export type SteadyState = {
  readonly results: readonly Result[];
  /** Processor time of the screen per sample at 20/s, at 80x24: drawing, watching and sampling together. */
  readonly screenMsPerSample: readonly number[];
};

type Slices = {
  readonly cpuPercent: readonly number[];
  readonly kilobytesPerSecond: readonly number[];
  readonly framesPerSecond: readonly number[];
  readonly residentMb: readonly number[];
};

/**
 * What the screen alone costs while nobody touches it, paused, at 20 and at 100 samples a second. The cluster is another
 * process.
 */
export async function measureSteadyState(place: EmptyPlace, demo: DemoProcess): Promise<SteadyState> {
  const results: Result[] = [];
  const screenMsPerSample: number[] = [];
  for (const { size, idle, at20 } of SIZES) {
    const { sampling, paused } = await measureAt20(size, place, demo);
    const fast = await measureAt100(size, place, demo);
    const name = `${size.columns}x${size.rows}`;
    results.push(
      ...resultsOf(`idle, ${name}`, paused, idle),
      ...resultsOf(`20 samples/s and chart, ${name}`, sampling, at20),
      ...resultsOf(`100 samples/s and chart, ${name}`, fast),
    );
    // A percent of a core is 10 ms a second, and a second has 20 samples.
    if (size === SMALL) screenMsPerSample.push(...sampling.cpuPercent.map(percent => percent / 2));
  }
  return { results, screenMsPerSample };
}

function resultsOf(when: string, slices: Slices, { cpuPercent, residentMb }: Budget = {}): readonly Result[] {
  const result = (what: string, unit: Unit, values: readonly number[], budget?: number): Result => ({
    what: `${what}, ${when}`,
    unit,
    values,
    ...(budget === undefined ? {} : { budget }),
    comparators: [],
  });
  return [
    result('CPU', '% of a core', slices.cpuPercent, cpuPercent),
    result('memory', 'MB', slices.residentMb, residentMb),
    result('drawn', 'frames/s', slices.framesPerSecond),
    result('to the terminal', 'KB/s', slices.kilobytesPerSecond),
  ];
}

async function measureAt20(
  size: ScreenSize,
  place: EmptyPlace,
  demo: DemoProcess,
): Promise<{ readonly sampling: Slices; readonly paused: Slices }> {
  const screen = await openSettled('20', size, place, demo);
  const sampling = await measureSlices(screen);
  screen.press('p');
  await screen.waitFor('the pause', text => text.includes('paused'));
  await setTimeout(SETTLE_MS);
  const paused = await measureSlices(screen);
  await quit(screen);
  return { sampling, paused };
}

async function measureAt100(size: ScreenSize, place: EmptyPlace, demo: DemoProcess): Promise<Slices> {
  const screen = await openSettled('100', size, place, demo);
  const sampling = await measureSlices(screen);
  await quit(screen);
  return sampling;
}

async function openSettled(
  rate: string,
  size: ScreenSize,
  place: EmptyPlace,
  { served }: DemoProcess,
): Promise<ScreenInPty> {
  const screen = openScreen(['--kubeconfig', served.kubeconfig, '--rate', rate], place, size);
  await screen.waitFor('the live screen', isLive);
  await setTimeout(SETTLE_MS);
  return screen;
}

async function measureSlices(screen: ScreenInPty): Promise<Slices> {
  const slices = {
    cpuPercent: [] as number[],
    kilobytesPerSecond: [] as number[],
    framesPerSecond: [] as number[],
    residentMb: [] as number[],
  };
  while (slices.cpuPercent.length < SLICES) {
    const { cpuMs } = costOf(screen.pid);
    const { length } = screen.output;
    const startMs = performance.now();
    await setTimeout(SLICE_MS);
    const elapsedMs = performance.now() - startMs;
    const after = costOf(screen.pid);
    const written = screen.output.slice(length);
    slices.cpuPercent.push(((after.cpuMs - cpuMs) / elapsedMs) * 100);
    slices.kilobytesPerSecond.push(Buffer.byteLength(written) / elapsedMs);
    slices.framesPerSecond.push(((written.split(FRAME_START).length - 1) / elapsedMs) * 1000);
    slices.residentMb.push(after.residentMb);
  }
  return slices;
}
