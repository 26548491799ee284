// A process with the sampler and nothing else: samples URL in BATCHES (JSON), and prints the milliseconds of processor time
// that a sample took in each as a JSON array.
import { systemClock } from '../src/clock.ts';
import { startSampler } from '../src/traffic/sampler.ts';
import { type Batches, meterSamples } from './sample-meter.ts';

const [url = '', batches = ''] = process.argv.slice(2);

const sampler = startSampler({
  target: { url, headers: {} },
  clock: systemClock,
  onSample: meterSamples(JSON.parse(batches) as Batches, msPerSample => {
    process.stdout.write(JSON.stringify(msPerSample));
    void sampler.stop();
  }),
});
