import { setTimeout } from 'node:timers/promises';
import type { DemoProcess } from '../test/terminal/demo-process.ts';
import type { EmptyPlace } from '../test/terminal/program.ts';
import { weightsRow } from '../test/terminal/read-screen.ts';
import { SMALL } from '../test/terminal/screen-in-pty.ts';
import { costOf } from './process-cost.ts';
import { type Result, spreadOf } from './result.ts';
import { openScreen, quit } from './weighbridge-screen.ts';

const RATE = 1_000;
/** An hour at 20 samples a second is 72,000. */
const HOUR_MS = (3_600 * 20 * 1_000) / RATE;
const WARM_UP_MS = 20_000;
const READINGS = 5;
const READING_MS = 1_000;

/** How much memory an hour's samples leave behind, at the highest rate. `npm run soak` is the real hour. */
export async function measureHour(place: EmptyPlace, { served }: DemoProcess): Promise<readonly Result[]> {
  const screen = openScreen(['--kubeconfig', served.kubeconfig, '--rate', String(RATE)], place, SMALL);
  // A busy machine misses some starts at this rate, of which the screen has a word to say: only the shares must be there.
  await screen.waitFor('what is observed', text => weightsRow(text, 'v2')?.observed !== undefined);
  await setTimeout(WARM_UP_MS);
  const start = await readMemory(screen.pid);
  await setTimeout(HOUR_MS - READINGS * READING_MS);
  const end = await readMemory(screen.pid);
  await quit(screen);
  const startMb = spreadOf(start).median;
  const result = (what: string, values: readonly number[]): Result => {
    return { what: `${what} at ${RATE}/s`, unit: 'MB', values, comparators: [] };
  };
  return [
    result('memory, after a warm-up', start),
    result('memory, after an hour compressed', end),
    result(
      'growth of memory, an hour compressed',
      end.map(value => value - startMb),
    ),
  ];
}

async function readMemory(pid: number): Promise<readonly number[]> {
  const megabytes: number[] = [];
  while (megabytes.length < READINGS) {
    await setTimeout(READING_MS);
    megabytes.push(costOf(pid).residentMb);
  }
  return megabytes;
}
