import { Regime } from '../../src/traffic/regime.ts';
import { ShareTest } from '../../src/traffic/share-test.ts';
import { judge } from '../../src/traffic/verdict.ts';
import { seededRandom } from '../traffic/simulated-traffic.ts';

/** What a simulation of many seeded runs came to. */
export type Outcome = { readonly isRight: boolean; readonly words: string };

export type Simulation = {
  readonly name: string;
  /** So many runs take a moment. */
  readonly fewRuns: number;
  readonly run: (runs: number) => Outcome;
};

const RATE = 20;
const HOUR_SAMPLES = 3600 * RATE;
const PROPAGATION_MS = 131;

/** Runs of a full simulation, and hours that take a moment. */
export const MANY = 1000;
const FEW_HOURS = 25;

/** Splits of the demo's versions, as shares. */
const SPLITS: readonly (readonly number[])[] = [
  [0.5, 0.5],
  [0.9, 0.1],
  [0.99, 0.01],
  [1, 0],
  [0.5, 0.3, 0.2],
];

/** Applied shares, and what the traffic really is. */
const WRONG: readonly (readonly [applied: readonly number[], real: readonly number[]])[] = [
  [
    [0.9, 0.1],
    [0.8, 0.2],
  ],
  [
    [0.5, 0.5],
    [0.4, 0.6],
  ],
  [
    [0.9, 0.1],
    [0.85, 0.15],
  ],
  [
    [0.5, 0.5],
    [0.1, 0.9],
  ],
  [
    [0.99, 0.01],
    [0.95, 0.05],
  ],
  [
    [0.5, 0.3, 0.2],
    [0.4, 0.3, 0.3],
  ],
];

export const SIMULATIONS: readonly Simulation[] = [
  ...SPLITS.map(shares => ({
    name: `an hour of ${percents(shares)} at 20/s, looked at after every sample`,
    fewRuns: FEW_HOURS,
    run: (runs: number) => falseAlarms(runs, seed => contradictedInAnHour(shares, undefined, seed)),
  })),
  {
    name: 'an hour at 20/s after a shift from 50/50 to 90/10, looked at after every sample',
    fewRuns: FEW_HOURS,
    run: runs => falseAlarms(runs, seed => contradictedInAnHour([0.9, 0.1], [0.5, 0.5], seed)),
  },
  ...WRONG.map(([applied, real]) => ({
    name: `${percents(applied)} applied, ${percents(real)} answered`,
    fewRuns: MANY,
    run: (runs: number) => detection(runs, applied, real),
  })),
];

function percents(shares: readonly number[]): string {
  return shares.map(share => Math.round(share * 100)).join('/');
}

function falseAlarms(runs: number, contradicted: (seed: number) => boolean): Outcome {
  let alarms = 0;
  for (let run = 0; run < runs; run++) if (contradicted(run)) alarms += 1;
  // Under 1 % of the runs; of few runs, no more than chance makes of the 0.5 % that the test is allowed.
  const allowed = runs >= MANY ? runs / 100 : 1 + runs / 50;
  const words = `"does not agree" in ${alarms} of ${runs} hours of ${HOUR_SAMPLES} looks`;
  return { isRight: alarms < allowed, words };
}

/** Whether a right split was said not to agree at any of the looks of an hour. */
function contradictedInAnHour(
  shares: readonly number[],
  before: readonly number[] | undefined,
  seed: number,
): boolean {
  const random = seededRandom(seed * 7919 + 17);
  const labels = shares.map((_, index) => `v${index + 1}`);
  const regime = new Regime({ fromMs: 0, labels, shares, ...(before ? { before } : {}) });
  for (let sample = 0; sample < HOUR_SAMPLES; sample++) {
    const atMs = (sample * 1000) / RATE;
    const real = before && atMs < PROPAGATION_MS ? before : shares;
    regime.add({ startedAtMs: atMs, answeredAtMs: atMs }, labels[draw(real, random)]);
    if (regime.isRejected) return judge(regime, atMs, 200).kind === 'does-not-agree';
  }
  return false;
}

function draw(shares: readonly number[], random: () => number): number {
  let left = random();
  for (let index = 0; index < shares.length - 1; index++) {
    left -= shares[index] ?? 0;
    if (left < 0) return index;
  }
  return shares.length - 1;
}

/** Twice the median of as many other runs holds at least this part of the detections. */
const WITHIN_TWICE = 0.85;

function detection(runs: number, applied: readonly number[], real: readonly number[]): Outcome {
  const needed = (firstSeed: number) =>
    Array.from({ length: runs }, (_, run) => samplesToReject(applied, real, firstSeed + run)).sort(
      (a, b) => a - b,
    );
  const median = needed(1_000_000)[Math.floor(runs / 2)] ?? 0;
  const detected = needed(2_000_000);
  const within = detected.filter(samples => samples <= 2 * median).length / runs;
  const p95 = detected[Math.ceil(0.95 * runs) - 1] ?? 0;
  const words = `median ${median} samples; of as many other runs ${(within * 100).toFixed(1)} % within twice that, 95 % within ${p95}`;
  return { isRight: within >= WITHIN_TWICE && Number.isFinite(p95), words };
}

function samplesToReject(applied: readonly number[], real: readonly number[], seed: number): number {
  const random = seededRandom(seed);
  const test = new ShareTest(applied);
  for (let samples = 1; samples <= HOUR_SAMPLES; samples++) {
    test.add(draw(real, random));
    if (test.isRejected) return samples;
  }
  return Number.POSITIVE_INFINITY;
}
