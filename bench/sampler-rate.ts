// A process with the sampler and nothing else: samples URL at RATE until SAMPLES have ended, and prints as JSON how much later
// than its schedule each request reached the socket layer, how many starts were missed and what rate came of it.
import { subscribe } from 'node:diagnostics_channel';
import { systemClock } from '../src/clock.ts';
import { startSampler } from '../src/traffic/sampler.ts';

export type SamplerRate = {
  readonly lateMs: readonly number[];
  readonly missed: number;
  readonly keptRate: number;
};

const [url = '', rate = '', samples = ''] = process.argv.slice(2);
const wanted = Number(samples);
const created: number[] = [];
// undici tells of each request when it is made, in the order of their intended starts.
subscribe('undici:request:create', () => {
  created.push(systemClock.now());
});

const intended: number[] = [];
const sampler = startSampler({
  target: { url, headers: {} },
  ratePerSecond: Number(rate),
  clock: systemClock,
  onSample: ({ intendedAtMs }) => {
    intended.push(intendedAtMs);
    if (intended.length < wanted) return;
    const { missedStarts: missed } = sampler;
    void sampler.stop();
    intended.sort((a, b) => a - b);
    const started = created.slice(0, intended.length);
    const spanMs = (started.at(-1) ?? 0) - (started[0] ?? 0);
    const lateMs = intended.map((atMs, index) => Math.max(0, (created[index] ?? atMs) - atMs));
    const keptRate = ((started.length - 1) * 1000) / spanMs;
    process.stdout.write(JSON.stringify({ lateMs, missed, keptRate } satisfies SamplerRate));
  },
});
