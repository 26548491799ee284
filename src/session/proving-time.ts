import { SLOW_SHARE, type TrafficLimits } from '../traffic/limit-watch.ts';
import { samplesForFailureBound } from '../traffic/statistics.ts';

const DEFAULT_MS = 60_000;
/** Of the time that the samples take which a limit needs: some fail, and the first come late. */
const SPARE = 1.5;

/** How long a shift is given to be proved within the limits, in milliseconds: long enough for the samples that they need. */
export function provingTimeMs({ maxFailureRate, maxP99Ms }: TrafficLimits, samplesPerSecond: number): number {
  const shares = [maxFailureRate, maxP99Ms === undefined ? undefined : SLOW_SHARE].filter(
    share => share !== undefined,
  );
  const samples = Math.max(0, ...shares.map(share => samplesForFailureBound(0, share)));
  return Math.max(DEFAULT_MS, Math.ceil((samples / samplesPerSecond) * SPARE) * 1_000);
}
