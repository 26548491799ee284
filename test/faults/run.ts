// Faults between the real client and the demo's API server: what a session made of each.
import { type Bench, neededWatches, startBench } from './bench.ts';
import { FAULT_ROWS } from './rows.ts';
import { runFault } from './run-fault.ts';

const NAME_COLUMNS = 44;
const line = (name: string, survived: string, recovered: string, lost: string) =>
  `${name.padEnd(NAME_COLUMNS)} ${survived.padEnd(8)} ${recovered.padStart(15)} ${lost.padStart(9)}`;

/** What keeps a process from ending, but for its output. */
const resources = () =>
  process.getActiveResourcesInfo().filter(kind => !/^(PipeWrap|TTYWrap|FSReqPromise)$/.test(kind));

/** Connections that nobody uses are kept for a minute. */
const IDLE_MS = 75_000;

/** Two more than there are watches: what requests need now and then. */
async function socketsInTheEnd({ proxy }: Bench, watches: number): Promise<string | undefined> {
  const limitMs = performance.now() + IDLE_MS;
  while (proxy.openSockets > watches + 2 && performance.now() < limitMs) {
    await new Promise(resolve => setTimeout(resolve, 500));
  }
  const counted = `${proxy.openSockets} sockets for ${proxy.openWatches} watches`;
  console.log(`\nafter a minute of rest: ${counted}`);
  return proxy.openSockets <= watches + 2 ? undefined : `more than are needed: ${counted}`;
}

const before = resources();
const failures: string[] = [];
const selected = FAULT_ROWS.filter(({ name }) => process.argv.length < 3 || process.argv.includes(name));
console.log(line('fault', 'survived', 'recovered after', 'keys lost'));
let bench = await startBench();
for (const row of selected) {
  try {
    const { recoveredAfterMs, keysLost } = await runFault(bench, row);
    console.log(line(row.name, 'yes', `${recoveredAfterMs} ms`, String(keysLost)));
    if (keysLost !== 0) failures.push(`${row.name}: ${keysLost} keys lost`);
  } catch (error) {
    console.log(line(row.name, 'NO', '', ''));
    failures.push(`${row.name}: ${error instanceof Error ? error.message : error}`);
    await bench.stop();
    bench = await startBench();
  }
}
const tooMany = await socketsInTheEnd(bench, neededWatches(bench));
if (tooMany !== undefined) failures.push(tooMany);
await bench.stop();
// A socket that was closed is gone a turn of the event loop later.
await new Promise(resolve => setTimeout(resolve, 200));
const left = resources().filter(kind => !before.includes(kind));
console.log(`left behind after it ended: ${left.length === 0 ? 'nothing' : left.join(', ')}`);
if (left.length > 0) failures.push(`left behind: ${left.join(', ')}`);
for (const failure of failures) console.error(`\n${failure}`);
console.log(`\n${selected.length + 2 - failures.length} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
