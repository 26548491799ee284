import type { TrafficState } from '../session/state.ts';

type Rated = Pick<TrafficState, 'isPaused' | 'ratePerSecond' | 'sampler' | 'observed'>;

/** How fast the gateway is sampled, and what keeps the sampler from its rate: `20/s`, `18/s  12 starts missed`. */
export function rateWords(traffic: Rated): string {
  return said(traffic, 'asking seldom: no gateway (rate ', ')', 'fresh connections', 'starts missed');
}

/** The same where there is little room: `18/s  12 missed`. */
export function briefRateWords(traffic: Rated): string {
  return said(traffic, 'no gateway, ', '', 'fresh', 'missed');
}

function said(
  { isPaused, ratePerSecond, sampler, observed }: Rated,
  beforeSeldom: string,
  behindSeldom: string,
  freshWords: string,
  missedWords: string,
): string {
  if (isPaused) return 'paused';
  const rate = sampler?.isBackingOff
    ? `${beforeSeldom}${perSecond(ratePerSecond)}${behindSeldom}`
    : perSecond(observed?.ratePerSecond ?? 0);
  const fresh = sampler?.connections === 'fresh' ? freshWords : '';
  const missed = sampler?.missedStarts ?? 0;
  return [rate, fresh, missed > 0 ? `${missed} ${missedWords}` : ''].filter(words => words !== '').join('  ');
}

/** A rate to read at a glance: `20/s`, `0.5/s`. */
function perSecond(rate: number): string {
  return `${rate < 10 ? Number(rate.toFixed(1)) : rate.toFixed(0)}/s`;
}
