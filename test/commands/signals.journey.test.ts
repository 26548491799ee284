import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { startDemoCluster } from '../../src/demo/demo-cluster.ts';
import type { RawWeights } from '../../src/kube/split.ts';
import { startCountingGateway } from '../support/counting-gateway.ts';
import {
  bothAnswer,
  connectTo,
  manifestsFolder,
  setWeightsBeside,
  storedWeights,
} from '../support/demo-session.ts';
import { eventually } from '../support/eventually.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { ProgramRun } from '../support/program-run.ts';
import { schemaProblems } from '../support/schemas.ts';
import { builtProgram, createEmptyPlace, PROJECT } from '../terminal/program.ts';
import { LARGE, ScreenInPty } from '../terminal/screen-in-pty.ts';

/** A demo cluster behind a proxy that can hold what is written, and runs of the program on it. */
async function layBed({ onTestFinished }: TestContext, scenario: string) {
  const demo = await startDemoCluster({ manifestsFolder, seed: 7, scenario });
  onTestFinished(() => demo.stop());
  if (scenario !== 'v2-crashlooping') await bothAnswer(demo.gatewayUrl);
  const proxy = await FaultProxy.start(demo);
  onTestFinished(() => proxy.stop());
  const place = createEmptyPlace();
  onTestFinished(place.remove);
  const other = await connectTo(demo);
  onTestFinished(other.close);
  const kubeconfig = join(place.home, 'kubeconfig');
  await writeFile(kubeconfig, proxy.kubeconfig);
  return {
    proxy,
    gateway: demo.gatewayUrl,
    env: place.env,
    kubeconfig,
    stored: () => storedWeights(other.api),
    set: (...weights: readonly number[]) => setWeightsBeside(other.api, weights),
    run: (...args: readonly string[]) => {
      const run = new ProgramRun([...args, '--kubeconfig', kubeconfig], place.env);
      onTestFinished(() => run.stop());
      return run;
    },
    /** Resolves once a request has met what the proxy does. */
    met: () =>
      eventually(() => {
        if (proxy.met === 0) throw new Error('nothing has met the proxy');
      }),
  };
}

type Bed = Awaited<ReturnType<typeof layBed>>;

type Phase = {
  readonly when: string;
  readonly args: readonly string[];
  /** Resolves when the run is in the phase. */
  readonly reach: (bed: Bed, run: () => ProgramRun) => Promise<ProgramRun>;
  /** When what the proxy holds arrives: as soon as the signal is sent, or once the run has ended. */
  readonly heals: 'at-once' | 'afterwards';
  /** What the API server has in the end, and whether the run can know it. */
  readonly stored: RawWeights;
  readonly isKnown: boolean;
  /** What a run that a signal asks to end says besides; its exit code where that is not the signal's. */
  readonly says: string;
  readonly code?: number;
  readonly restored?: string;
};

const verified = ['v2=1', '--verify'];
const limited = ['v2=1', '--max-failures', '0', '--rollback-on-failure'];
const BEFORE: RawWeights = [50, 50];
const AFTER: RawWeights = [99, 1];
const APPLIED = 'v1 99, v2 1 is applied: weighbridge shift --undo goes back.';
const NOT_KNOWN =
  'Whether the weights were applied is not known: weighbridge status says it once the API server';

const once = (text: string) => async (_: Bed, run: () => ProgramRun) => {
  const running = run();
  await running.says(text);
  return running;
};

const inPatch = (keeps: 'requests' | 'answers') => async (bed: Bed, run: () => ProgramRun) => {
  await bed.proxy.begin({ kind: 'held-writes', keeps });
  const running = run();
  await bed.met();
  return running;
};

const inRollback = (keeps: 'requests' | 'answers') => async (bed: Bed, run: () => ProgramRun) => {
  await bed.proxy.begin({ kind: 'held-writes', keeps, pass: 1 });
  const running = run();
  await running.says('setting the weights from before again');
  await bed.met();
  return running;
};

