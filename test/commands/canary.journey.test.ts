import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, type TestContext } from 'vitest';
import { canaryStatus } from '../../src/commands/canary-note.ts';
import { type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import type { RawWeights } from '../../src/kube/split.ts';
import { CanaryProcess } from '../support/canary-process.ts';
import { ClosablePort } from '../support/closable-port.ts';
import {
  bothAnswer,
  connectTo,
  manifestsFolder,
  setWeightsBeside,
  storedWeights,
} from '../support/demo-session.ts';
import { eventually } from '../support/eventually.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { schemaProblems } from '../support/schemas.ts';
import { builtProgram, createEmptyPlace, PROJECT } from '../terminal/program.ts';
import { LARGE, ScreenInPty } from '../terminal/screen-in-pty.ts';

type Finish = Pick<TestContext, 'onTestFinished'>;

const PLACE = {
  context: 'weighbridge-demo',
  namespace: 'default',
  virtualService: 'myapp',
  routeName: 'http 1',
};

type Bed = {
  readonly demo: DemoCluster;
  readonly env: Readonly<Record<string, string>>;
  /** The weights as the API server has them. */
  readonly stored: () => Promise<RawWeights>;
  readonly set: (...weights: readonly number[]) => Promise<void>;
  /** What notes there are of canaries, as they stand in their files. */
  readonly notes: () => Promise<readonly string[]>;
  /** Runs a command line that the program told to run. */
  readonly run: (line: string) => Promise<unknown>;
  readonly canary: (args: readonly string[], kubeconfig?: string) => CanaryProcess;
};

/** A demo cluster with all traffic at v1, and a place to start canaries from. */
async function layBed({ onTestFinished }: Finish, scenario?: string): Promise<Bed> {
  const demo = await startDemoCluster({ manifestsFolder, seed: 7, ...(scenario ? { scenario } : {}) });
  onTestFinished(() => demo.stop());
  await bothAnswer(demo.gatewayUrl);
  const place = createEmptyPlace();
  onTestFinished(place.remove);
  const other = await connectTo(demo);
  onTestFinished(other.close);
  const file = async (text: string) => {
    const path = join(place.home, `kubeconfig-${crypto.randomUUID()}`);
    await writeFile(path, text);
    return path;
  };
  const own = await file(demo.kubeconfig);
  const set = (...weights: readonly number[]) => setWeightsBeside(other.api, weights);
  await set(100, 0);
  const folder = join(place.home, '.local', 'state', 'weighbridge', 'canaries');
  return {
    demo,
    env: place.env,
    set,
    stored: () => storedWeights(other.api),
    notes: async () => {
      const names = await readdir(folder).catch(() => []);
      return Promise.all(names.map(name => readFile(join(folder, name), 'utf8')));
    },
    run: line => {
      const words = line.replace(/^weighbridge /, `'${process.execPath}' '${builtProgram()}' `);
      return promisify(execFile)('sh', ['-c', words], { env: { ...place.env, KUBECONFIG: own } });
    },
    canary: (args, kubeconfig = own) => {
      const all = ['--to', 'v2', '--rate', '60', '--kubeconfig', kubeconfig, ...args];
      const canary = new CanaryProcess(all, place.env);
      onTestFinished(() => canary.stop());
      return canary;
    },
  };
}

function expectLines({ lines }: CanaryProcess): void {
  expect(lines.flatMap(line => schemaProblems('canary.json', line))).toEqual([]);
  expect(lines.at(-1)?.event).toBe('ended');
}

const isPhase = (phase: string, step?: number) => (line: CanaryProcess['lines'][number]) =>
  line.event === 'phase' && line.phase === phase && (step === undefined || line.step === step);

describe('a canary', () => {
  it.concurrent('goes to 100 where everything is well, a step after the other, and leaves no note', async context => {
    const bed = await layBed(context);
    const canary = bed.canary(['--steps', '90,100', '--hold', '1s', '--max-failure-rate', '5%']);
    await canary.until(isPhase('holding', 1));
    expect(await bed.stored()).toEqual([10, 90]);
    expect(await bed.notes()).toEqual([expect.stringContaining('"stepsSet": 1')]);
    expect(await canary.ended()).toBe(0);
    expectLines(canary);
    expect(canary.lines.filter(({ event }) => event === 'held').map(({ step }) => step)).toEqual([1, 2]);
    expect(canary.last).toMatchObject({ outcome: 'done', exitCode: 0, weights: { v1: 0, v2: 100 } });
    expect(await bed.stored()).toEqual([0, 100]);
    expect(await bed.notes()).toEqual([]);
  });

  it.concurrent('is aborted and goes back where the gateway loses requests', async context => {
    const bed = await layBed(context, 'lossy-gateway');
    const canary = bed.canary(['--steps', '90', '--hold', '5s', '--max-failure-rate', '0.5%']);
    await canary.until(isPhase('setting', 1));
    const client = watchGateway(bed.demo.gatewayUrl);
    context.onTestFinished(client.stop);
    expect(await canary.ended()).toBe(5);
    expectLines(canary);
    expect(canary.last).toMatchObject({
      outcome: 'limit',
      exitCode: 5,
      isBack: true,
      weights: { v1: 100, v2: 0 },
    });
    expect(canary.last?.error?.headline).toMatch(
      /^\d+ of .* samples failed.* over --max-failure-rate 0.5%\. Back at the start .*Applied: v1 100, v2 0\.$/,
    );
    expect(await bed.stored()).toEqual([100, 0]);
    await client.untilAnsweredByAlone('v1');
    const endedAtMs = Date.parse(canary.last?.at ?? '');
    const sinceFirstMs = canary.last?.backAfterFirstFailureMs ?? Number.NaN;
    const inTrafficMs = client.lastOtherAtMs - endedAtMs + sinceFirstMs;
    console.info(
      `lossy gateway: back ${sinceFirstMs} ms after the first failed sample, ${Math.round(inTrafficMs)} ms until the last answer of v2`,
    );
  });

  it.concurrent('fights nobody who sets weights meanwhile', async context => {
    const bed = await layBed(context);
    const canary = bed.canary(['--steps', '90,100', '--hold', '60s']);
    await canary.until(isPhase('settling', 1));
    await bed.set(20, 80);
    expect(await canary.ended()).toBe(3);
    expectLines(canary);
    expect(canary.last).toMatchObject({ outcome: 'conflict', weights: { v1: 20, v2: 80 } });
    expect(await bed.stored()).toEqual([20, 80]);
    expect(await bed.notes()).toEqual([]);
  });

  it.concurrent('asks between steps, shows where it stands, and goes back at a no', async context => {
    const bed = await layBed(context);
    const kubeconfig = join(bed.env.HOME ?? '', 'own');
    await writeFile(kubeconfig, bed.demo.kubeconfig);
    const flags = ['--to', 'v2', '--steps', '90,100', '--hold', '300ms', '--max-failure-rate', '20%'];
    const args = [
      builtProgram(),
      'canary',
      ...flags,
      '--rate',
      '60',
      '--confirm',
      '--kubeconfig',
      kubeconfig,
    ];
    for (const [answer, end, code] of [
      ['n', 'You said no. Back at the start. Applied: v1 100, v2 0.', 4],
      ['y', 'Done: every step held. Applied: v1 0, v2 100.', 0],
    ] as const) {
      const options = { command: process.execPath, args, env: bed.env, cwd: PROJECT, size: LARGE };
      const screen = new ScreenInPty(options);
      context.onTestFinished(() => screen.stop());
      await screen.waitFor('the bar of the step', text => /step 1 of 2 {2}v2 90 {2}[━╌]{12} /.test(text));
      await screen.waitFor('the question', text => text.includes('Give v2 100? [y/N]'));
      screen.press(`${answer}\n`);
      const { exitCode } = await screen.ended;
      expect([answer, screen.text, exitCode]).toEqual([answer, expect.stringContaining(end), code]);
      expect(screen.text).toMatch(
        /step 1 of 2: v2 90 held: \d+ of \d+ failed \((?:below|at most) [\d.]+ % with 95 % confidence\), p99/,
      );
    }
  });

  it.concurrent('says what is wrong where it cannot begin', async context => {
    const bed = await layBed(context);
    for (const [args, code, reason] of [
      [['--to', 'v9'], 1, 'There is no version v9'],
      [['nothing'], 1, 'nothing'],
      [['--kubeconfig', '/nowhere'], 2, "Can't read kubeconfig /nowhere"],
    ] as const) {
      const canary = bed.canary(args);
      expect(await canary.ended()).toBe(code);
      expectLines(canary);
      expect(canary.last).toMatchObject({
        outcome: 'not-begun',
        exitCode: code,
        error: { headline: expect.stringContaining(reason) },
      });
    }
    expect(await bed.stored()).toEqual([100, 0]);
  });
});

describe('a signal', () => {
  const phases = [
    ['before the first patch', isPhase('measuring')],
    ['while a step is set', isPhase('setting', 1)],
    ['while traffic settles', isPhase('settling', 1)],
    ['while a step holds', isPhase('holding', 1)],
    ['between steps', isPhase('setting', 2)],
  ] as const;
  // The second step is too small a change to be timed, so that there is time enough to be ended in it.
  const args = ['--steps', '90,95,100', '--hold', '2s', '--max-failure-rate', '20%'];

  it.concurrent.for([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s brings the weights from the start back in every phase, and it says so',
    async ([name, code], context) => {
      const bed = await layBed(context);
      for (const [when, reached] of phases) {
        const canary = bed.canary(args);
        await canary.until(reached);
        canary.signal(name);
        expect([when, await canary.ended()]).toEqual([when, code]);
        expectLines(canary);
        expect(canary.last).toMatchObject({ outcome: 'stopped', exitCode: code, isBack: true });
        expect([when, await bed.stored()]).toEqual([when, [100, 0]]);
        expect(canary.last?.weights).toEqual({ v1: 100, v2: 0 });
        expect(await bed.notes()).toEqual([]);
      }
    },
  );

  it.concurrent('with a patch on its way is told as it is, whether or not its answer comes', async context => {
    const bed = await layBed(context);
    const proxy = await FaultProxy.start(bed.demo);
    context.onTestFinished(() => proxy.stop());
    const file = join(bed.env.HOME ?? '', 'by-proxy');
    await writeFile(file, proxy.kubeconfig);
    const met = () => eventually(() => expect(proxy.met).toBeGreaterThan(0));
    for (const keeps of ['requests', 'answers'] as const) {
      await bed.set(100, 0);
      await proxy.begin({ kind: 'held-writes', keeps });
      const canary = bed.canary(args, file);
      await met();
      canary.signal('SIGINT');
      await canary.until(isPhase('going-back'));
      await proxy.heal();
      expect([keeps, await canary.ended()]).toEqual([keeps, 130]);
      expectLines(canary);
      expect(canary.last).toMatchObject({ outcome: 'stopped', isBack: true, weights: { v1: 100, v2: 0 } });
      expect([keeps, await bed.stored()]).toEqual([keeps, [100, 0]]);

      // The way back is held, and a second signal does not wait for it.
      await proxy.begin({ kind: 'held-writes', keeps, pass: 1 });
      const left = bed.canary(args, file);
      await left.until(isPhase('holding', 1));
      left.signal('SIGINT');
      await met();
      left.signal('SIGINT');
      expect([keeps, await left.ended()]).toEqual([keeps, 130]);
      expectLines(left);
      expect(left.last).toMatchObject({
        outcome: 'stopped',
        isBack: false,
        error: { headline: expect.stringContaining('before the API server had answered') },
        backCommand: expect.stringContaining('v1=100 v2=0'),
      });
      await proxy.heal();
      await eventually(async () => expect(await bed.stored()).toEqual([100, 0]));
    }
  });

  it.concurrent('SIGKILL leaves what the output said, and a note of how to go back', async context => {
    const bed = await layBed(context);
    for (const [when, reached] of phases) {
      const canary = bed.canary(args);
      await canary.until(reached);
      canary.signal('SIGKILL');
      expect([when, await canary.ended()]).toEqual([when, 'SIGKILL']);
      const stored = await bed.stored();
      expect([when, saidWeights(canary)]).toEqual([when, expect.arrayContaining([stored])]);
      const { lines, json } = await canaryStatus(bed.env, PLACE, stored);
      const isChanged = stored.join() !== '100,0';
      expect([when, lines.length]).toEqual([when, isChanged ? 1 : 0]);
      if (isChanged) {
        const command =
          "weighbridge shift myapp --context weighbridge-demo -n default --route 'http 1' v1=100 v2=0";
        expect(lines[0]).toContain(`Go back with: ${command}`);
        expect(json[0]).toMatchObject({
          to: 'v2',
          process: 'gone',
          pid: canary.pid,
          start: { v1: 100, v2: 0 },
        });
        await bed.run(command);
        expect([when, await bed.stored(), await bed.notes()]).toEqual([when, [100, 0], []]);
      }
    }
  });

  /** What may be applied by all that a canary has said: the step that it was setting, or what was before. */
  function saidWeights({ lines }: CanaryProcess): readonly RawWeights[] {
    const splits = [
      [100, 0],
      [10, 90],
      [5, 95],
    ] as const;
    const step = lines.findLast(({ event }) => event === 'phase')?.step ?? 0;
    const isSet = lines.some(line => line.phase === 'settling' && line.step === step);
    return splits.slice(isSet || step === 0 ? step : step - 1, step + 1);
  }
});

describe('an outage', () => {
  it.concurrent('of the API server in the middle of a step is survived', async context => {
    const bed = await layBed(context);
    const proxy = await FaultProxy.start(bed.demo);
    context.onTestFinished(() => proxy.stop());
    const file = join(bed.env.HOME ?? '', 'by-proxy');
    await writeFile(file, proxy.kubeconfig);
    const canary = bed.canary(['--steps', '90,100', '--hold', '300ms', '--max-failure-rate', '20%'], file);
    await canary.until(isPhase('settling', 1));
    await proxy.begin({ kind: 'refuse' });
    await canary.until(isPhase('setting', 2));
    await proxy.heal();
    expect(await canary.ended()).toBe(0);
    expectLines(canary);
    expect(await bed.stored()).toEqual([0, 100]);
  });

  it.concurrent('of the API server that lasts is told as it is: it could not go back', async context => {
    const bed = await layBed(context);
    const proxy = await FaultProxy.start(bed.demo);
    context.onTestFinished(() => proxy.stop());
    const file = join(bed.env.HOME ?? '', 'by-proxy');
    await writeFile(file, proxy.kubeconfig);
    const args = [
      '--steps',
      '90,100',
      '--hold',
      '300ms',
      '--max-failure-rate',
      '20%',
      '--max-outage',
      '1500ms',
    ];
    const canary = bed.canary(args, file);
    await canary.until(isPhase('settling', 1));
    await proxy.begin({ kind: 'refuse' });
    expect(await canary.ended()).toBe(4);
    expectLines(canary);
    expect(canary.last).toMatchObject({
      outcome: 'not-verified',
      isBack: false,
      weights: { v1: 10, v2: 90 },
    });
    expect(canary.last?.backCommand).toContain('v1=100 v2=0');
    expect(await bed.stored()).toEqual([10, 90]);
    expect((await canaryStatus(bed.env, PLACE, [10, 90])).lines).toHaveLength(1);
  });

  it.concurrent('of the gateway is borne, and no failure', async context => {
    const bed = await layBed(context);
    const gateway = await ClosablePort.to(Number(new URL(bed.demo.gatewayUrl).port));
    context.onTestFinished(() => gateway.close());
    const args = ['--steps', '90', '--hold', '300ms', '--max-failures', '50', '--gateway', gateway.url];
    const canary = bed.canary(args);
    await canary.until(isPhase('settling', 1));
    // Those on their way are cut, which is a failure of each; whoever finds nobody there afterwards has not failed.
    await gateway.close();
    await canary.until(({ event }) => event === 'progress');
    await gateway.open();
    const code = await canary.ended();
    expectLines(canary);
    expect({ code, error: canary.last?.error }).toEqual({ code: 0, error: null });
  });

  it.concurrent('of the gateway that lasts sends it back', async context => {
    const bed = await layBed(context);
    const gateway = await ClosablePort.to(Number(new URL(bed.demo.gatewayUrl).port));
    const args = [
      '--steps',
      '90',
      '--hold',
      '60s',
      '--max-outage',
      '2s',
      '--max-failures',
      '50',
      '--gateway',
      gateway.url,
    ];
    const canary = bed.canary(args);
    await canary.until(isPhase('settling', 1));
    await gateway.close();
    expect(await canary.ended()).toBe(4);
    expectLines(canary);
    expect(canary.last).toMatchObject({ outcome: 'not-verified', isBack: true });
    expect(await bed.stored()).toEqual([100, 0]);
  });
});

type GatewayWatch = {
  /** When another version than the one waited for answered last, in epoch milliseconds. */
  readonly lastOtherAtMs: number;
  readonly untilAnsweredByAlone: (version: string) => Promise<void>;
  readonly stop: () => void;
};

/** So many answers of one version in a row, where half were the other's, are no chance. */
const ALONE = 40;

/** A client of its own, which asks the gateway for the page as fast as it is answered. */
function watchGateway(url: string): GatewayWatch {
  const controller = new AbortController();
  const seen: { readonly version: string; readonly atMs: number }[] = [];
  const asking = (async () => {
    while (!controller.signal.aborted) {
      const page = await fetch(url)
        .then(answer => (answer.ok ? answer.text() : ''))
        .catch(() => '');
      const version = /green/i.test(page) ? 'v2' : 'v1';
      if (page !== '') seen.push({ version, atMs: Date.now() });
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  })();
  return {
    get lastOtherAtMs() {
      return seen.findLast(({ version }) => version === 'v2')?.atMs ?? Number.NaN;
    },
    untilAnsweredByAlone: async version => {
      while (seen.length < ALONE || seen.slice(-ALONE).some(one => one.version !== version)) {
        await new Promise(resolve => setTimeout(resolve, 20));
      }
    },
    stop: async () => {
      controller.abort();
      await asking;
    },
  };
}
