import type { ObservedSample } from './sample.ts';

/** Samples that may wait for slower ones: 2 s of them at 1000/s, twice over. */
const MAX_WAITING = 4096;

/**
 * Hands samples on in the order in which they were sent, whatever the order in which they ended.
 *
 * A slow version's answers come late, so in the order of completion a split looks biased towards the fast one. A sample is
 * handed on once all that were sent before it have ended.
 */
export class StartOrder {
  readonly #waiting: ObservedSample[] = [];
  #completeBeforeMs = Number.NEGATIVE_INFINITY;

  /** Takes one sample and returns those that are now due, in order. */
  add(sample: ObservedSample): readonly ObservedSample[] {
    this.#insert(sample);
    this.#completeBeforeMs = Math.max(this.#completeBeforeMs, sample.completeBeforeMs);
    let due = 0;
    while (due < this.#waiting.length && this.#isDue(due)) due++;
    return due === 0 ? [] : this.#waiting.splice(0, due);
  }

  #isDue(index: number): boolean {
    const sample = this.#waiting[index];
    if (sample === undefined) return false;
    return sample.startedAtMs < this.#completeBeforeMs || this.#waiting.length - index > MAX_WAITING;
  }

  #insert(sample: ObservedSample): void {
    let at = this.#waiting.length;
    while (at > 0 && (this.#waiting[at - 1]?.startedAtMs ?? 0) > sample.startedAtMs) at--;
    this.#waiting.splice(at, 0, sample);
  }
}
