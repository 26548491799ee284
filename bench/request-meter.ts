// Loaded before a program that makes REQUESTS_A_SECOND: prints the milliseconds of processor time that a request took in each of
// the BATCHES (JSON) as a JSON array, and ends the process.
import { setTimeout } from 'node:timers/promises';
import { type Batches, meterSamples } from './sample-meter.ts';

const { BATCHES = '', REQUESTS_A_SECOND = '' } = process.env;
const batches = JSON.parse(BATCHES) as Batches;

void printCosts();

async function printCosts(): Promise<void> {
  const secondsOf = (requests: number) => requests / Number(REQUESTS_A_SECOND);
  // What it has asked is known by the time alone, so a batch counts as one sample.
  const onBatch = meterSamples(
    { warmUpSamples: 1, batches: batches.batches, batchSamples: 1 },
    msPerBatch => {
      process.stdout.write(JSON.stringify(msPerBatch.map(ms => ms / batches.batchSamples)));
      process.exit();
    },
  );
  await setTimeout(secondsOf(batches.warmUpSamples) * 1000);
  for (let batch = 0; batch <= batches.batches; batch += 1) {
    onBatch();
    await setTimeout(secondsOf(batches.batchSamples) * 1000);
  }
}
