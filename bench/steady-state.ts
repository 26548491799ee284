import { setTimeout } from 'node:timers/promises';
import type { DemoProcess } from '../test/terminal/demo-process.ts';
import type { EmptyPlace } from '../test/terminal/program.ts';
import { isLive } from '../test/terminal/read-screen.ts';
import { LARGE, type ScreenInPty, type ScreenSize, SMALL } from '../test/terminal/screen-in-pty.ts';
import { costOf } from './process-cost.ts';
import type { Result } from './result.ts';
import { openScreen, quit } from './weighbridge-screen.ts';

const SLICES = 4;
const SLICE_MS = 4_000;
/** What starting costs, compilation above all, is over by then. */
const SETTLE_MS = 6_000;

/** Each frame is one synchronized update. */
const FRAME_START = '\x1b[?2026h';

const SIZES = [
  { size: SMALL, idleBudget: 2, samplingBudget: undefined, memoryBudgetMb: 120 },
  { size: LARGE, idleBudget: 2, samplingBudget: 10, memoryBudgetMb: 160 },
] as const;

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

/** What the screen alone costs while nobody touches it, at 20 samples a second and paused. The cluster is another process. */
export async function measureSteadyState(place: EmptyPlace, demo: DemoProcess): Promise<SteadyState> {
  const results: Result[] = [];
  const screenMsPerSample: number[] = [];
  for (const { size, idleBudget, samplingBudget, memoryBudgetMb } of SIZES) {
    const { sampling, idle } = await measureAt(size, place, demo);
    const name = `${size.columns}x${size.rows}`;
    const result = (
      what: string,
      unit: Result['unit'],
      values: readonly number[],
      budget?: number,
    ): Result => ({
      what: `${what}, ${name}`,
      unit,
      values,
      ...(budget === undefined ? {} : { budget }),
      comparators: [],
    });
    results.push(
      result('CPU, idle', '% of a core', idle.cpuPercent, idleBudget),
      result('CPU, 20 samples/s and chart', '% of a core', sampling.cpuPercent, samplingBudget),
      result('memory, 20 samples/s and chart', 'MB', sampling.residentMb, memoryBudgetMb),
      result('drawn, idle', 'frames/s', idle.framesPerSecond),
      result('drawn, 20 samples/s and chart', 'frames/s', sampling.framesPerSecond),
      result('to the terminal, idle', 'KB/s', idle.kilobytesPerSecond),
      result('to the terminal, 20 samples/s and chart', 'KB/s', sampling.kilobytesPerSecond),
    );
    // A percent of a core is 10 ms a second, and a second has 20 samples.
    if (size === SMALL) screenMsPerSample.push(...sampling.cpuPercent.map(percent => percent / 2));
  }
  return { results, screenMsPerSample };
}

async function measureAt(
  size: ScreenSize,
  place: EmptyPlace,
  { served }: DemoProcess,
): Promise<{ readonly sampling: Slices; readonly idle: Slices }> {
  const screen = openScreen(['--kubeconfig', served.kubeconfig], place, size);
  await screen.waitFor('the live screen', isLive);
  await setTimeout(SETTLE_MS);
  const sampling = await measureSlices(screen);
  screen.press('p');
  await screen.waitFor('the pause', text => text.includes('paused'));
  await setTimeout(SETTLE_MS);
  const idle = await measureSlices(screen);
  await quit(screen);
  return { sampling, idle };
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
