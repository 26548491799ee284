import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { DemoProcess } from '../test/terminal/demo-process.ts';
import type { EmptyPlace } from '../test/terminal/program.ts';
import { isLive } from '../test/terminal/read-screen.ts';
import { type ApiWitness, witnessApi } from './api-witness.ts';
import type { Comparator, Result } from './result.ts';
import { isInstalled } from './run-command.ts';
import { openScreen, quit } from './weighbridge-screen.ts';

const RUNS = 3;
/** What was opened for the start alone is closed by then: the program keeps an idle connection for a minute. */
const REST_MS = 70_000;

type Counts = { readonly opened: number; readonly open: number };

/**
 * How many connections to the API server are opened until the program rests, and how many it then has. Only counted, not timed, so all
 * runs are made at once, each through a witness of its own.
 */
export async function measureConnections(place: EmptyPlace, demo: DemoProcess): Promise<readonly Result[]> {
  const hasKubectl = await isInstalled('kubectl');
  const runs = Array.from({ length: RUNS }, (_, run) => run);
  const [ours, theirs] = await Promise.all([
    Promise.all(runs.map(run => throughWitness(`screen-${run}`, countOfScreen, place, demo))),
    Promise.all(
      runs.filter(() => hasKubectl).map(run => throughWitness(`kubectl-${run}`, countOfKubectl, place, demo)),
    ),
  ]);
  const result = (what: string, count: keyof Counts): Result => {
    const kubectl: Comparator = { name: 'kubectl get pods --watch', values: theirs.map(one => one[count]) };
    return {
      what,
      unit: 'connections',
      values: ours.map(one => one[count]),
      comparators: hasKubectl ? [kubectl] : [],
    };
  };
  return [
    result('to the API server, opened from start to rest', 'opened'),
    result('to the API server, open at rest', 'open'),
  ];
}

type Count = (kubeconfig: string, witness: ApiWitness, place: EmptyPlace) => Promise<Counts>;

async function throughWitness(
  name: string,
  count: Count,
  place: EmptyPlace,
  { served }: DemoProcess,
): Promise<Counts> {
  const kubeconfig = join(place.home, `kubeconfig-of-${name}`);
  const witness = await witnessApi(served.kubeconfig, kubeconfig);
  try {
    return await count(kubeconfig, witness, place);
  } finally {
    await witness.close();
  }
}

async function countOfScreen(kubeconfig: string, witness: ApiWitness, place: EmptyPlace): Promise<Counts> {
  const screen = openScreen(['--kubeconfig', kubeconfig], place);
  await screen.waitFor('the live screen', isLive);
  await setTimeout(REST_MS);
  const { opened, open } = witness;
  await quit(screen);
  return { opened, open };
}

async function countOfKubectl(kubeconfig: string, witness: ApiWitness, { env }: EmptyPlace): Promise<Counts> {
  const args = ['--kubeconfig', kubeconfig, 'get', 'pods', '--watch'];
  const child = spawn('kubectl', args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  await once(child.stdout.resume(), 'data');
  await setTimeout(REST_MS);
  const { opened, open } = witness;
  child.kill('SIGTERM');
  await closed;
  return { opened, open };
}
