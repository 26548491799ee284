// A process that draws nothing and makes garbage as frames do: some live for a while, most for none. With a number of
// bytes as its argument it limits its heap to that. Prints the megabytes that V8 gave to new objects.
import { systemClock } from '../../src/clock.ts';
import { limitHeap, youngBytes } from '../../src/commands/heap-limits.ts';

const FRAMES = 50;
const KEPT_FRAMES = 3;

const [limit] = process.argv.slice(2);
const stop = limit === undefined ? () => {} : limitHeap(systemClock, Number(limit));
const frames: object[][] = [];
for (let frame = 0; frame < FRAMES; frame += 1) {
  frames.push(Array.from({ length: 60_000 }, (_, cell) => ({ cell, styles: [frame] })));
  if (frames.length > KEPT_FRAMES) frames.shift();
  await new Promise<void>(resolve => systemClock.after(50, resolve));
}
stop();
process.stdout.write(String(youngBytes() / 1e6));