const phases: readonly Phase[] = [
  {
    when: 'while the API server is waited for',
    args: verified,
    reach: async (bed, run) => {
      await bed.proxy.begin({ kind: 'slow-headers' });
      const running = run();
      await bed.met();
      return running;
    },
    heals: 'afterwards',
    stored: BEFORE,
    isKnown: true,
    says: 'Stopped by a signal. Nothing was changed.',
  },
  {
    when: 'while samples are waited for',
    args: verified,
    reach: once('waiting for samples'),
    heals: 'at-once',
    stored: BEFORE,
    isKnown: true,
    says: 'Stopped by a signal. Nothing was changed.',
  },
  ...(['requests', 'answers'] as const).flatMap((keeps): readonly Phase[] => {
    const held = keeps === 'requests' ? 'a patch on its way' : 'the answer of a patch on its way';
    return [
      {
        when: `with ${held} that arrives`,
        args: verified,
        reach: inPatch(keeps),
        heals: 'at-once',
        stored: AFTER,
        isKnown: true,
        says: `Stopped by a signal. ${APPLIED}`,
      },
      {
        when: `with ${held} that arrives too late`,
        args: verified,
        reach: inPatch(keeps),
        heals: 'afterwards',
        stored: AFTER,
        isKnown: false,
        says: `Stopped by a signal. ${NOT_KNOWN}`,
      },
      {
        when: `while the weights are set back, with ${held} that arrives`,
        args: limited,
        reach: inRollback(keeps),
        heals: 'at-once',
        stored: BEFORE,
        isKnown: true,
        says: 'Rolled back: v1 50, v2 50 is applied again.',
        code: 5,
        restored: 'restored',
      },
      {
        when: `while the weights are set back, with ${held} that arrives too late`,
        args: limited,
        reach: inRollback(keeps),
        heals: 'afterwards',
        stored: BEFORE,
        isKnown: false,
        says: `The weights from before were asked for again, and the API server did not answer in time. ${NOT_KNOWN}`,
        code: 5,
        restored: 'unknown',
      },
    ];
  }),
  {
    when: 'while traffic is to agree',
    args: verified,
    reach: once('sampling until'),
    heals: 'at-once',
    stored: AFTER,
    isKnown: true,
    says: `Stopped by a signal. ${APPLIED}`,
  },
];

/** Brings a run into the phase, sends the signal and lets everything arrive. */
async function end(bed: Bed, phase: Phase, name: NodeJS.Signals, output: 'json' | 'text') {
  await bed.set(50, 50);
  const run = await phase.reach(bed, () => bed.run('shift', ...phase.args, '-o', output));
  run.signal(name);
  if (phase.heals === 'at-once') await bed.proxy.heal();
  const code = await run.ended();
  await bed.proxy.heal();
  const { when, stored } = phase;
  await eventually(async () => expect([when, await bed.stored()]).toEqual([when, stored]));
  return { code, run };
}

async function expectStatusSaysIt(bed: Bed, { when, stored }: Phase): Promise<void> {
  const status = bed.run('status', '-o', 'json');
  expect([when, await status.ended()]).toEqual([when, 0]);
  const { versions } = JSON.parse(status.stdout);
  expect(versions.map(({ applied }: { readonly applied: number }) => applied)).toEqual(stored);
}

