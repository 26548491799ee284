import type { BrokenLimit } from '../traffic/limit-watch.ts';
import { assertNever } from './assert-never.ts';
import { milliseconds } from './milliseconds.ts';

/** Which limit is broken, by its flag, and the numbers that say so: `6 of 640 samples failed: 0.94 %, over --max-failure-rate 0.5%`. */
export function brokenLimitWords(broken: BrokenLimit): string {
  switch (broken.kind) {
    case 'failures': {
      const { failed, samples, limit } = broken;
      return `${failed} of ${samples} samples failed, over --max-failures ${limit}`;
    }
    case 'failure-rate': {
      const { failed, samples, limit, because } = broken;
      const flag = `over --max-failure-rate ${ratePercent(limit)}%`;
      if (because === 'burst') return `${failed} of the last ${samples} samples failed, far ${flag}`;
      return `${failed} of ${samples} samples failed: ${ratePercent(failed / samples)} %, ${flag}`;
    }
    case 'p99': {
      const { slow, samples, limitMs, p99Ms, because } = broken;
      const flag = `--max-p99 ${limitMs}ms`;
      if (because === 'burst') return `${slow} of the last ${samples} answers took longer than ${flag}`;
      return `the p99 of ${samples} answers is ${milliseconds(p99Ms)}, over ${flag}`;
    }
    default:
      return assertNever(broken);
  }
}

/** A share in percent, to as many digits as tell it from its neighbours: `0.5`, `0.94`, `12`. */
export function ratePercent(share: number): string {
  return String(Number((share * 100).toPrecision(2)));
}
