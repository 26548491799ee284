/** How long to wait before each next try: twice as long as before, from the first wait to the last, until it begins anew. */
export class WideningWait {
  readonly #firstMs: number;
  readonly #lastMs: number;
  #nextMs: number;

  constructor(firstMs: number, lastMs: number) {
    this.#firstMs = firstMs;
    this.#lastMs = lastMs;
    this.#nextMs = firstMs;
  }

  /** In milliseconds. */
  next(): number {
    const waitMs = this.#nextMs;
    this.#nextMs = Math.min(2 * waitMs, this.#lastMs);
    return waitMs;
  }

  beginAnew(): void {
    this.#nextMs = this.#firstMs;
  }
}
