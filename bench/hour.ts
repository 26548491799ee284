import { setTimeout } from 'node:timers/promises';
import type { DemoProcess } from '../test/terminal/demo-process.ts';
import type { EmptyPlace } from '../test/terminal/program.ts';
import { weightsRow } from '../test/terminal/read-screen.ts';
import { type ScreenInPty, SMALL } from '../test/terminal/screen-in-pty.ts';
import { costOf } from './process-cost.ts';
import { type Result, spreadOf, type Unit } from './result.ts';
import { openScreen, quit } from './weighbridge-screen.ts';

const RATE = 1_000;
const HOUR_SAMPLES = 3_600 * 20;
const WARM_UP_MS = 20_000;
const READING_MS = 1_000;
/** How many readings at the start and at the end are compared. */
const READINGS = 5;
/** A machine that cannot do it in so many times the time does something else. */
const PATIENCE = 3;

type Reading = { readonly residentMb: number; readonly ratePerSecond: number };

/** How much memory an hour's samples leave behind, at the highest rate. `npm run soak` is the real hour. */
export async function measureHour(place: EmptyPlace, { served }: DemoProcess): Promise<readonly Result[]> {
  const screen = openScreen(['--kubeconfig', served.kubeconfig, '--rate', String(RATE)], place, SMALL);
  // A busy machine misses some starts at this rate, of which the screen has a word to say: only the shares must be there.
  await screen.waitFor('what is observed', text => weightsRow(text, 'v2')?.observed !== undefined);
  await setTimeout(WARM_UP_MS);
  const readings = await readForAnHour(screen);
  await quit(screen);
  const megabytes = readings.map(({ residentMb }) => residentMb);
  const start = megabytes.slice(0, READINGS);
  const end = megabytes.slice(-READINGS);
  const startMb = spreadOf(start).median;
  const result = (what: string, unit: Unit, values: readonly number[]): Result => {
    return { what: `an hour compressed: ${what}`, unit, values, comparators: [] };
  };
  return [
    result(
      `achieved rate, of ${RATE}/s`,
      'samples/s',
      readings.map(({ ratePerSecond }) => ratePerSecond),
    ),
    result('memory, after the warm-up', 'MB', start),
    result(`memory, ${HOUR_SAMPLES} samples later`, 'MB', end),
    result(
      'growth of memory',
      'MB',
      end.map(value => value - startMb),
    ),
  ];
}

/** Memory and rate each second, until as many samples are taken as in an hour at 20 a second. */
async function readForAnHour(screen: ScreenInPty): Promise<readonly Reading[]> {
  const readings: Reading[] = [];
  let samples = 0;
  let readMs = performance.now();
  const latestMs = readMs + PATIENCE * (HOUR_SAMPLES / RATE) * 1000;
  while (samples < HOUR_SAMPLES) {
    await setTimeout(READING_MS);
    const nowMs = performance.now();
    if (nowMs > latestMs) throw new Error(`only ${samples.toFixed(0)} of ${HOUR_SAMPLES} samples were taken`);
    const ratePerSecond = Number(/4 Responses.* (\d+)\/s /.exec(screen.text)?.[1] ?? 0);
    samples += (ratePerSecond * (nowMs - readMs)) / 1000;
    readMs = nowMs;
    readings.push({ ratePerSecond, residentMb: costOf(screen.pid).residentMb });
  }
  return readings;
}
