import { LatencyHistogram } from './latency-histogram.ts';

/** Short enough for a window of 30 s, long enough that an hour of them is small. */
const SLICE_MS = 5000;

/** Latencies over a window. Undefined where nothing was answered in it. */
export interface Latency {
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

interface Slice {
  number: number;
  readonly histogram: LatencyHistogram;
}

/** Latency histograms of the last so many slices of 5 s. Memory is fixed once the span has passed. */
export class LatencyRing {
  readonly #slices: (Slice | undefined)[];

  constructor(spanMs: number) {
    this.#slices = new Array(Math.ceil(spanMs / SLICE_MS) + 2).fill(undefined);
  }

  record(atMs: number, latencyMs: number): void {
    const number = Math.floor(atMs / SLICE_MS);
    const place = number % this.#slices.length;
    const slice = this.#slices[place];
    if (!(number >= 0) || (slice !== undefined && slice.number > number)) return;
    if (slice?.number === number) {
      slice.histogram.record(latencyMs);
      return;
    }
    const histogram = slice?.histogram ?? new LatencyHistogram();
    histogram.clear();
    histogram.record(latencyMs);
    this.#slices[place] = { number, histogram };
  }

  /** Over the slices that the window touches. */
  over(nowMs: number, windowMs: number): Latency | undefined {
    const all = new LatencyHistogram();
    const first = Math.floor((nowMs - windowMs) / SLICE_MS);
    for (const slice of this.#slices) {
      if (slice !== undefined && slice.number >= first && slice.number * SLICE_MS <= nowMs)
        all.add(slice.histogram);
    }
    if (all.count === 0) return undefined;
    return {
      p50Ms: all.quantileMs(0.5),
      p90Ms: all.quantileMs(0.9),
      p99Ms: all.quantileMs(0.99),
      maxMs: all.maxMs,
    };
  }
}
