// `npm run soak [-- --minutes N --rate R --large --record FILE]`: whether memory stays flat.
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DemoProcess } from '../test/terminal/demo-process.ts';
import { isSettledAt, weightsRow } from '../test/terminal/read-screen.ts';
import { LARGE, type ScreenInPty, SMALL } from '../test/terminal/screen-in-pty.ts';
import { createPlaceWithCache } from './place.ts';
import { costOf } from './process-cost.ts';
import { judgeSoak, type Reading } from './soak-verdict.ts';
import { openScreen, quit } from './weighbridge-screen.ts';

const READING_MS = 10_000;
const READINGS_PER_SHIFT = 6;
/** Of an hour; a shorter soak warms up for a third of its time. */
const WARM_UP_MINUTES = 10;
const KEYS = [
  { key: '\x1b[C', weight: 60 },
  { key: '\x1b[D', weight: 50 },
] as const;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '100' },
    large: { type: 'boolean', default: false },
    record: { type: 'string' },
  },
});
process.exitCode = await soak(Number(values.minutes), values.rate);

/**
 * Runs the built program in a terminal beside a demo cluster in a process of its own, shifts weights every minute and reads
 * its memory every ten seconds. Prints a line a minute and whether memory is flat. Yields the exit code: 1 where it is not.
 */
async function soak(minutes: number, rate: string): Promise<number> {
  const place = createPlaceWithCache();
  const demo = await DemoProcess.start(place.env);
  try {
    const recording = values.record === undefined ? [] : ['--record', values.record];
    const args = ['--kubeconfig', demo.served.kubeconfig, '--rate', rate, ...recording];
    const screen = openScreen(args, place, values.large ? LARGE : SMALL);
    try {
      // A busy machine makes a request fail now and then: that is no reason not to measure.
      await screen.waitFor('what is observed', text => weightsRow(text, 'v2')?.observed !== undefined);
      const readings = await readMemory(screen, minutes);
      await quit(screen);
      return sayVerdict(readings, Math.min(WARM_UP_MINUTES, minutes / 3));
    } finally {
      await screen.stop();
    }
  } finally {
    await demo.stop();
    place.remove();
  }
}

async function readMemory(screen: ScreenInPty, minutes: number): Promise<readonly Reading[]> {
  const startMs = performance.now();
  const readings: Reading[] = [];
  process.stdout.write('minute  memory, lowest to highest  CPU\n');
  for (let minute = 1; minute <= minutes; minute += 1) {
    await shift(screen, minute);
    const before = costOf(screen.pid);
    const beganMs = performance.now();
    for (let reading = 0; reading < READINGS_PER_SHIFT; reading += 1) {
      const dueMs = startMs + ((minute - 1) * READINGS_PER_SHIFT + reading + 1) * READING_MS;
      await setTimeout(Math.max(0, dueMs - performance.now()));
      const atMinutes = (performance.now() - startMs) / 60_000;
      readings.push({ atMinutes, residentMb: costOf(screen.pid).residentMb });
    }
    const cpuPercent = ((costOf(screen.pid).cpuMs - before.cpuMs) / (performance.now() - beganMs)) * 100;
    sayMinute(minute, readings.slice(-READINGS_PER_SHIFT), cpuPercent);
  }
  return readings;
}

async function shift(screen: ScreenInPty, minute: number): Promise<void> {
  const next = KEYS[(minute - 1) % KEYS.length];
  if (next === undefined) return;
  screen.press(next.key);
  await screen.waitFor(`${next.weight} applied`, text => isSettledAt(text, next.weight));
}

function sayMinute(minute: number, readings: readonly Reading[], cpuPercent: number): void {
  const megabytes = readings.map(({ residentMb }) => residentMb);
  const range = `${Math.min(...megabytes).toFixed(0)} to ${Math.max(...megabytes).toFixed(0)} MB`;
  process.stdout.write(`${String(minute).padEnd(8)}${range.padEnd(27)}${cpuPercent.toFixed(1)} %\n`);
}

function sayVerdict(readings: readonly Reading[], warmUpMinutes: number): number {
  const verdict = judgeSoak(readings, warmUpMinutes);
  if (verdict === undefined) {
    process.stdout.write('too short to say: give it more minutes\n');
    return 1;
  }
  const { firstQuarterMb, lastQuarterMb, slopeMbPerHour, peakMb, isFlat } = verdict;
  process.stdout.write(
    [
      '',
      `after ${warmUpMinutes.toFixed(0)} minutes of warm-up:`,
      `  first quarter ${firstQuarterMb.toFixed(1)} MB, last quarter ${lastQuarterMb.toFixed(1)} MB (medians)`,
      `  slope ${slopeMbPerHour.toFixed(1)} MB an hour, peak ${peakMb.toFixed(1)} MB`,
      isFlat ? '✓ flat' : '✗ memory grows',
      '',
    ].join('\n'),
  );
  return isFlat ? 0 : 1;
}
