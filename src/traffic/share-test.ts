/** The error that "does not agree" is allowed: at most this probability of ever saying it of a right split. */
export const REJECTION_LEVEL = 0.005;

/**
 * An anytime-valid test that samples are drawn with given shares: it may be looked at after every sample.
 *
 * Under the shares, the likelihood of what was seen under a uniform mixture of all splits (a Beta(1, 1) or Dirichlet(1, …, 1)
 * prior), divided by its likelihood under the shares, is a non-negative martingale that begins at 1. It ever reaches
 * 1/α with probability at most α (J. Ville, Étude critique de la notion de collectif, 1939; H. Robbins, Ann. Math. Stat. 41
 * (1970) 1397; S. R. Howard et al., Ann. Stat. 49 (2021) 1055). One sample multiplies it by the mixture's prediction,
 * (1 + count) / (categories + samples), over its share, so that each costs the same however many came before.
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
    this.#lnEvidence += Math.log((1 + count) / (this.#possible + this.#samples) / share);
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
