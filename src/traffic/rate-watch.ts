import { samplesForFailureBound } from './statistics.ts';

/**
 * Evidence, as a log likelihood ratio, that a burst is over the limit. By chance it is reached within n samples, at a rate just at the
 * limit, with probability below n times e to the minus this for each rate that is looked for (E. S. Page, Continuous inspection
 * schemes, Biometrika 41 (1954) 100): 0.01 for ten minutes at 20/s.
 */
const BURST_EVIDENCE = Math.log(1e7);

/** The highest rate of a burst that is looked for; the others are twice, four times, ... the limit. */
const HIGHEST_RATE = 0.95;

/** What samples say about a limit of their rate. */
export type RateStanding =
  /** With 95 % confidence the rate is not above the limit. */
  | { readonly kind: 'kept' }
  /** So many more samples, if none of them counts against it, and it is. */
  | { readonly kind: 'needs-more'; readonly samples: number }
  /** There are enough samples to judge the limit, and the rate that they show is above it. */
  | { readonly kind: 'over' };

/** A run of samples that is far over the limit. */
export type Burst = { readonly bad: number; readonly samples: number };

/**
 * Whether the rate of bad samples keeps to a limit, above 0 and below 1.
 *
 * It may be looked at after every sample. A burst shows at once, wherever it begins; everything milder is judged by all samples,
 * once there are enough: as many as show, if none is bad, that the rate is not above the limit.
 */
export class RateWatch {
  readonly limit: number;
  readonly #searches: readonly BurstSearch[];
  #bad = 0;
  #samples = 0;
  #burst: Burst | undefined;

  constructor(limit: number) {
    this.limit = limit;
    this.#searches = ratesAbove(limit).map(rate => new BurstSearch(limit, rate));
  }

  get bad(): number {
    return this.#bad;
  }

  get samples(): number {
    return this.#samples;
  }

  /** The first burst that was found. Stays so. */
  get burst(): Burst | undefined {
    return this.#burst;
  }

  add(isBad: boolean): void {
    this.#samples += 1;
    if (isBad) this.#bad += 1;
    for (const search of this.#searches) this.#burst ??= search.add(isBad);
  }

  standing(): RateStanding {
    const isJudged = this.#samples >= samplesForFailureBound(0, this.limit);
    if (isJudged && this.#bad / this.#samples > this.limit) return { kind: 'over' };
    const samples = samplesForFailureBound(this.#bad, this.limit) - this.#samples;
    return samples <= 0 ? { kind: 'kept' } : { kind: 'needs-more', samples };
  }
}

function ratesAbove(limit: number): readonly number[] {
  const rates: number[] = [];
  for (let rate = limit * 2; rate < HIGHEST_RATE; rate *= 2) rates.push(rate);
  return [...rates, Math.max(HIGHEST_RATE, (1 + limit) / 2)];
}

/** Looks for a place from which on samples are bad at `rate` rather than at the limit: a running sum that begins anew at 0. */
class BurstSearch {
  readonly #ofBad: number;
  readonly #ofGood: number;
  #evidence = 0;
  #bad = 0;
  #samples = 0;

  constructor(limit: number, rate: number) {
    this.#ofBad = Math.log(rate / limit);
    this.#ofGood = Math.log((1 - rate) / (1 - limit));
  }

  add(isBad: boolean): Burst | undefined {
    this.#evidence += isBad ? this.#ofBad : this.#ofGood;
    if (this.#evidence <= 0) {
      this.#evidence = 0;
      this.#bad = 0;
      this.#samples = 0;
      return undefined;
    }
    this.#samples += 1;
    if (isBad) this.#bad += 1;
    return this.#evidence >= BURST_EVIDENCE ? { bad: this.#bad, samples: this.#samples } : undefined;
  }
}
