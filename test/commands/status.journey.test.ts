import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, it, type TestContext } from 'vitest';
import { startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { connectTo, manifestsFolder, setWeightsBeside } from '../support/demo-session.ts';
import { builtProgram, createEmptyPlace, PROJECT } from '../terminal/program.ts';

const schemaOf = (name: string) =>
  JSON.parse(readFileSync(join(PROJECT, 'src', 'commands', 'schemas', name), 'utf8')) as object;
const ajv = new Ajv2020({ allowUnionTypes: true, validateFormats: false });
const isAnswer = ajv.compile(schemaOf('status.json'));

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** A demo cluster, a client beside the program, and the built program; all gone after the test. */
async function layBed({ onTestFinished, expect }: TestContext, scenario?: string) {
  const demo = await startDemoCluster({ manifestsFolder, seed: 7, ...(scenario ? { scenario } : {}) });
  onTestFinished(() => demo.stop());
  const place = createEmptyPlace();
  onTestFinished(place.remove);
  const { api, close } = await connectTo(demo);
  onTestFinished(close);
  const kubeconfig = join(place.home, 'kubeconfig');
  await writeFile(kubeconfig, demo.kubeconfig);
  const run = (verb: string, ...args: readonly string[]): Promise<Ended> =>
    promisify(execFile)(process.execPath, [builtProgram(), verb, '--kubeconfig', kubeconfig, ...args], {
      env: place.env,
    }).then(
      said => ({ code: 0, ...said }),
      (failed: Ended) => failed,
    );
  // A demo that was just booted still starts its pods, and its gateway has to hear of them.
  const whichReady = async () =>
    JSON.parse((await run('status', '-o', 'json')).stdout).versions.map(({ health = '' }) => health);
  const answer = async () => (await fetch(demo.gatewayUrl)).text();
  if (scenario === undefined) {
    await expect.poll(whichReady).toEqual(['ready', 'ready']);
    for (const version of ['v1', 'v2']) await expect.poll(answer, { interval: 5 }).toContain(version);
  }
  const set = (...weights: readonly number[]) => setWeightsBeside(api, weights);
  return { run, set };
}

describe('samples', () => {
  it.concurrent('add the observed shares with their intervals', async context => {
    const { expect } = context;
    const bed = await layBed(context);
    await bed.set(80, 20);
    const asked = ['--samples', '400', '--rate', '200'];
    const ended = await bed.run('status', ...asked, '-o', 'json');
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toBe('sampling the gateway 200 times a second, for 26 s at most\n');
    const answer = JSON.parse(ended.stdout);
    expect(isAnswer(answer), ended.stdout).toBe(true);
    const { samples, versions } = answer;
    expect(samples).toMatchObject({ asked: 400, unknown: 0, failed: 0, failures: [], intervals: 'Wilson' });
    expect(samples.classified).toBeGreaterThanOrEqual(400);
    expect(samples.verdict.sentence).not.toBe('');
    const [{ observed: v1 }, { observed: v2 }] = versions;
    expect(v1.samples + v2.samples).toBe(samples.classified);
    expect(v1.share + v2.share).toBeCloseTo(1);
    for (const { share, low, high } of [v1, v2]) expect(low < share && share < high).toBe(true);
    // Six standard errors of a share of 80 %: once in 500 million runs it is off by more.
    expect(Math.abs(v1.share - 0.8)).toBeLessThan(6 * Math.sqrt((0.8 * 0.2) / samples.classified));

    const { stdout } = await bed.run('status', ...asked);
    expect(stdout).toMatch(
      /^observed: v1 \d+\.\d % \(.+ to .+\), v2 .+; of 4\d\d samples, with 95 % intervals/m,
    );
    expect(stdout).toMatch(/^verdict: .+\d+/m);
    expect(stdout).toMatch(/^failed: 0 of 4\d\d; 0 showed no version; the gateway retries/m);
  });

  it.concurrent('that show no version are too few, and all else is told', async context => {
    const { expect } = context;
    const bed = await layBed(context, 'no-subset');
    const ended = await bed.run('status', '--samples', '100', '--rate', '200', '-o', 'json');
    const answer = JSON.parse(ended.stdout);
    expect(isAnswer(answer)).toBe(true);
    expect({ code: ended.code, exitCode: answer.exitCode }).toEqual({ code: 4, exitCode: 4 });
    expect(ended.stderr).toContain(`${answer.error.headline} ${answer.error.nextStep}\n`);
    expect(answer.error.nextStep).toMatch(/^Check /);
    expect(answer.samples.failed).toBe(
      answer.samples.failures
        .map(({ count = 0 }) => count)
        .reduce((sum: number, count: number) => sum + count),
    );
    expect(answer.findings).not.toEqual([]);
  });
});
