import type { TrafficState } from '../session/state.ts';

/** How fast the gateway is sampled, and what keeps the sampler from its rate: `20/s`, `18/s  12 starts missed`. */
export function rateWords({ isPaused, ratePerSecond, sampler, observed }: TrafficState): string {
  if (isPaused) return 'paused';
  const seen = observed?.ratePerSecond ?? 0;
  const rate = sampler?.isBackingOff
    ? `asking seldom: no gateway (rate ${perSecond(ratePerSecond)})`
    : perSecond(seen);
  const fresh = sampler?.connections === 'fresh' ? 'fresh connections' : '';
  const missed = sampler?.missedStarts ?? 0;
  return [rate, fresh, missed > 0 ? `${missed} starts missed` : ''].filter(words => words !== '').join('  ');
}

/** A rate to read at a glance: `20/s`, `0.5/s`. */
function perSecond(rate: number): string {
  return `${rate < 10 ? Number(rate.toFixed(1)) : rate.toFixed(0)}/s`;
}
