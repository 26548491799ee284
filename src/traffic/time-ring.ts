/**
 * Counters per slot of time, for the last so many slots. Memory is fixed; a slot is cleared when a later time needs its place.
 */
export class TimeRing {
  readonly slotMs: number;
  readonly #slots: number;
  /** The number of the slot of time that each place holds; -1 where none. */
  readonly #holds: Float64Array;
  readonly #columns = new Map<string, Uint32Array>();

  constructor(slotMs: number, spanMs: number) {
    this.slotMs = slotMs;
    this.#slots = Math.max(2, Math.ceil(spanMs / slotMs) + 1);
    this.#holds = new Float64Array(this.#slots).fill(-1);
  }

  /** The number of the slot that holds `atMs`. */
  slotOf(atMs: number): number {
    return Math.floor(atMs / this.slotMs);
  }

  /** Counts one in a column; a time that is older than the ring reaches is left out. */
  count(column: string, atMs: number): void {
    const slot = this.slotOf(atMs);
    const place = slot % this.#slots;
    const held = this.#holds[place];
    if (!(slot >= 0) || held === undefined || held > slot) return;
    if (held < slot) {
      this.#holds[place] = slot;
      for (const counters of this.#columns.values()) counters[place] = 0;
    }
    const counters = this.#column(column);
    counters[place] = (counters[place] ?? 0) + 1;
  }

  /** Counters of a column, one per `slotsEach` slots, from `firstSlot` up to before `endSlot`. */
  read(column: string, firstSlot: number, endSlot: number, slotsEach = 1): number[] {
    const sums: number[] = new Array(Math.ceil((endSlot - firstSlot) / slotsEach)).fill(0);
    const counters = this.#columns.get(column);
    if (counters === undefined) return sums;
    for (let slot = Math.max(firstSlot, 0); slot < endSlot; slot++) {
      const place = slot % this.#slots;
      if (this.#holds[place] !== slot) continue;
      const index = Math.floor((slot - firstSlot) / slotsEach);
      sums[index] = (sums[index] ?? 0) + (counters[place] ?? 0);
    }
    return sums;
  }

  /** The sum of a column over these slots. */
  total(column: string, firstSlot: number, endSlot: number): number {
    return this.read(column, firstSlot, endSlot).reduce((sum, count) => sum + count, 0);
  }

  /** Adds a column to another and forgets it. */
  merge(column: string, into: string): void {
    const counters = this.#columns.get(column);
    if (counters === undefined) return;
    this.#columns.delete(column);
    const sums = this.#column(into);
    counters.forEach((count, place) => {
      sums[place] = (sums[place] ?? 0) + count;
    });
  }

  #column(name: string): Uint32Array {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const counters = new Uint32Array(this.#slots);
    this.#columns.set(name, counters);
    return counters;
  }
}
