import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { asDuration, asShare } from '../../src/commands/quantity-flags.ts';

describe('a duration', () => {
  it.each([
    ['30s', 30_000],
    ['800ms', 800],
    ['2m', 120_000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
    ['45', 45_000],
    [' 10s ', 10_000],
  ])('%j is %i ms', (text, ms) => expect(asDuration(text)).toBe(ms));

  it.each(['', 's', '-1s', '0', '0s', '1d', '1 s s', '25h', 'NaN', '1e3s'])('%j is none', text =>
    expect(() => asDuration(text)).toThrow(InvalidArgumentError),
  );
});

describe('a share', () => {
  it.each([
    ['0.5%', 0.005],
    ['0.005', 0.005],
    ['.01', 0.01],
    ['12 %', 0.12],
    ['99.9%', 0.999],
  ])('%j is %d', (text, share) => expect(asShare(text)).toBeCloseTo(share, 12));

  it.each(['', '%', '0', '0%', '100%', '1', '-1%', '200%', '5e-3', 'half'])('%j is none', text =>
    expect(() => asShare(text)).toThrow(InvalidArgumentError),
  );
});
