import { DemoProcess } from '../test/terminal/demo-process.ts';
import type { EmptyPlace } from '../test/terminal/program.ts';
import { SMALL } from '../test/terminal/screen-in-pty.ts';
import { growthResults, lookInTurn, type Stage } from './growth.ts';
import type { Result } from './result.ts';

const PODS = [10, 1_000, 10_000];
/** A crowd may cost a fifth more than no crowd. */
const SLACK = 1.2;

/**
 * What the screen costs in namespaces with more and more pods, and 1,000 elsewhere, beside a namespace with none but its own.
 * The clusters are processes of their own.
 */
export async function measureCrowd(place: EmptyPlace, small: DemoProcess): Promise<readonly Result[]> {
  const crowds: Stage[] = [];
  try {
    for (const pods of PODS) {
      const demo = await DemoProcess.start(place.env, ['--scenario', 'crowded', '--pods', String(pods)]);
      crowds.push({ name: `among ${pods} pods`, demo });
    }
    const stages = [{ name: 'without a crowd', demo: small }, ...crowds];
    return growthResults(await lookInTurn(place, stages, SMALL), SLACK);
  } finally {
    for (const { demo } of crowds) await demo.stop();
  }
}
