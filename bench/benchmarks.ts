import { availableParallelism } from 'node:os';
import { DemoProcess } from '../test/terminal/demo-process.ts';
import { measureCrowd } from './crowd.ts';
import { measureDemoCluster } from './demo-cluster.ts';
import { measureKeys } from './keys.ts';
import { measureOpening } from './opening.ts';
import { createPlaceWithCache } from './place.ts';
import { asJson, asTable } from './report.ts';
import { measureSampling } from './sampling.ts';
import { measureSteadyState } from './steady-state.ts';

/** Measures everything, one thing after another, on one demo cluster in a process of its own, and prints it. */
export async function runBenchmarks(isJson: boolean): Promise<void> {
  const place = createPlaceWithCache();
  const demo = await DemoProcess.start(place.env);
  try {
    say('opening');
    const opening = await measureOpening(place, demo);
    say('keys');
    const keys = await measureKeys(place, demo);
    say('what the screen costs while nobody touches it');
    const steadyState = await measureSteadyState(place, demo);
    say('sampling');
    const sampling = await measureSampling(place, demo, steadyState.screenMsPerSample);
    say('a crowd in the namespace');
    const crowd = await measureCrowd(place, demo);
    say('the demo cluster itself');
    const demoCluster = await measureDemoCluster(place);
    const results = [...opening, ...keys, ...steadyState.results, ...sampling, ...crowd, ...demoCluster];
    process.stdout.write((isJson ? asJson : asTable)(results, availableParallelism()));
  } finally {
    await demo.stop();
    place.remove();
  }
}

/** On stderr, so that stdout is the table or the JSON alone. */
function say(part: string): void {
  process.stderr.write(`measuring: ${part}…\n`);
}
