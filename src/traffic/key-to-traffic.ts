/** Shifts that are remembered: the quantiles are of the last so many of a session. */
const MAX_SHIFTS = 1000;

/** How long shifts of this session took from their first key to the first answer that showed a new split. */
export interface KeyToTraffic {
  /** How many shifts were timed. */
  readonly shifts: number;
  readonly lastMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Collects the times of a session's shifts; memory is bounded. */
export class KeyToTrafficTimes {
  readonly #times: number[] = [];
  #shifts = 0;

  add(ms: number): void {
    this.#times.push(ms);
    this.#shifts += 1;
    if (this.#times.length > MAX_SHIFTS) this.#times.shift();
  }

  /** Of the shifts so far, and of one that is still under way where its time is known. Undefined where there is none. */
  summary(current: number | undefined): KeyToTraffic | undefined {
    const times = current === undefined ? this.#times : [...this.#times, current];
    const lastMs = times.at(-1);
    if (lastMs === undefined) return undefined;
    const sorted = times.toSorted((a, b) => a - b);
    return {
      shifts: this.#shifts + (current === undefined ? 0 : 1),
      lastMs,
      p50Ms: nearestRank(sorted, 0.5),
      p95Ms: nearestRank(sorted, 0.95),
    };
  }
}

/** The smallest value that a share `q` of all do not exceed. */
function nearestRank(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
}
