import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { startDemoCluster } from '../../src/demo/demo-cluster.ts';
import {
  bothAnswer,
  connectTo,
  manifestsFolder,
  setWeightsBeside,
  storedWeights,
} from '../support/demo-session.ts';
import { ProgramRun } from '../support/program-run.ts';
import { createEmptyPlace } from '../terminal/program.ts';

type Finish = Pick<TestContext, 'onTestFinished'>;

/** A home that remembers shifts, and demo clusters of one and the same context. */
function createHome({ onTestFinished }: Finish) {
  const { env, home, remove } = createEmptyPlace();
  onTestFinished(remove);
  const addCluster = async (scenario = 'healthy') => {
    const demo = await startDemoCluster({ manifestsFolder, seed: 7, scenario });
    onTestFinished(() => demo.stop());
    await bothAnswer(demo.gatewayUrl);
    const other = await connectTo(demo);
    onTestFinished(other.close);
    const kubeconfig = join(home, `kubeconfig-${crypto.randomUUID()}`);
    await writeFile(kubeconfig, demo.kubeconfig);
    return {
      /** Runs the program to its end; yields what it wrote to stdout, and rejects where it ends otherwise than expected. */
      run: async (args: readonly string[], expected = 0) => {
        const run = new ProgramRun([...args, '--kubeconfig', kubeconfig], env);
        onTestFinished(() => run.stop());
        expect([await run.ended(), run.stderr]).toEqual([expected, expect.anything()]);
        return run.stdout;
      },
      set: (...weights: readonly number[]) => setWeightsBeside(other.api, weights),
      stored: () => storedWeights(other.api),
    };
  };
  return { addCluster };
}

// One after the other: many programs at once would keep the clusters of the others, which run in this process, from answering.
describe('shifts that are remembered', () => {
  it('are all there, whichever runs of the program made them at once', async context => {
    const { addCluster } = createHome(context);
    const clusters = await Promise.all([1, 2, 3, 4].map(() => addCluster()));
    const rounds = [10, 20, 30, 40];
    for (const weight of rounds) {
      await Promise.all(clusters.map(cluster => cluster.run(['shift', `v2=${weight}`])));
    }
    const [first] = clusters;
    const { shifts } = JSON.parse((await first?.run(['report', '-o', 'json'])) ?? '');
    const numbers = shifts.map(({ number }: { readonly number: number }) => number);
    expect(numbers).toEqual(rounds.flatMap((_, round) => clusters.map((__, at) => round * 4 + at + 1)));
  });

  it('of one canary are one change, which undo takes back whole', async context => {
    const { run, set, stored } = await createHome(context).addCluster();
    await set(100, 0);
    await run(['shift', 'v2=1']);
    const steps = ['--to', 'v2', '--steps', '5,25,50', '--hold', '100ms', '--rate', '100'];
    await run(['canary', ...steps, '--max-failures', '500']);
    expect(await stored()).toEqual([50, 50]);
    await run(['shift', '--undo']);
    expect(await stored()).toEqual([99, 1]);
    await run(['shift', '--undo']);
    expect(await stored()).toEqual([100, 0]);
    const nothing = await run(['shift', '--undo', '-o', 'json'], 1);
    expect(JSON.parse(nothing).error.headline).toMatch(/no shift of this route to undo/);
  });

  it('and were taken back by their own run are none that undo makes again', async context => {
    const { run, stored } = await createHome(context).addCluster('lossy-gateway');
    await run(['shift', 'v2=20']);
    await run(['shift', 'v2=90', '--max-failures', '0', '--rollback-on-failure'], 5);
    expect(await stored()).toEqual([80, 20]);
    await run(['shift', '--undo']);
    expect(await stored()).toEqual([50, 50]);
  });
});
