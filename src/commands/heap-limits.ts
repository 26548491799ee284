import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import type { Clock } from '../clock.ts';

/**
 * The space for new objects grows no more from here. A frame of 120x40 leaves some 10 MB of garbage: in a quarter of this space
 * it is collected while a part of it is in use, which costs 40 % more processor time; four times as much saves a tenth.
 */
const YOUNG_BYTES = 30_000_000;

/** The old ones are collected once they have grown by half. */
const GROWTH_PERCENT = 50;

const LOOK_MS = 100;

/**
 * Keeps the heap near what is in use. Left to itself on a machine with much memory, V8 lets garbage pile up to several times
 * that: it gives 130 MB to new objects, and waits for minutes before it collects old ones. Returns a function that stops it.
 *
 * These two flags are read at each collection; those that set sizes count only on the command line of Node, which is not ours.
 */
export function limitHeap(clock: Clock, maxYoungBytes: number = YOUNG_BYTES): () => void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  let mayGrow = true;
  let cancel = () => {};
  const look = () => {
    const isGrown = youngBytes() >= maxYoungBytes;
    if (isGrown === mayGrow) {
      mayGrow = !isGrown;
      setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`);
    }
    cancel = clock.after(LOOK_MS, look);
  };
  look();
  return () => cancel();
}

/** Size of the space for new objects, whether or not it is in use. */
export function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
}
