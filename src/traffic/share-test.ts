import { mixtureStep } from './statistics.ts';

/** The error that "does not agree" is allowed: at most this probability of ever saying it of a right split. */
export const REJECTION_LEVEL = 0.005;

/**
 * An anytime-valid test that samples are drawn with given shares: it may be looked at after every sample.
 *
 * It is the mixture likelihood ratio of `mixtureStep`, kept as a running sum, so that a sample costs the same however many came
 * before.
 *
 * A category with share 0 takes no part: a sample of it is contrary, and one is enough.
 */
export class ShareTest {
  readonly #shares: readonly number[];
  readonly #counts: number[];
  readonly #possible: number;
  /** Samples of categories that have a share. */
  #samples = 0;
  #contrary = 0;
  #lnEvidence = 0;
  #peak = 0;

  /** Shares are from 0 to 1; they sum to 1, or are all 0 where nothing may be answered. */
  constructor(shares: readonly number[]) {
    this.#shares = shares;
    this.#counts = shares.map(() => 0);
    this.#possible = shares.filter(share => share > 0).length;
  }

  add(category: number): void {
    const share = this.#shares[category];
    const count = this.#counts[category];
    if (share === undefined || count === undefined) return;
    if (share === 0) {
      this.#contrary += 1;
      return;
    }
    this.#lnEvidence += mixtureStep(count, this.#samples, this.#possible, share);
    this.#peak = Math.max(this.#peak, this.#lnEvidence);
    this.#counts[category] = count + 1;
    this.#samples += 1;
  }

  /** ln of the martingale now. */
  get lnEvidence(): number {
    return this.#lnEvidence;
  }

  /** Samples of categories whose share is 0. */
  get contrary(): number {
    return this.#contrary;
  }

  /** Whether the shares were ever contradicted. Stays so. */
  get isRejected(): boolean {
    return this.#contrary > 0 || this.#peak >= -Math.log(REJECTION_LEVEL);
  }
}
