import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoProcess } from '../test/terminal/demo-process.ts';
import type { EmptyPlace } from '../test/terminal/program.ts';
import { isLive, weightsRow } from '../test/terminal/read-screen.ts';
import { SMALL } from '../test/terminal/screen-in-pty.ts';
import type { Result } from './result.ts';
import { isInstalled, run } from './run-command.ts';
import { writeUnbundled } from './unbundled.ts';
import { openScreen, quit } from './weighbridge-screen.ts';

const RUNS = 10;
const FIRST_FRAME_BUDGET_MS = 200;

type Opened = { readonly frameMs: number; readonly liveMs: number; readonly observedMs: number };

/** From process start to what is seen, on the demo cluster inside the process and on a cluster that runs already. */
export async function measureOpening(place: EmptyPlace, demo: DemoProcess): Promise<readonly Result[]> {
  const clusterArgs = ['--kubeconfig', demo.served.kubeconfig];
  // The first start of each fills the compile cache.
  await open(['demo'], place);
  await open(clusterArgs, place);
  const embedded: Opened[] = [];
  const running: Opened[] = [];
  const node: number[] = [];
  const unbundled: number[] = [];
  const sources = join(place.home, 'unbundled');
  mkdirSync(sources);
  const unbundledProgram = await writeUnbundled(sources);
  await open(clusterArgs, place, unbundledProgram);
  for (let round = 0; round < RUNS; round += 1) {
    embedded.push(await open(['demo'], place));
    running.push(await open(clusterArgs, place));
    unbundled.push((await open(clusterArgs, place, unbundledProgram)).frameMs);
    node.push(await timeOf(process.execPath, ['--eval', '0'], place));
  }
  const oneFileEach = { name: 'the same program, not bundled', values: unbundled };
  const bareNode = { name: 'node --eval 0, the floor', values: node };
  const kubectl = await kubectlGet(place, demo);
  return [
    {
      what: 'start to first frame, demo cluster',
      unit: 'ms',
      values: embedded.map(({ frameMs }) => frameMs),
      budget: FIRST_FRAME_BUDGET_MS,
      comparators: [bareNode],
    },
    {
      what: 'start to first frame, running cluster',
      unit: 'ms',
      values: running.map(({ frameMs }) => frameMs),
      budget: FIRST_FRAME_BUDGET_MS,
      comparators: [oneFileEach, bareNode],
    },
    {
      what: 'start to applied weights, demo cluster',
      unit: 'ms',
      values: embedded.map(({ liveMs }) => liveMs),
      comparators: [],
    },
    {
      what: 'start to applied weights, running cluster',
      unit: 'ms',
      values: running.map(({ liveMs }) => liveMs),
      comparators: kubectl,
    },
    {
      what: 'start to observed shares, running cluster',
      unit: 'ms',
      values: running.map(({ observedMs }) => observedMs),
      comparators: [],
    },
  ];
}

async function open(args: readonly string[], place: EmptyPlace, program?: string): Promise<Opened> {
  const startMs = performance.now();
  const screen = openScreen(args, place, SMALL, program);
  const [frameMs, liveMs, observedMs] = await Promise.all([
    screen.waitFor('the first frame', text => text.includes('1 Health')),
    screen.waitFor(
      'applied weights',
      text => text.includes('✓ live') && weightsRow(text, 'v2') !== undefined,
    ),
    screen.waitFor('observed shares', isLive),
  ]);
  await quit(screen);
  return { frameMs: frameMs - startMs, liveMs: liveMs - startMs, observedMs: observedMs - startMs };
}

async function kubectlGet({ env, ...place }: EmptyPlace, { served }: DemoProcess) {
  if (!(await isInstalled('kubectl'))) return [];
  const args = ['--kubeconfig', served.kubeconfig, 'get', 'virtualservice', 'myapp', '-o', 'yaml'];
  const values: number[] = [];
  await run('kubectl', args, env);
  for (let round = 0; round < RUNS; round += 1) values.push(await timeOf('kubectl', args, { env, ...place }));
  return [{ name: 'kubectl get virtualservice', values }];
}

async function timeOf(command: string, args: readonly string[], { env }: EmptyPlace): Promise<number> {
  const startMs = performance.now();
  await run(command, args, env);
  return performance.now() - startMs;
}
