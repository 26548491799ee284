import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'vitest';
import { connect } from '../../src/kube/connect.ts';
import type { RawWeights } from '../../src/kube/split.ts';
import {
  type CountedAnswer,
  startCountingClient,
  startCountingGateway,
} from '../support/counting-gateway.ts';
import { bothAnswer, storedWeights } from '../support/demo-session.ts';
import { type Interruption, type ProgramEnd, runProgram } from '../support/program-run.ts';
import { schemaProblems } from '../support/schemas.ts';
import { DemoProcess } from '../terminal/demo-process.ts';
import { createEmptyPlace } from '../terminal/program.ts';

type Program = {
  readonly run: (verb: string, args: readonly string[], interruption?: Interruption) => Promise<ProgramEnd>;
  readonly shift: (args: readonly string[], interruption?: Interruption) => Promise<ProgramEnd>;
  /** What the API server has. */
  readonly applied: () => Promise<RawWeights>;
  readonly gateway: string;
  /** Whether a shift is remembered for later runs. */
  readonly isRemembered: () => boolean;
};

/** The built program and a demo cluster in a process of its own, both gone after the test. */
async function startProgram(
  { onTestFinished }: TestContext,
  demoArgs: readonly string[] = [],
): Promise<Program> {
  const place = createEmptyPlace();
  const demo = await DemoProcess.start(place.env, ['--seed', '7', ...demoArgs]);
  onTestFinished(async () => {
    await demo.stop();
    place.remove();
  });
  await bothAnswer(demo.served.gateway);
  const run: Program['run'] = (verb, args, interruption) =>
    runProgram([verb, '--kubeconfig', demo.served.kubeconfig, ...args], place.env, interruption);
  const shift: Program['shift'] = (args, interruption) => run('shift', args, interruption);
  const applied = async () => {
    const connected = connect({ kubeconfig: demo.served.kubeconfig }, {}, () => undefined);
    if (!connected.ok) throw new Error(connected.error.headline);
    const { api } = connected.value;
    return storedWeights(api).finally(() => api.close());
  };
  const shiftsFolder = join(place.home, '.local', 'state', 'weighbridge', 'shifts');
  const isRemembered = () =>
    existsSync(shiftsFolder) &&
    readdirSync(shiftsFolder, { recursive: true }).some(name => String(name).endsWith('.json'));
  return { run, shift, applied, gateway: demo.served.gateway, isRemembered };
}

/** How many answers are of v1 and of v2. */
function countOf(answers: readonly (CountedAnswer | undefined)[]): readonly [number, number] {
  const of = (wanted: string) => answers.filter(answer => answer?.version === wanted).length;
  return [of('v1'), of('v2')];
}

