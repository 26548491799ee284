/** Counters per power of two: values are told apart to 1 part in 16, so a quantile is at most 3.2 % off. */
const STEPS_PER_OCTAVE = 16;
const SMALLEST_MS = 0.125;
const OCTAVES = 20;
const COUNTERS = STEPS_PER_OCTAVE * OCTAVES;

/**
 * Latencies in counters of growing width (the layout of G. Tene's HdrHistogram), from 0.125 ms to 131 s; what is outside
 * counts at the end. Histograms add up, so a sliding window is the sum of its slices.
 */
export class LatencyHistogram {
  readonly #counters = new Uint32Array(COUNTERS);
  #count = 0;
  #maxMs = 0;

  record(latencyMs: number): void {
    const octave = Math.log2(Math.max(latencyMs, SMALLEST_MS) / SMALLEST_MS);
    const index = Math.min(COUNTERS - 1, Math.floor(octave * STEPS_PER_OCTAVE));
    this.#counters[index] = (this.#counters[index] ?? 0) + 1;
    this.#count += 1;
    this.#maxMs = Math.max(this.#maxMs, latencyMs);
  }

  add(other: LatencyHistogram): void {
    for (let index = 0; index < COUNTERS; index++) {
      this.#counters[index] = (this.#counters[index] ?? 0) + (other.#counters[index] ?? 0);
    }
    this.#count += other.#count;
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs);
  }

  clear(): void {
    this.#counters.fill(0);
    this.#count = 0;
    this.#maxMs = 0;
  }

  get count(): number {
    return this.#count;
  }

  /** The largest value, exactly; 0 when there is none. */
  get maxMs(): number {
    return this.#maxMs;
  }

  /** The value that a share `q` of all stay at or below; 0 when there is none. */
  quantileMs(q: number): number {
    let left = Math.max(1, Math.ceil(q * this.#count));
    for (let index = 0; index < COUNTERS; index++) {
      left -= this.#counters[index] ?? 0;
      if (left <= 0) return Math.min(this.#maxMs, SMALLEST_MS * 2 ** ((index + 0.5) / STEPS_PER_OCTAVE));
    }
    return this.#maxMs;
  }
}