describe.concurrent('a signal in a shift', () => {
  // With a gateway that loses requests after each change, so that a limit breaks.
  it('SIGINT ends it in every phase, and its document says what is applied', async context => {
    const bed = await layBed(context, 'lossy-gateway');
    for (const phase of phases) {
      const { when, stored, isKnown, says, code: expected = 130, restored = 'not-asked' } = phase;
      const { code, run } = await end(bed, phase, 'SIGINT', 'json');
      expect([when, code, run.stderr]).toEqual([when, expected, expect.stringContaining(says)]);
      const answer = JSON.parse(run.stdout);
      expect(schemaProblems('shift.json', answer)).toEqual([]);
      expect([when, answer.exitCode, `${answer.error.headline} ${answer.error.nextStep}`]).toEqual([
        when,
        expected,
        expect.stringContaining(says),
      ]);
      if (answer.versions === undefined) continue;
      expect([when, answer.isAppliedKnown]).toEqual([when, isKnown]);
      const said = answer.versions.map(({ applied }: { readonly applied: number | null }) => applied);
      expect([when, said]).toEqual([when, isKnown ? stored : [null, null]]);
      expect([when, answer.restored]).toEqual([when, restored]);
      if (!isKnown) await expectStatusSaysIt(bed, phase);
    }
  });

  it('SIGTERM ends it in every phase, and its text says what is applied', async context => {
    const bed = await layBed(context, 'lossy-gateway');
    for (const phase of phases) {
      const { when, stored, isKnown, says, code: expected = 143 } = phase;
      const { code, run } = await end(bed, phase, 'SIGTERM', 'text');
      expect([when, code, run.stderr]).toEqual([when, expected, expect.stringContaining(says)]);
      const [, v1, v2] = /: applied v1 (\d+), v2 (\d+)\n/.exec(run.stdout) ?? [];
      const said = v1 === undefined ? undefined : [Number(v1), Number(v2)];
      const isSilent = run.stdout === '';
      expect([when, said]).toEqual([when, isKnown && !isSilent ? stored : undefined]);
      if (!isKnown) expect(run.stdout).toMatch(/: last known v1 \d+, v2 \d+\n/);
      if (isSilent) expect(stored).toEqual(BEFORE);
    }
  });

  it('SIGKILL leaves what was said until then, and status says which it is', async context => {
    const bed = await layBed(context, 'lossy-gateway');
    for (const phase of phases) {
      const { code, run } = await end(bed, phase, 'SIGKILL', 'json');
      expect([phase.when, code, run.stdout]).toEqual([phase.when, 'SIGKILL', '']);
      await expectStatusSaysIt(bed, phase);
    }
  });

  it('closes an open question, and nothing is changed', async context => {
    const bed = await layBed(context, 'v2-crashlooping');
    const args = [builtProgram(), 'shift', 'v2=60', '--kubeconfig', bed.kubeconfig];
    for (const [code, ask] of [
      [130, (screen: ScreenInPty) => screen.press('\x03')],
      [143, ({ pid }: ScreenInPty) => process.kill(pid, 'SIGTERM')],
      [0, ({ pid }: ScreenInPty) => process.kill(pid, 'SIGKILL')],
    ] as const) {
      const screen = new ScreenInPty({
        command: process.execPath,
        args,
        env: bed.env,
        cwd: PROJECT,
        size: LARGE,
      });
      context.onTestFinished(() => screen.stop());
      await screen.waitFor('the question', text => text.includes('[y/N]'));
      ask(screen);
      expect((await screen.ended).exitCode).toBe(code);
      if (code > 0) {
        expect(screen.text).toContain('Stopped by a signal.');
        expect(screen.text).toContain(': applied v1 50, v2 50');
        expect(screen.text).not.toContain('With --yes');
      }
      expect(await bed.stored()).toEqual(BEFORE);
    }
  });
});

/** A moment before status has its answer, and how a run gets there. */
type Moment = {
  readonly when: string;
  readonly reach: (bed: Bed, context: TestContext) => Promise<ProgramRun>;
};

const statusMoments: readonly Moment[] = [
  {
    when: 'while samples are taken',
    reach: async ({ run }) => {
      const running = run('status', '--samples', '100000', '-o', 'json');
      await running.says('sampling the gateway');
      return running;
    },
  },
  {
    when: 'once they are, while rights are waited for',
    reach: async ({ proxy, run, gateway }, { onTestFinished }) => {
      await proxy.begin({ kind: 'slow-headers', of: 'rights' });
      const counting = await startCountingGateway(gateway);
      onTestFinished(counting.stop);
      const sampling = ['--gateway', counting.url, '--version-pattern', 'v[12]', '--rate', '200'];
      const running = run('status', '--samples', '1', ...sampling, '-o', 'json');
      await running.says('sampling the gateway');
      await eventually(() => expect(counting.answers.length).toBeGreaterThan(FAR_MORE_THAN_ASKED));
      return running;
    },
  },
];

const FAR_MORE_THAN_ASKED = 500;

describe.concurrent('a signal in status', () => {
  it.for(statusMoments)('$when ends it with one code, in its document too', async (moment, context) => {
    const bed = await layBed(context, 'healthy');
    for (const [name, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const run = await moment.reach(bed, context);
      run.signal(name);
      expect(await run.ended()).toBe(code);
      await bed.proxy.heal();
      const answer = JSON.parse(run.stdout);
      expect(schemaProblems('status.json', answer)).toEqual([]);
      expect(answer).toMatchObject({
        exitCode: code,
        error: { headline: 'Stopped by a signal.', nextStep: 'Nothing was changed.' },
      });
      expect(run.stderr).toContain('Stopped by a signal. Nothing was changed.\n');
    }
  });
});
