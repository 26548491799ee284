// A process with the sampler and nothing else: samples URL at RATE until SAMPLES have ended after a warm-up of WARM_UP, and
// prints as JSON when each request was to start and reached the socket layer, and how many starts were missed.
import { subscribe } from 'node:diagnostics_channel';
import { systemClock } from '../src/clock.ts';
import { startSampler } from '../src/traffic/sampler.ts';

export type Start = { readonly intendedAtMs: number; readonly startedAtMs: number };

export type SamplerRate = { readonly starts: readonly Start[]; readonly missed: number };

const [url = '', rate = '', warmUp = '', samples = ''] = process.argv.slice(2);
const skipped = Number(warmUp);
const created: number[] = [];
// undici tells of each request when it is made, in the order of their intended starts.
subscribe('undici:request:create', () => {
  created.push(systemClock.now());
});

const intended: number[] = [];
let missedBefore = 0;
const sampler = startSampler({
  target: { url, headers: {} },
  ratePerSecond: Number(rate),
  clock: systemClock,
  onSample: ({ intendedAtMs }) => {
    intended.push(intendedAtMs);
    if (intended.length === skipped) missedBefore = sampler.missedStarts;
    if (intended.length < skipped + Number(samples)) return;
    const missed = sampler.missedStarts - missedBefore;
    void sampler.stop();
    intended.sort((a, b) => a - b);
    const starts = intended.map((atMs, index) => ({
      intendedAtMs: atMs,
      startedAtMs: created[index] ?? atMs,
    }));
    process.stdout.write(JSON.stringify({ starts: starts.slice(skipped), missed } satisfies SamplerRate));
  },
});
