/** Samples per second where nothing else is asked for: gentle, and enough to judge a split in half a minute. */
export const DEFAULT_RATE_PER_SECOND = 20;
export const MIN_RATE_PER_SECOND = 0.1;
export const MAX_RATE_PER_SECOND = 1000;

/** Whether the sampler can keep this rate. */
export function isSamplingRate(ratePerSecond: number): boolean {
  return ratePerSecond >= MIN_RATE_PER_SECOND && ratePerSecond <= MAX_RATE_PER_SECOND;
}

/** What a rate must be, in words. */
export const RATE_WORDS = `a number of samples per second from ${MIN_RATE_PER_SECOND} to ${MAX_RATE_PER_SECOND}`;
