import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, it, type TestContext } from 'vitest';
import { startDemoCluster } from '../../src/demo/demo-cluster.ts';
import type { KubeObject } from '../../src/kube/metadata.ts';
import { readVirtualService } from '../../src/kube/virtual-service.ts';
import { ClosablePort } from '../support/closable-port.ts';
import {
  bothAnswer,
  connectTo,
  manifestsFolder,
  setWeightsBeside,
  virtualServices,
} from '../support/demo-session.ts';
import { schemaProblems } from '../support/schemas.ts';
import { WatchProcess } from '../support/watch-process.ts';
import { builtProgram, createEmptyPlace } from '../terminal/program.ts';

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

const NEVER = new AbortController().signal;

/** A demo cluster, a client beside the program, and the built program; all gone after the test. */
async function layBed({ onTestFinished, expect }: TestContext, scenario?: string) {
  const demo = await startDemoCluster({ manifestsFolder, seed: 7, ...(scenario ? { scenario } : {}) });
  onTestFinished(() => demo.stop());
  const place = createEmptyPlace();
  onTestFinished(place.remove);
  const { api, close } = await connectTo(demo);
  onTestFinished(close);
  const port = await ClosablePort.to(Number(new URL(api.server).port));
  onTestFinished(() => port.close());
  const kubeconfig = join(place.home, 'kubeconfig');
  await writeFile(kubeconfig, demo.kubeconfig.replaceAll(new URL(api.server).port, new URL(port.url).port));
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
  if (scenario === undefined) {
    await expect.poll(whichReady).toEqual(['ready', 'ready']);
    await bothAnswer(demo.gatewayUrl);
  }
  const watch = async (...args: readonly string[]) => {
    const process = new WatchProcess(['--kubeconfig', kubeconfig, ...args], place.env);
    onTestFinished(() => process.stop());
    await process.until(/info|"canaries"/);
    return process;
  };
  /** Deletes the VirtualService, and yields what it was. */
  const takeAway = async (): Promise<KubeObject> => {
    const read = await api.get(virtualServices, 'myapp', NEVER);
    if (!read.ok) throw new Error(read.error.headline);
    const gone = await api.delete(virtualServices, readVirtualService(read.value), NEVER);
    if (!gone.ok) throw new Error(gone.error.headline);
    return read.value;
  };
  const set = (...weights: readonly number[]) => setWeightsBeside(api, weights);
  return { api, port, run, takeAway, watch, set };
}

/** What was told after the answer, without the times. */
const told = ({ lines }: WatchProcess) =>
  lines.flatMap(line => /^\d\d:\d\d:\d\d {2}(.+)$/.exec(line)?.[1] ?? []);

describe('watching', () => {
  it.concurrent('tells each shift of another weighbridge on exactly one line, until ctrl-c', async context => {
    const { expect } = context;
    const bed = await layBed(context);
    const watch = await bed.watch();
    expect(watch.lines[1]).toBe('applied: v1 50, v2 50');
    expect((await bed.run('shift', 'v2=20')).code).toBe(0);
    await watch.until(/v1 80, v2 20/);
    expect((await bed.run('shift', 'v2=100')).code).toBe(0);
    await watch.until(/v1 0, v2 100/);
    watch.signal('SIGINT');
    expect(await watch.ended()).toBe(130);
    expect(told(watch)).toEqual([
      'weights: v1 80, v2 20, set by another weighbridge (before: v1 50, v2 50)',
      'weights: v1 0, v2 100, set by another weighbridge (before: v1 80, v2 20)',
    ]);
    expect(watch.stderr).toBe('');
  });

  it.concurrent('writes JSON lines as their schema says, until SIGTERM', async context => {
    const { expect } = context;
    const bed = await layBed(context);
    const watch = await bed.watch('-o', 'json');
    await bed.set(90, 10);
    await watch.until(/"event":"weights"/);
    await bed.takeAway();
    await watch.until(/"event":"route-gone"/);
    watch.signal('SIGTERM');
    expect(await watch.ended()).toBe(143);
    const documents = watch.lines.map(line => JSON.parse(line));
    expect(documents.flatMap(document => schemaProblems('status-watch.json', document))).toEqual([]);
    const [answer, weights, routeGone, ...more] = documents;
    expect(answer).toMatchObject({ verb: 'status', place: { virtualService: 'myapp' } });
    expect(weights).toMatchObject({
      event: 'weights',
      weights: { v1: 90, v2: 10 },
      before: { v1: 50, v2: 50 },
      setBy: expect.any(String),
    });
    expect(routeGone).toMatchObject({ event: 'route-gone', reason: expect.stringMatching(/was deleted/) });
    expect(more).toEqual([]);
  });

  it.concurrent('goes on through a VirtualService that is deleted and made again', async context => {
    const { expect } = context;
    const bed = await layBed(context);
    const watch = await bed.watch();
    const { metadata, ...rest } = await bed.takeAway();
    await watch.until(/route gone/);
    const { name, namespace } = metadata;
    const again = { ...rest, metadata: { name, namespace } } as KubeObject;
    expect((await bed.api.apply(virtualServices, again, NEVER)).ok).toBe(true);
    await watch.until(/route back/);
    await bed.set(30, 70);
    await watch.until(/v1 30, v2 70/);
    expect(told(watch)).toEqual([
      'route gone: VirtualService myapp was deleted; waiting for it to come back',
      'route back: v1 50, v2 50',
      expect.stringMatching(/^weights: v1 30, v2 70, set by .+ \(before: v1 50, v2 50\)$/),
    ]);
  });

  it.concurrent('tells an API server that is away once, and what changed meanwhile', async context => {
    const { expect } = context;
    const bed = await layBed(context);
    const watch = await bed.watch();
    await bed.port.close();
    await watch.until(/connection lost/);
    await bed.set(10, 90);
    await bed.port.open();
    await watch.until(/v1 10, v2 90/);
    expect(told(watch)).toEqual([
      expect.stringMatching(/^connection lost: .+ .+\.$/),
      'connection back',
      expect.stringMatching(/^weights: v1 10, v2 90/),
    ]);
  });

  it.concurrent('ends quietly with the first line that nobody reads', async context => {
    const { expect } = context;
    const bed = await layBed(context);
    const watch = await bed.watch();
    watch.interrupt('reader-gone');
    await bed.set(10, 90);
    expect(await watch.ended()).toBe(141);
    expect(watch.stderr).toBe('');
  });
});

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
    expect(schemaProblems('status.json', answer)).toEqual([]);
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
    expect(schemaProblems('status.json', answer)).toEqual([]);
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
