/** The program's resident memory at one moment of a soak. */
export type Reading = {
  /** Since sampling began. */
  readonly atMinutes: number;
  readonly residentMb: number;
};

export type SoakVerdict = {
  /** Medians over the first and the last quarter of the time after the warm-up. */
  readonly firstQuarterMb: number;
  readonly lastQuarterMb: number;
  /** Of the line through all readings after the warm-up. */
  readonly slopeMbPerHour: number;
  readonly peakMb: number;
  readonly isFlat: boolean;
};

/**
 * What a heap that is collected in waves moves by without growing, from quarter to quarter. A list that keeps an object for
 * each sample grows by several times as much: at 100/s, half an hour has 180,000 of them, of a hundred bytes and more.
 */
const NOISE_MB = 6;
/** Noise over the three quarters between the middles of the first and the last, at a soak of an hour. */
const NOISE_MB_PER_HOUR = 12;

/**
 * Whether memory stays where it is once the program has warmed up. Flat is a last quarter that is no more than noise above the
 * first one, or a line through all that rises no faster: a wave that ends high shows in the one, a single peak in the other.
 * Undefined with fewer than eight readings after the warm-up.
 */
export function judgeSoak(readings: readonly Reading[], warmUpMinutes: number): SoakVerdict | undefined {
  const warm = readings.filter(({ atMinutes }) => atMinutes >= warmUpMinutes);
  if (warm.length < 8) return undefined;
  const quarter = Math.floor(warm.length / 4);
  const firstQuarterMb = medianMb(warm.slice(0, quarter));
  const lastQuarterMb = medianMb(warm.slice(-quarter));
  const slopeMbPerHour = slope(warm) * 60;
  return {
    firstQuarterMb,
    lastQuarterMb,
    slopeMbPerHour,
    peakMb: Math.max(...readings.map(({ residentMb }) => residentMb)),
    isFlat: lastQuarterMb - firstQuarterMb <= NOISE_MB || slopeMbPerHour <= NOISE_MB_PER_HOUR,
  };
}

function medianMb(readings: readonly Reading[]): number {
  const sorted = readings.map(({ residentMb }) => residentMb).sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Least squares, in MB a minute. */
function slope(readings: readonly Reading[]): number {
  const meanAt = mean(readings.map(({ atMinutes }) => atMinutes));
  const meanMb = mean(readings.map(({ residentMb }) => residentMb));
  const together = readings.map(({ atMinutes, residentMb }) => (atMinutes - meanAt) * (residentMb - meanMb));
  const alone = readings.map(({ atMinutes }) => (atMinutes - meanAt) ** 2);
  return mean(together) / mean(alone);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
