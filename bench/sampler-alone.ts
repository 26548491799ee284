// A process with the sampler and nothing else: samples URL in BATCHES of SAMPLES, and prints the milliseconds of processor
// time that a sample took in each batch as a JSON array.
import { systemClock } from '../src/clock.ts';
import { startSampler } from '../src/traffic/sampler.ts';

const [url = '', batches = '', samples = ''] = process.argv.slice(2);
const batchSamples = Number(samples);
const msPerSample: number[] = [];
let seen = 0;
let cpuBefore = process.cpuUsage();

const sampler = startSampler({
  target: { url, headers: {} },
  clock: systemClock,
  onSample: () => {
    seen += 1;
    if (seen % batchSamples !== 0) return;
    const { user, system } = process.cpuUsage(cpuBefore);
    cpuBefore = process.cpuUsage();
    // The first batch opens connections and compiles.
    if (seen > batchSamples) msPerSample.push((user + system) / 1000 / batchSamples);
    if (msPerSample.length < Number(batches)) return;
    process.stdout.write(JSON.stringify(msPerSample));
    void sampler.stop();
  },
});
