import type { DemoProcess } from '../test/terminal/demo-process.ts';
import type { EmptyPlace } from '../test/terminal/program.ts';
import type { Result } from './result.ts';
import type { Batches } from './sample-meter.ts';
import { costOfProcess, measureClients } from './sampling-clients.ts';
import { measureRates } from './sampling-rates.ts';

/**
 * At 20 a second, the batches together take ten seconds. What is open all day is meant, and Node goes on compiling for some
 * hundreds of samples: so the warm-up.
 */
const BATCHES: Batches = { warmUpSamples: 400, batches: 4, batchSamples: 50 };

/**
 * Processor time per sample: of the sampler alone, and of the whole screen, beside other clients at the same rate. And how
 * exactly the sampler keeps its rate.
 */
export async function measureSampling(
  place: EmptyPlace,
  demo: DemoProcess,
  screenMsPerSample: readonly number[],
): Promise<readonly Result[]> {
  const { gateway } = demo.served;
  const comparators = await measureClients(place, gateway, BATCHES);
  return [
    {
      what: `CPU per sample at 20/s, sampler alone, after ${BATCHES.warmUpSamples}`,
      unit: 'ms',
      values: await costOfProcess('sampler-alone.ts', place, gateway, BATCHES),
      comparators,
    },
    { what: 'CPU per sample at 20/s, whole screen', unit: 'ms', values: screenMsPerSample, comparators },
    ...(await measureRates(place, demo)),
  ];
}