describe.concurrent('a shift without a screen', () => {
  it('is taken back by a later run, also after the one that made it was killed', async context => {
    const { expect } = context;
    const program = await startProgram(context);
    const killed = await program.shift(['v2=20', '--verify'], {
      by: 'SIGKILL',
      after: /sampling until/,
      isTime: program.isRemembered,
    });
    expect(killed.code).toBe(-1);
    expect(await program.applied()).toEqual([80, 20]);
    const { stdout } = await program.run('status', ['-o', 'json']);
    const status = JSON.parse(stdout);
    expect(schemaProblems('status.json', status)).toEqual([]);
    expect(status).toMatchObject({
      exitCode: 0,
      place: { namespace: 'default', virtualService: 'myapp' },
      versions: [
        { version: 'v1', applied: 80, image: expect.stringContaining('myapp:v1') },
        { version: 'v2', applied: 20, image: expect.stringContaining('myapp:v2') },
      ],
    });
    expect((await program.run('status', [])).stdout).toContain('applied: v1 80, v2 20\n');
    const nowhere = await program.run('status', ['another', '-o', 'json']);
    expect(nowhere.code).toBe(1);
    expect(schemaProblems('status.json', JSON.parse(nowhere.stdout))).toEqual([]);
    expect((await program.shift(['--undo'])).code).toBe(0);
    expect(await program.applied()).toEqual([50, 50]);

    const all = await program.run('report', ['-o', 'json']);
    const report = JSON.parse(all.stdout);
    expect(schemaProblems('report.json', report)).toEqual([]);
    expect(report.shifts.map((shift: { readonly weights: object }) => shift.weights)).toMatchObject([
      [
        { version: 'v1', from: 50, to: 80 },
        { version: 'v2', from: 50, to: 20 },
      ],
      [
        { version: 'v1', from: 80, to: 50 },
        { version: 'v2', from: 20, to: 50 },
      ],
    ]);
    const last = await program.run('report', ['--last']);
    expect(last).toMatchObject({ code: 0, stderr: '' });
    expect(last.stdout.match(/^\|.*80.*\|$/gm)?.length ?? 0).toBeGreaterThan(0);
    const other = await program.run('report', ['another', '-o', 'json']);
    expect(other).toMatchObject({ code: 0, stderr: 'No such shift on weighbridge-demo is remembered.\n' });
    expect(JSON.parse(other.stdout).shifts).toEqual([]);
  });

  it('that a signal ended before its patch has changed nothing', async context => {
    const { expect } = context;
    const program = await startProgram(context);
    const ended = await program.shift(['v2=20', '--verify'], {
      by: 'SIGTERM',
      after: /waiting for samples/,
    });
    expect(ended.code).toBe(143);
    const applied = await program.applied();
    const said = /applied v1 (\d+), v2 (\d+)/.exec(ended.stdout);
    expect(said ? [Number(said[1]), Number(said[2])] : [50, 50]).toEqual(applied);
  });

  it('proves a split by the very answers that a proxy before the gateway counts, and a client beside it sees it too', async context => {
    const { expect, onTestFinished } = context;
    const program = await startProgram(context);
    expect((await program.shift(['v2=0', '--verify'])).code).toBe(0);
    const proxy = await startCountingGateway(program.gateway);
    onTestFinished(proxy.stop);
    const client = startCountingClient(program.gateway);
    const ended = await program.shift(['v2=20', '--verify', '--gateway', proxy.url, '-o', 'json']);
    await client.stop();
    expect(ended.code, ended.stderr).toBe(0);
    const { shift } = JSON.parse(ended.stdout);
    const said = shift.weights.map(({ answers }: { readonly answers: number }) => answers);
    const counted = said[0] + said[1];
    // Before, v2 had nothing: traffic has followed with its first answer, and everything since then counts.
    const first = proxy.answers.findIndex(answer => answer?.version === 'v2');
    expect(countOf(proxy.answers.slice(first, first + counted))).toEqual(said);
    expect(shift).toMatchObject({ samples: counted + shift.inTransition, unknownVersion: 0, failed: 0 });
    const sentAtMs = Date.parse(shift.sentAt);
    const between = proxy.answers.slice(0, first).filter(answer => (answer?.answeredAtMs ?? 0) >= sentAtMs);
    // Whatever else this process does, it may see an answer later than it came, never earlier; one in the very millisecond.
    expect(between.length).toBeGreaterThanOrEqual(shift.inTransition - 1);

    // The same traffic at the same time, by a client that knows nothing of any of this.
    const seen = client.answers.slice(client.answers.findIndex(({ version }) => version === 'v2'));
    const [, green] = countOf(seen);
    const share = (said[1] + green) / (counted + seen.length);
    const standardError = Math.sqrt(share * (1 - share) * (1 / counted + 1 / seen.length));
    const [ours, theirs] = [said[1] / counted, green / seen.length];
    expect(seen.length).toBeGreaterThan(counted);
    expect(Math.abs(ours - theirs)).toBeLessThan(4 * standardError);
    process.stdout.write(
      `\nv2: ${said[1]} of ${counted} samples, ${green} of ${seen.length} of a client beside it\n`,
    );
  });

  it('writes nothing in a dry run, and says what the API server would store', async context => {
    const { expect } = context;
    const program = await startProgram(context);
    const ended = await program.shift(['v1=100', '--dry-run=server', '-o', 'json']);
    expect(ended.code).toBe(0);
    const answer = JSON.parse(ended.stdout);
    expect(schemaProblems('shift.json', answer)).toEqual([]);
    expect(answer).toMatchObject({ outcome: 'dry-run', isChanged: false });
    expect(answer.versions.map((version: { readonly asked: number }) => version.asked)).toEqual([100, 0]);
    expect(await program.applied()).toEqual([50, 50]);
  });
});
