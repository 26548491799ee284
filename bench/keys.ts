import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { DemoProcess } from '../test/terminal/demo-process.ts';
import type { EmptyPlace } from '../test/terminal/program.ts';
import { isLive, isSettledAt, weightsRow } from '../test/terminal/read-screen.ts';
import type { ScreenInPty } from '../test/terminal/screen-in-pty.ts';
import { type ApiWitness, witnessApi } from './api-witness.ts';
import type { Result } from './result.ts';
import { isInstalled, run } from './run-command.ts';
import { openScreen, quit } from './weighbridge-screen.ts';

const PRESSES = 20;
const KUBECTL_RUNS = 8;
const FRAME_BUDGET_MS = 33;
const PATCH_BUDGET_MS = 10;
const KEYS = { '\x1b[C': 60, '\x1b[D': 50 } as const;

type Pressed = { readonly frameMs: number; readonly patchMs: number; readonly appliedMs: number };

/** From a key to what it does, through a witness in front of the API server; and `kubectl patch` through the same one. */
export async function measureKeys(place: EmptyPlace, demo: DemoProcess): Promise<readonly Result[]> {
  const kubeconfig = join(place.home, 'witnessed-kubeconfig');
  const witness = await witnessApi(demo.served.kubeconfig, kubeconfig);
  try {
    const fast = await openLive(kubeconfig, '100', place);
    const at100 = await pressKeys(fast, witness);
    await quit(fast);
    const screen = await openLive(kubeconfig, '20', place);
    const at20 = await pressKeys(screen, witness);
    screen.press('p');
    await screen.waitFor('the pause', text => text.includes('paused'));
    const idle = await pressKeys(screen, witness);
    await quit(screen);
    const kubectl = await patchByKubectl(place, kubeconfig, witness);
    return [
      ...resultsOf('idle', idle, kubectl, PATCH_BUDGET_MS),
      ...resultsOf('at 20 samples/s', at20, kubectl),
      ...resultsOf('at 100 samples/s', at100, kubectl),
    ];
  } finally {
    await witness.close();
  }
}

async function openLive(kubeconfig: string, rate: string, place: EmptyPlace): Promise<ScreenInPty> {
  const screen = openScreen(['--kubeconfig', kubeconfig, '--rate', rate], place);
  await screen.waitFor('the live screen', isLive);
  return screen;
}

async function pressKeys(screen: ScreenInPty, witness: ApiWitness): Promise<readonly Pressed[]> {
  const pressed: Pressed[] = [];
  while (pressed.length < PRESSES) {
    for (const [key, weight] of Object.entries(KEYS)) {
      // Far enough apart that each is the first key of a shift: keys that follow within 200 ms share a patch by design.
      await setTimeout(400);
      const seen = Promise.all([
        screen.waitFor(`${weight} requested`, text => weightsRow(text, 'v2')?.requested === weight),
        witness.nextPatch(),
        screen.waitFor(`${weight} applied`, text => isSettledAt(text, weight)),
      ]);
      const keyMs = performance.now();
      screen.press(key);
      const [frameMs, patchMs, appliedMs] = (await seen).map(atMs => atMs - keyMs);
      pressed.push({ frameMs: frameMs ?? 0, patchMs: patchMs ?? 0, appliedMs: appliedMs ?? 0 });
    }
  }
  return pressed;
}

type KubectlPatches = { readonly patchMs: readonly number[]; readonly endMs: readonly number[] };

async function patchByKubectl(
  { env }: EmptyPlace,
  kubeconfig: string,
  witness: ApiWitness,
): Promise<KubectlPatches | undefined> {
  if (!(await isInstalled('kubectl'))) return undefined;
  const patchMs: number[] = [];
  const endMs: number[] = [];
  for (let round = 0; round <= KUBECTL_RUNS; round += 1) {
    const weights = round % 2 === 0 ? [40, 60] : [50, 50];
    const operations = weights.map((value, index) => {
      return { op: 'replace', path: `/spec/http/0/route/${index}/weight`, value };
    });
    const patch = JSON.stringify(operations);
    const arrival = witness.nextPatch();
    const startMs = performance.now();
    const args = ['--kubeconfig', kubeconfig, 'patch', 'virtualservice', 'myapp', '--type=json', '-p', patch];
    await run('kubectl', args, env);
    // The first run fills kubectl's discovery cache.
    if (round === 0) continue;
    endMs.push(performance.now() - startMs);
    patchMs.push((await arrival) - startMs);
  }
  return { patchMs, endMs };
}

function resultsOf(
  when: string,
  pressed: readonly Pressed[],
  kubectl: KubectlPatches | undefined,
  patchBudgetMs?: number,
): readonly Result[] {
  const toPatch = kubectl ? [{ name: 'kubectl patch, start to PATCH', values: kubectl.patchMs }] : [];
  const toApplied = kubectl ? [{ name: 'kubectl patch, start to end', values: kubectl.endMs }] : [];
  return [
    {
      what: `key to changed frame, ${when}`,
      unit: 'ms',
      values: pressed.map(({ frameMs }) => frameMs),
      budget: FRAME_BUDGET_MS,
      comparators: [],
    },
    {
      what: `key to PATCH on the wire, ${when}`,
      unit: 'ms',
      values: pressed.map(({ patchMs }) => patchMs),
      ...(patchBudgetMs === undefined ? {} : { budget: patchBudgetMs }),
      comparators: toPatch,
    },
    {
      what: `key to applied on the screen, ${when}`,
      unit: 'ms',
      values: pressed.map(({ appliedMs }) => appliedMs),
      comparators: toApplied,
    },
  ];
}
