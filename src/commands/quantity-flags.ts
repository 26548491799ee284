import { InvalidArgumentError } from 'commander';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A duration as it is typed, `800ms`, `30s`, `1.5m` or `1h`, in milliseconds; seconds where no unit is given. */
export function asDuration(text: string): number {
  const [, value = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim()) ?? [];
  const ms = Number(value) * (UNIT_MS[unit] ?? Number.NaN);
  if (value === '' || !Number.isFinite(ms) || ms <= 0 || ms > 24 * 3_600_000) {
    throw new InvalidArgumentError('Give a duration such as 30s, 800ms or 2m, at most 24h.');
  }
  return ms;
}

/** A share as it is typed, `0.5%` or `0.005`, above 0 and below 1. */
export function asShare(text: string): number {
  const [, value = '', percent] = /^(\d+(?:\.\d+)?|\.\d+)\s*(%)?$/.exec(text.trim()) ?? [];
  const share = Number(value) / (percent ? 100 : 1);
  if (value === '' || share <= 0 || share >= 1) {
    throw new InvalidArgumentError('Give a share such as 0.5% or 0.005, above 0 and below 100%.');
  }
  return share;
}

/** As many samples as an hour and a half at the usual rate takes. */
const MAX_SAMPLES = 100_000;

/** A number of samples as it is typed. */
export function asSamples(text: string): number {
  const samples = /^\d+$/.test(text.trim()) ? Number(text) : 0;
  if (samples < 1 || samples > MAX_SAMPLES) {
    throw new InvalidArgumentError(`Give a whole number from 1 to ${MAX_SAMPLES}.`);
  }
  return samples;
}
